package dev.xcs.model;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Why one network cannot be on the same host as another. */
public final class NetworkClash {
    private final NetworkSpec wanted;
    private final NetworkSpec present;

    private NetworkClash(NetworkSpec wanted, NetworkSpec present) {
        this.wanted = wanted;
        this.present = present;
    }

    /** What is wrong with the network that is wanted, of its fields; empty if both can be. */
    public static Optional<Problem> between(NetworkSpec wanted, NetworkSpec present) {
        return new NetworkClash(wanted, present).find();
    }

    private Optional<Problem> find() {
        if (wanted.name().equals(present.name())) {
            return problem("name", wanted.name(), "another name: there is such a network");
        }
        if (wanted.subnet() != null
                && present.subnet() != null
                && wanted.subnet().overlaps(present.subnet())) {
            return problem("subnet", wanted.subnet(), "none that overlaps with " + present.subnet());
        }
        boolean isOwn = wanted.create() || present.create();
        if (isOwn && wanted.bridgeName() != null && wanted.bridgeName().equals(present.bridgeName())) {
            return problem("bridge", wanted.bridgeName(), "another bridge");
        }
        if (sharePort()) {
            return problem("uplink", wanted.uplink(), "another: it is a port of that bridge, with the same VLAN");
        }
        return forwards();
    }

    /** An interface, or one VLAN of it, is a port of one bridge only. */
    private boolean sharePort() {
        return isPort(wanted)
                && isPort(present)
                && Objects.equals(wanted.uplink(), present.uplink())
                && Objects.equals(wanted.vlan(), present.vlan());
    }

    private static boolean isPort(NetworkSpec network) {
        boolean isSwitched = network.kind() == NetworkKind.BRIDGE || network.kind() == NetworkKind.OPENVSWITCH;
        return isSwitched && network.uplink() != null;
    }

    private Optional<Problem> forwards() {
        for (int i = 0; i < wanted.forwards().size(); i++) {
            PortForward forward = wanted.forwards().get(i);
            if (present.forwards().stream().anyMatch(forward::clashesWith)) {
                return problem("forwards[" + i + "].hostPort", forward.hostPort(), "another port of dom0");
            }
        }
        return Optional.empty();
    }

    private Optional<Problem> problem(String field, @Nullable Object value, String expected) {
        return Optional.of(Problem.invalidField(field, value, expected + " (see network " + present.name() + ")"));
    }
}
