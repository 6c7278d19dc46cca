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
 * @param bridge the bridge in dom0; needed where it is somebody else's, and if absent {@code xcs-NAME} where xcsd makes it. Not for routed
 *     networks
 * @param create whether xcsd makes the bridge and removes it with the network; else it has to be there. Always so for NAT
 * @param uplink dom0's interface that is the way out: a port of an own bridge, or where routed addresses are announced; absent for none,
 *     and for NAT absent for whatever dom0's routes say
 * @param vlan 1 to 4094: only frames with this tag pass the uplink, or with Open vSwitch the vifs have this tag; absent for all
 * @param subnet the guests' addresses; needed for NAT, where dom0 has the first one. For a routed network what addresses guests may have
 * @param dhcp whether NAT guests are given addresses and names by dnsmasq, the default there
 * @param domain the DNS domain of the guests' names; absent for the network's own name
 * @param hosts further names that dnsmasq answers, with their addresses; by name
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
    public static final String HOST_EXPECTED = "a DNS name in lower case";

    /** As 802.1Q has it: 0 and 4095 mean something else. */
    public static final int MAX_VLAN = 4094;

    public static final String VLAN_EXPECTED = "1 to " + MAX_VLAN;

    /** Of hosts and of forwards. */
    public static final int MAX_ENTRIES = 256;

    /** What the bridges that xcsd makes are called, before the network's name. */
    private static final String OWN = "xcs-";

    private static final Pattern HOST =
            Pattern.compile("(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");

    /** A first address for dom0, one for a guest, one for broadcasts. */
    private static final int LONGEST_NAT_PREFIX = 30;

    private static final int SHORTEST_NAT_PREFIX = 16;

    private static final String NAT_SUBNET_EXPECTED = "IPv4 addresses with a prefix length of " + SHORTEST_NAT_PREFIX
            + " to " + LONGEST_NAT_PREFIX + ", like 10.80.0.0/24";

    /** @throws ProblemException naming the component that cannot be accepted */
    public NetworkSpec {
        hosts = Collections.unmodifiableMap(new TreeMap<>(hosts));
        forwards = List.copyOf(forwards);
        check("name", name, isName(name), NAME_EXPECTED);
        check("mtu", mtu, mtu == null || VifSpec.isMtu(mtu), VifSpec.MTU_EXPECTED);
        checkBridge(name, kind, bridge, create);
        checkUplink(kind, create, uplink);
        checkVlan(kind, uplink, vlan);
        checkSubnet(kind, subnet);
        checkForwards(kind, subnet, forwards);
        check("dhcp", dhcp, kind == NetworkKind.NAT || !dhcp, "false: only NAT networks have it");
        check("domain", domain, domain == null || isHost(domain), HOST_EXPECTED);
        check("domain", domain, dhcp || domain == null, "none: only networks with dhcp answer names");
        checkHosts(dhcp, hosts);
    }

    private static void checkBridge(String name, NetworkKind kind, @Nullable String bridge, boolean create) {
        if (kind == NetworkKind.ROUTED) {
            check("bridge", bridge, bridge == null, "none for a routed network");
            check("create", create, !create, "false: a routed network has no bridge");
            return;
        }
        check("create", create, create || kind != NetworkKind.NAT, "true: a NAT network has a bridge of its own");
        check("bridge", bridge, bridge != null || create, "the name of a bridge of dom0, where create is not true");
        check(
                "bridge",
                bridge,
                InterfaceName.isValid(bridge == null ? OWN + name : bridge),
                bridge == null
                        ? "the name it is to have: " + OWN + name + " is longer than " + InterfaceName.MAX_LENGTH
                        : InterfaceName.EXPECTED);
    }

    private static void checkUplink(NetworkKind kind, boolean create, @Nullable String uplink) {
        check("uplink", uplink, uplink == null || InterfaceName.isValid(uplink), InterfaceName.EXPECTED);
        boolean isRouted = kind == NetworkKind.ROUTED;
        check(
                "uplink",
                uplink,
                uplink != null || !isRouted,
                "dom0's interface that addresses of a routed network are announced on");
        check(
                "uplink",
                uplink,
                uplink == null || create || isRouted,
                "none: the bridge is somebody else's, and so are its ports");
    }

    private static void checkVlan(NetworkKind kind, @Nullable String uplink, @Nullable Integer vlan) {
        if (vlan != null) {
            boolean isSwitch = kind == NetworkKind.OPENVSWITCH;
            check("vlan", vlan, vlan >= 1 && vlan <= MAX_VLAN, VLAN_EXPECTED);
            check("vlan", vlan, isSwitch || kind == NetworkKind.BRIDGE, "none for a " + kind.json() + " network");
            check("vlan", vlan, isSwitch || uplink != null, "none without an uplink");
        }
    }

    private static void checkSubnet(NetworkKind kind, @Nullable Subnet subnet) {
        if (kind == NetworkKind.NAT) {
            boolean good = subnet != null
                    && subnet.base().isV4()
                    && subnet.prefix() >= SHORTEST_NAT_PREFIX
                    && subnet.prefix() <= LONGEST_NAT_PREFIX;
            check("subnet", subnet, good, NAT_SUBNET_EXPECTED);
        } else {
            boolean good = subnet == null || kind == NetworkKind.ROUTED;
            check("subnet", subnet, good, "none for a " + kind.json() + " network");
        }
    }

    private static void checkForwards(NetworkKind kind, @Nullable Subnet subnet, List<PortForward> forwards) {
        check("forwards", forwards.size() + " of them", forwards.size() <= MAX_ENTRIES, "at most " + MAX_ENTRIES);
        check(
                "forwards",
                forwards.size() + " of them",
                kind == NetworkKind.NAT || forwards.isEmpty(),
                "none: only NAT networks have them");
        for (int i = 0; subnet != null && i < forwards.size(); i++) {
            PortForward forward = forwards.get(i);
            String place = "forwards[" + i + "].";
            check(
                    place + "to",
                    forward.to(),
                    isGuest(subnet, forward.to()),
                    "an address that a guest can have in " + subnet);
            check(
                    place + "hostPort",
                    forward.hostPort(),
                    forwards.subList(0, i).stream().noneMatch(forward::clashesWith),
                    "another: it is forwarded already");
        }
    }

    /** Neither the network's own address, nor dom0's, nor the one for broadcasts. */
    private static boolean isGuest(Subnet subnet, IpAddress address) {
        return subnet.contains(address)
                && !address.equals(subnet.base())
                && !address.equals(subnet.at(1))
                && !address.equals(subnet.at(subnet.size().longValueExact() - 1));
    }

    private static void checkHosts(boolean dhcp, Map<String, IpAddress> hosts) {
        check("hosts", hosts.size() + " names", hosts.size() <= MAX_ENTRIES, "at most " + MAX_ENTRIES);
        check("hosts", hosts.size() + " names", dhcp || hosts.isEmpty(), "none: only networks with dhcp answer names");
        hosts.keySet().forEach(host -> check("hosts", host, isHost(host), HOST_EXPECTED));
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

    /** Whether that can be a name in DNS. */
    public static boolean isHost(String text) {
        return HOST.matcher(text).matches();
    }

    /**
     * An entry of {@link #hosts} as text, {@code router=10.80.0.1}.
     *
     * @throws ProblemException of the field {@code hosts}
     */
    public static Map.Entry<String, IpAddress> hostOf(String text) {
        int equals = text.indexOf('=');
        if (equals < 0 || !isHost(text.substring(0, equals))) {
            throw Problem.invalidField("hosts", text, "a name in DNS and its address, like router=10.80.0.1")
                    .toException();
        }
        return Map.entry(text.substring(0, equals), IpAddress.parse(text.substring(equals + 1)));
    }

    /** The bridge in dom0 that its vifs are on; null for a routed network, which has none. */
    public @Nullable String bridgeName() {
        if (kind == NetworkKind.ROUTED) {
            return null;
        }
        return bridge == null ? OWN + name : bridge;
    }

    private static void check(String field, @Nullable Object value, boolean good, String expected) {
        if (!good) {
            throw Problem.invalidField(field, value, expected).toException();
        }
    }
}
