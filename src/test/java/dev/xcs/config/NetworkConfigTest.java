package dev.xcs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.model.IpAddress;
import dev.xcs.model.NetworkKind;
import dev.xcs.model.NetworkSpec;
import dev.xcs.model.PortForward;
import dev.xcs.model.Subnet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The networks of the configuration. */
class NetworkConfigTest {
    @TempDir
    Path dir;

    @Test
    void hasNoneByDefault() {
        DaemonConfig.NetworkConfig network = read(Map.of(), "").config().network();

        assertThat(network)
                .isEqualTo(new DaemonConfig.NetworkConfig(
                        List.of(),
                        Path.of("/usr/sbin/dnsmasq"),
                        Path.of("/run/xcs/networks"),
                        Optional.empty(),
                        Optional.empty()));
    }

    @Test
    void readsWhatTheManualShows() throws IOException {
        String manual = Files.readString(Path.of("conf", "xcsd.toml"));
        String example = manual.substring(manual.indexOf("# For example:") + "# For example:".length())
                .lines()
                .map(line -> line.replaceFirst("^# ?", ""))
                .collect(Collectors.joining("\n"));

        assertThat(read(Map.of(), example).config().network().networks())
                .containsExactly(
                        network("dmz", NetworkKind.BRIDGE, null, true, "eth1", 42, null, 9000),
                        NetworkSpec.of(
                                "inside",
                                NetworkKind.NAT,
                                null,
                                true,
                                null,
                                null,
                                Subnet.parse("10.80.0.0/24"),
                                true,
                                "inside.example",
                                Map.of(
                                        "registry",
                                        IpAddress.parse("10.80.0.1"),
                                        "db.inside.example",
                                        IpAddress.parse("10.80.0.7")),
                                List.of(
                                        PortForward.parse("tcp:8080=10.80.0.5:80"),
                                        PortForward.parse("udp:192.0.2.1:53=10.80.0.5")),
                                null),
                        network("lan", NetworkKind.BRIDGE, "xenbr0", false, null, null, null, null),
                        network("public", NetworkKind.ROUTED, null, false, "eth0", null, "198.51.100.0/28", null),
                        network("switched", NetworkKind.OPENVSWITCH, "ovsbr0", false, null, 7, null, null));
    }

    private static NetworkSpec network(
            String name,
            NetworkKind kind,
            String bridge,
            boolean create,
            String uplink,
            Integer vlan,
            String subnet,
            Integer mtu) {
        return NetworkSpec.of(
                name,
                kind,
                bridge,
                create,
                uplink,
                vlan,
                subnet == null ? null : Subnet.parse(subnet),
                null,
                null,
                null,
                null,
                mtu);
    }

