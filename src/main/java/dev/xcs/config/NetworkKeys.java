package dev.xcs.config;

import dev.xcs.model.InterfaceName;
import dev.xcs.model.IpAddress;
import dev.xcs.model.NetworkKind;
import dev.xcs.model.NetworkSpec;
import dev.xcs.model.PortForward;
import dev.xcs.model.Subnet;
import dev.xcs.model.VifSpec;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The keys of one network, {@code [networks.NAME]} in the file. There are as many of them as there are networks, so they have no command line
 * options; their variables are {@code XCS_NETWORKS_<NAME>_<KEY>}, with _ for each - of the name.
 */
final class NetworkKeys {
    static final String SECTION = "networks";

    static final Kind<String> NAME = checked("NAME", NetworkSpec.NAME_EXPECTED, NetworkSpec::isName);

    static final Kind<NetworkKind> KIND = Kind.choice(NetworkKind.class);
    static final Kind<String> INTERFACE = checked("NAME", InterfaceName.EXPECTED, InterfaceName::isValid);
    static final Kind<Boolean> FLAG = Kind.flag();
    static final Kind<Integer> VLAN = Kind.count(1, NetworkSpec.MAX_VLAN);
    static final Kind<Subnet> SUBNET =
            Kind.value("SUBNET", "a subnet like 10.80.0.0/24, with no bits beyond its prefix", Subnet::parse);
    static final Kind<String> DOMAIN = checked("DOMAIN", NetworkSpec.HOST_EXPECTED, NetworkSpec::isHost);
    static final Kind<List<Map.Entry<String, IpAddress>>> HOSTS = Kind.value(
                    "NAME=ADDRESS", "a name of a host and its address, like router=10.80.0.1", NetworkSpec::hostOf)
            .several();
    static final Kind<List<PortForward>> FORWARDS =
            Kind.value("FORWARD", PortForward.EXPECTED, PortForward::parse).several();
    static final Kind<Integer> MTU = Kind.count(VifSpec.MIN_MTU, VifSpec.MAX_MTU);

    /** In the order in which they are shown. */
    static final List<String> ALL = List.of(
            "kind", "bridge", "create", "uplink", "vlan", "mtu", "subnet", "dhcp", "domain", "hosts", "forwards");

    private static final Map<String, Kind<?>> KINDS = Map.ofEntries(
            Map.entry("kind", KIND),
            Map.entry("bridge", INTERFACE),
            Map.entry("create", FLAG),
            Map.entry("uplink", INTERFACE),
            Map.entry("vlan", VLAN),
            Map.entry("mtu", MTU),
            Map.entry("subnet", SUBNET),
            Map.entry("dhcp", FLAG),
            Map.entry("domain", DOMAIN),
            Map.entry("hosts", HOSTS),
            Map.entry("forwards", FORWARDS));

    private static final Pattern PATH = Pattern.compile(SECTION + "\\.([^.]+)\\.([^.]+)");
    private static final Pattern VARIABLE = Pattern.compile("XCS_NETWORKS_([A-Z0-9_]+)_([A-Z]+)");

    private NetworkKeys() {}

    private static Kind<String> checked(String label, String expected, Predicate<String> check) {
        return new Kind<>(label, expected, text -> Optional.of(text).filter(check));
    }

    static String path(String network, String key) {
        return SECTION + "." + network + "." + key;
    }

    /** The name of the network that a path is of. */
    static Optional<String> network(String path) {
        Matcher parts = PATH.matcher(path);
        return parts.matches() ? Optional.of(parts.group(1)) : Optional.empty();
    }

    static Optional<Key<?>> find(String path) {
        Matcher parts = PATH.matcher(path);
        if (!parts.matches() || !NetworkSpec.isName(parts.group(1))) {
            return Optional.empty();
        }
        Kind<?> kind = KINDS.get(parts.group(2));
        return kind == null ? Optional.empty() : Optional.of(new Key<>(path, "", kind, ""));
    }

    /** The key that a variable of the environment sets. */
    static Optional<Key<?>> ofVariable(String variable) {
        Matcher parts = VARIABLE.matcher(variable);
        return parts.matches()
                ? find(path(
                        parts.group(1).toLowerCase(Locale.ROOT).replace('_', '-'),
                        parts.group(2).toLowerCase(Locale.ROOT)))
                : Optional.empty();
    }

    /** Every variable of the same network; none if the name is not that of one. */
    static List<String> variablesBeside(String variable) {
        Matcher parts = VARIABLE.matcher(variable);
        return parts.matches()
                ? ALL.stream()
                        .map(key -> variable.substring(0, parts.start(2)) + key.toUpperCase(Locale.ROOT))
                        .toList()
                : List.of();
    }
}
