package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A network of this host as it was asked for.
 *
 * @param name how vifs name it: 1 to 32 lower-case letters, digits and -, beginning with a letter
 * @param bridge the bridge in dom0; if absent {@code xcs-NAME}. Not for routed networks
 * @param create whether xcsd makes the bridge and removes it with the network; else it has to be there. Always so for NAT
 * @param uplink dom0's interface that is the way out: a port of an own bridge, or where routed addresses are announced; absent for none,
 *     and for NAT absent for whatever dom0's routes say
 * @param vlan 1 to 4094: only frames with this tag pass the uplink; absent for all
 * @param subnet the guests' addresses; needed for NAT, where dom0 has the first one. For a routed network what addresses guests may have
 * @param dhcp whether NAT guests are given addresses and names by dnsmasq, the default there
 * @param domain the DNS domain of the guests' names; absent for the network's own name
 * @param hosts further names that dnsmasq answers, with their addresses
 * @param forwards ports of dom0 behind which guests of a NAT network answer
 * @param mtu of its bridge and its vifs; absent for 1500
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NetworkSpec(
        String name,
        NetworkKind kind,
        @Nullable String bridge,
        boolean create,
        @Nullable String uplink,
        @Nullable Integer vlan,
        @Nullable Subnet subnet,
        boolean dhcp,
        @Nullable String domain,
        Map<String, IpAddress> hosts,
        List<PortForward> forwards,
        @Nullable Integer mtu) {
    public static final String NAME_EXPECTED =
            "the name of a network: 1 to 32 lower-case letters, digits and -, beginning with a letter";

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");
    private static final Pattern HOST =
            Pattern.compile("(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");
    private static final String HOST_EXPECTED = "a DNS name in lower case";
    private static final int MAX_ENTRIES = 256;
    private static final int MAX_VLAN = 4094;

    /** A first address for dom0, one for a guest, one for broadcasts. */
    private static final int LONGEST_NAT_PREFIX = 30;

    private static final int SHORTEST_NAT_PREFIX = 16;

    /** @throws ProblemException naming the component that cannot be accepted */
    public NetworkSpec {
        hosts = Collections.unmodifiableMap(new TreeMap<>(hosts));
        forwards = List.copyOf(forwards);
        check("name", name, isName(name), NAME_EXPECTED);
        check("bridge", bridge, bridge == null || InterfaceName.isValid(bridge), InterfaceName.EXPECTED);
        check("bridge", bridge, bridge == null || kind != NetworkKind.ROUTED, "none for a routed network");
        check("uplink", uplink, uplink == null || InterfaceName.isValid(uplink), InterfaceName.EXPECTED);
        check("vlan", vlan, vlan == null || (vlan >= 1 && vlan <= MAX_VLAN), "1 to " + MAX_VLAN);
        check("vlan", vlan, vlan == null || uplink != null, "none without an uplink");
        check(
                "vlan",
                vlan,
                vlan == null || kind == NetworkKind.BRIDGE || kind == NetworkKind.OPENVSWITCH,
                "none for a " + kind.json() + " network");
        check(
                "mtu",
                mtu,
                mtu == null || (mtu >= VifSpec.MIN_MTU && mtu <= VifSpec.MAX_MTU),
                VifSpec.MIN_MTU + " to " + VifSpec.MAX_MTU);
        check("domain", domain, domain == null || HOST.matcher(domain).matches(), HOST_EXPECTED);
        check("hosts", hosts.size() + " names", hosts.size() <= MAX_ENTRIES, "at most " + MAX_ENTRIES);
        check("forwards", forwards.size() + " of them", forwards.size() <= MAX_ENTRIES, "at most " + MAX_ENTRIES);
        hosts.keySet().forEach(host -> check("hosts", host, HOST.matcher(host).matches(), HOST_EXPECTED));
        checkSubnet(kind, subnet, forwards);
        boolean nat = kind == NetworkKind.NAT;
        check("forwards", forwards.size() + " of them", nat || forwards.isEmpty(), "none: only NAT networks have them");
        check("dhcp", dhcp, nat || !dhcp, "false: only NAT networks have it");
        check("hosts", hosts.size() + " names", dhcp || hosts.isEmpty(), "none: only networks with dhcp answer names");
        check("create", create, !create || kind != NetworkKind.ROUTED, "false: a routed network has no bridge");
        check(
                "uplink",
                uplink,
                kind != NetworkKind.ROUTED || uplink != null,
                "dom0's interface that addresses are announced on");
        boolean ownBridge = create || kind == NetworkKind.ROUTED || nat;
        check(
                "uplink",
                uplink,
                uplink == null || ownBridge,
                "none: the bridge is somebody else's, and so are its ports");
    }

    private static void checkSubnet(NetworkKind kind, @Nullable Subnet subnet, List<PortForward> forwards) {
        if (kind == NetworkKind.NAT) {
            boolean good = subnet != null
                    && subnet.base().isV4()
                    && subnet.prefix() >= SHORTEST_NAT_PREFIX
                    && subnet.prefix() <= LONGEST_NAT_PREFIX;
            check(
                    "subnet",
                    subnet,
                    good,
                    "IPv4 addresses with a prefix length of " + SHORTEST_NAT_PREFIX + " to " + LONGEST_NAT_PREFIX
                            + ", like 10.80.0.0/24");
            forwards.forEach(forward -> check(
                    "to", forward.to(), subnet != null && subnet.contains(forward.to()), "an address in " + subnet));
        } else {
            check(
                    "subnet",
                    subnet,
                    subnet == null || kind == NetworkKind.ROUTED,
                    "none for a " + kind.json() + " network");
        }
    }

    /** As JSON gives it. */
    @JsonCreator
    public static NetworkSpec of(
            @JsonProperty("name") @Nullable String name,
            @JsonProperty("kind") @Nullable NetworkKind kind,
            @JsonProperty("bridge") @Nullable String bridge,
            @JsonProperty("create") @Nullable Boolean create,
            @JsonProperty("uplink") @Nullable String uplink,
            @JsonProperty("vlan") @Nullable Integer vlan,
            @JsonProperty("subnet") @Nullable Subnet subnet,
            @JsonProperty("dhcp") @Nullable Boolean dhcp,
            @JsonProperty("domain") @Nullable String domain,
            @JsonProperty("hosts") @Nullable Map<String, IpAddress> hosts,
            @JsonProperty("forwards") @Nullable List<PortForward> forwards,
            @JsonProperty("mtu") @Nullable Integer mtu) {
        NetworkKind sort = kind == null ? NetworkKind.BRIDGE : kind;
        boolean nat = sort == NetworkKind.NAT;
        return new NetworkSpec(
                name == null ? "" : name,
                sort,
                bridge,
                create == null ? nat : create,
                uplink,
                vlan,
                subnet,
                dhcp == null ? nat : dhcp,
                domain,
                hosts == null ? Map.of() : hosts,
                forwards == null ? List.of() : forwards,
                mtu);
    }

    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    private static void check(String field, @Nullable Object value, boolean good, String expected) {
        if (!good) {
            throw Problem.invalidField(field, value, expected).toException();
        }
    }
}