    @Test
    void letsTheEnvironmentWinKeyByKeyAndMakeNetworksOfItsOwn() {
        EffectiveConfig effective = read(
                Map.of(
                        "XCS_NETWORKS_LAN_BRIDGE", "br1",
                        "XCS_NETWORKS_MY_NET_2_KIND", "nat",
                        "XCS_NETWORKS_MY_NET_2_SUBNET", "10.1.0.0/16",
                        "XCS_NETWORKS_MY_NET_2_DHCP", "false",
                        "XCS_NETWORKS_MY_NET_2_BRIDGE", "natbr",
                        "XCS_NETWORKS_MY_NET_2_FORWARDS", "tcp:80=10.1.0.2,udp:80=10.1.0.2"),
                "[networks.lan]\nbridge = \"br0\"\nmtu = 1400");

        assertThat(effective.config().network().networks())
                .extracting(NetworkSpec::name, NetworkSpec::bridgeName, NetworkSpec::mtu, NetworkSpec::dhcp)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("lan", "br1", 1400, false),
                        org.assertj.core.groups.Tuple.tuple("my-net-2", "natbr", null, false));
        assertThat(effective.config().network().networks().get(1).forwards()).hasSize(2);
        assertThat(effective.lines())
                .endsWith(
                        "networks.lan.bridge = \"br1\" (environment XCS_NETWORKS_LAN_BRIDGE)",
                        "networks.lan.mtu = \"1400\" (file " + file() + ")",
                        "networks.my-net-2.kind = \"nat\" (environment XCS_NETWORKS_MY_NET_2_KIND)",
                        "networks.my-net-2.bridge = \"natbr\" (environment XCS_NETWORKS_MY_NET_2_BRIDGE)",
                        "networks.my-net-2.subnet = \"10.1.0.0/16\" (environment XCS_NETWORKS_MY_NET_2_SUBNET)",
                        "networks.my-net-2.dhcp = \"false\" (environment XCS_NETWORKS_MY_NET_2_DHCP)",
                        "networks.my-net-2.forwards = \"tcp:80=10.1.0.2,udp:80=10.1.0.2\""
                                + " (environment XCS_NETWORKS_MY_NET_2_FORWARDS)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "[networks.a]; kind='natt' | .a.kind (FILE): \"natt\", expected one of bridge, nat, routed, openvswitch",
                "[networks.a]; kind='nat' | .a.subnet (not set): nothing, expected IPv4 addresses with a prefix length of 16 to 30,"
                        + " like 10.80.0.0/24",
                "[networks.a]; kind='nat'; subnet='10.0.0.1/24' | .a.subnet (FILE): \"10.0.0.1/24\", expected a subnet like 10.80.0.0/24,"
                        + " with no bits beyond its prefix",
                "[networks.a]; bridge='a b' | .a.bridge (FILE): \"a b\", expected the name of an interface: 1 to 15 letters, digits, dots,"
                        + " - and _, beginning with a letter",
                "[networks.a]; bridge=true | .a.bridge (FILE): true, expected the name of an interface: 1 to 15 letters, digits, dots,"
                        + " - and _, beginning with a letter",
                "[networks.a]; create='yes' | .a.create (FILE): \"yes\", expected true or false",
                "[networks.a]; create=1 | .a.create (FILE): \"1\", expected true or false",
                "[networks.a]; vlan=4095 | .a.vlan (FILE): \"4095\", expected a whole number from 1 to 4094",
                "[networks.a]; mtu=67 | .a.mtu (FILE): \"67\", expected a whole number from 68 to 65535",
                "[networks.a]; domain='a..b' | .a.domain (FILE): \"a..b\", expected a DNS name in lower case",
                "[networks.a]; hosts=['a=10.0.0.1', 'b=c'] | .a.hosts (FILE): \"b=c\", expected each a name of a host and its address,"
                        + " like router=10.80.0.1",
                "[networks.a]; kind='nat'; subnet='10.0.0.0/24'; hosts=['a=10.0.0.1', 'a=10.0.0.2'] | .a.hosts (FILE): \"a\","
                        + " expected each name once",
                "[networks.a]; forwards=['tcp:1=10.0.0.2', 'tcp:x=10.0.0.2'] | .a.forwards (FILE): \"tcp:x=10.0.0.2\", expected each"
                        + " a forward like tcp:8080=10.80.0.5:80 or udp:192.0.2.1:53=10.80.0.5",
                "[networks.a]; kind='nat'; subnet='10.0.0.0/24'; forwards=['tcp:1=10.0.0.2', 'tcp:2=10.0.1.2'] | .a.forwards (FILE):"
                        + " 10.0.1.2, expected an address that a guest can have in 10.0.0.0/24",
                "[networks.a]; create=true; zzzzzz='x' | .a.zzzzzz\" (FILE): unknown key",
                "[networks.a]; create=true; vlam=1 | .a.vlam\" (FILE): unknown key, did you mean vlan?",
                "[networks.a.b]; x=1 | .a.b\" (FILE): unknown key",
                "[networks.A]; create=true | ~ (FILE): \"A\", expected the name of a network: 1 to 32 lower-case letters, digits and -,"
                        + " beginning with a letter~",
                "[networks.a] | .a (FILE): nothing, expected a table with kind, bridge, create, uplink, vlan, mtu, subnet, dhcp, domain,"
                        + " hosts, forwards",
                "networks.a=5 | .a (FILE): 5, expected a table with kind, bridge, create, uplink, vlan, mtu, subnet, dhcp, domain, hosts,"
                        + " forwards",
                "[networks.a]; create=true; uplink='e'; [networks.b]; create=true; uplink='e' | .b.uplink (FILE): \"e\", expected another:"
                        + " it is a port of that bridge, with the same VLAN (see network a)",
            })
    void refusesWhatCannotBe(String lines, String expected) {
        String file = lines.replace("; ", "\n").replace('\'', '"');

        assertThat(errors(Map.of(), file))
                .singleElement()
                .isEqualTo((expected.contains("\" (FILE): unknown") ? "\"" : "") + "networks"
                        + expected.replace("FILE", "file " + file()));
    }

    @Test
    void tellsEverythingAtOnce() {
        assertThat(
                        errors(
                                Map.of("XCS_NETWORKS_LAN_MTUU", "1", "XCS_NETWORKS_NAT_SUBNET", "10.0.0.0/8"),
                                "[networks.nat]\nkind = \"nat\"\n[networks.lan]\nvlan = 0\nmtu = 1\n[network]\ndefault-network = \"A b\""))
                .hasSize(5)
                .contains(
                        "\"XCS_NETWORKS_LAN_MTUU\" (environment): unknown variable, did you mean XCS_NETWORKS_LAN_MTU?",
                        "networks.nat.subnet (environment XCS_NETWORKS_NAT_SUBNET): 10.0.0.0/8, expected IPv4 addresses with a prefix"
                                + " length of 16 to 30, like 10.80.0.0/24",
                        "network.default-network (file " + file()
                                + "): \"A b\", expected the name of a network: 1 to 32 lower-case"
                                + " letters, digits and -, beginning with a letter, or nothing");
    }

    private Path file() {
        return dir.resolve("xcsd.toml");
    }

    private EffectiveConfig read(Map<String, String> environment, String text) {
        try {
            Files.writeString(file(), text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return ConfigReader.read(Map.of(), environment, Optional.of(file()));
    }

    private List<String> errors(Map<String, String> environment, String text) {
        return catchThrowableOfType(ConfigRefused.class, () -> read(environment, text))
                .errors();
    }
}
