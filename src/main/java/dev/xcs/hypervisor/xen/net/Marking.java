package dev.xcs.hypervisor.xen.net;

import dev.xcs.model.HostNetwork;
import dev.xcs.model.IpAddress;
import dev.xcs.model.NetworkSpec;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What xcsd writes as alias on an interface that it made, by which it knows it again after a restart: {@code xcs:NETWORK}, and of a bridge
 * what on it is not to be given back.
 *
 * @param uplink the interface whose addresses the bridge has taken over; null for none
 * @param address dom0's own on the bridge, which came from nowhere; null for none
 */
public record Marking(
        String network, @Nullable String uplink, @Nullable IpAddress address) {
    private static final Pattern FORM =
            Pattern.compile("xcs:([a-z0-9-]+)(?: uplink=([A-Za-z0-9._-]+))?(?: address=([0-9a-f.:]+))?");

    public static Marking of(HostNetwork network) {
        return new Marking(network.name(), network.uplink(), network.address());
    }

    /** Of something that belongs to a network, and has nothing to remember. */
    public static Marking member(String network) {
        return new Marking(network, null, null);
    }

    /** Empty for an interface that somebody else made. */
    public static Optional<Marking> of(Link link) {
        String alias = link.alias();
        Matcher form = FORM.matcher(alias == null ? "" : alias);
        return form.matches() && NetworkSpec.isName(form.group(1))
                ? Optional.of(new Marking(
                        form.group(1), form.group(2), form.group(3) == null ? null : IpAddress.parse(form.group(3))))
                : Optional.empty();
    }

    public boolean isOf(String name) {
        return network.equals(name);
    }

    public String text() {
        return "xcs:" + network + (uplink == null ? "" : " uplink=" + uplink)
                + (address == null ? "" : " address=" + address);
    }
}
