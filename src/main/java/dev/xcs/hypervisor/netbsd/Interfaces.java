package dev.xcs.hypervisor.netbsd;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.platform.NetbsdLink;
import dev.xcs.platform.NetbsdLinks;
import dev.xcs.platform.NetbsdNetwork;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The interfaces of dom0 as they are at one moment.
 *
 * @param members the bridges, by their members
 */
record Interfaces(List<NetbsdLink> all, Map<String, String> members) {
    private static final Pattern BRIDGE = Pattern.compile("bridge\\d{1,9}");

    static Interfaces look(Commands commands) {
        return new Interfaces(
                NetbsdLinks.read(commands.run(NetbsdNetwork.interfaces())),
                NetbsdLinks.members(commands.run(NetbsdNetwork.bridges())));
    }

    /** Which driver an interface has is what it is called. */
    static boolean isBridge(String name) {
        return BRIDGE.matcher(name).matches();
    }

    Optional<NetbsdLink> find(String name) {
        return all.stream().filter(link -> link.name().equals(name)).findFirst();
    }

    boolean has(String name) {
        return find(name).isPresent();
    }

    NetbsdLink require(String name) {
        return find(name).orElseThrow(() -> missing(name));
    }

    /** The bridge that an interface is a member of; null for none. */
    @Nullable
    String bridgeOf(String name) {
        return members.get(name);
    }

    static ProblemException missing(String name) {
        return Problem.of(ProblemType.NOT_FOUND, "dom0 has no interface " + Problem.quote(name))
                .withCall("ifconfig", name)
                .toException();
    }
}
