package dev.xcs.platform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.model.IpAddress;
import dev.xcs.model.MacAddress;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each command as NetBSD's manual pages have it, word by word. */
class NetbsdNetworkTest {
    private static final MacAddress MAC = new MacAddress("00:16:3e:00:00:01");
    private static final IpAddress IP = new IpAddress("10.80.0.5");
    private static final IpAddress OWN = new IpAddress("10.80.0.1");

    static Stream<Arguments> commands() {
        return Stream.of(
                Arguments.of("ifconfig -a -v", NetbsdNetwork.interfaces()),
                Arguments.of("ifconfig bridge0 create", NetbsdNetwork.create("bridge0")),
                Arguments.of("ifconfig bridge0 destroy", NetbsdNetwork.destroy("bridge0")),
                Arguments.of("ifconfig xvif1i0 up", NetbsdNetwork.up("xvif1i0")),
                Arguments.of("ifconfig xvif1i0 down", NetbsdNetwork.down("xvif1i0")),
                Arguments.of("ifconfig xvif1i0 mtu 1400", NetbsdNetwork.mtu("xvif1i0", 1400)),
                Arguments.of("ifconfig vether0 link 00:16:3e:00:00:01 active", NetbsdNetwork.hardware("vether0", MAC)),
                Arguments.of("ifconfig vether0 inet 10.80.0.1/24 alias", NetbsdNetwork.address("vether0", OWN, 24)),
                Arguments.of(
                        "ifconfig vether0 inet6 fd00::1/64 alias",
                        NetbsdNetwork.address("vether0", new IpAddress("fd00::1"), 64)),
                Arguments.of("ifconfig vether0 inet 10.80.0.1 -alias", NetbsdNetwork.withoutAddress("vether0", OWN)),
                Arguments.of("ifconfig vlan3 vlan 5 vlanif wm0", NetbsdNetwork.vlan("vlan3", 5, "wm0")),
                Arguments.of("ndp -i xvif1i0 ifdisabled", NetbsdNetwork.withoutIpv6("xvif1i0")),
                Arguments.of("brconfig -a", NetbsdNetwork.bridges()),
                Arguments.of("brconfig bridge0 up", NetbsdNetwork.start("bridge0")),
                Arguments.of("brconfig bridge0 ipf", NetbsdNetwork.filter("bridge0")),
                Arguments.of("brconfig bridge0 add xvif1i0", NetbsdNetwork.join("bridge0", "xvif1i0")),
                Arguments.of(
                        "brconfig bridge0 add xvif1i0 -learn xvif1i0 static xvif1i0 00:16:3e:00:00:01",
                        NetbsdNetwork.joinAs("bridge0", "xvif1i0", MAC)),
                Arguments.of(
                        "brconfig bridge0 -learn xvif1i0 static xvif1i0 00:16:3e:00:00:01",
                        NetbsdNetwork.fix("bridge0", "xvif1i0", MAC)),
                Arguments.of("brconfig bridge0 learn xvif1i0", NetbsdNetwork.learn("bridge0", "xvif1i0")),
                Arguments.of("brconfig bridge0 delete xvif1i0", NetbsdNetwork.leave("bridge0", "xvif1i0")),
                Arguments.of("brconfig bridge0 deladdr 00:16:3e:00:00:01", NetbsdNetwork.forget("bridge0", MAC)),
                Arguments.of(
                        "route -n add -host 10.80.0.5 -interface 10.80.0.1 -ifp xvif1i0",
                        NetbsdNetwork.route(IP, OWN, "xvif1i0")),
                Arguments.of("route -n delete -host 10.80.0.5", NetbsdNetwork.unroute(IP)),
                Arguments.of("route -n get default", NetbsdNetwork.defaultRoute()),
                Arguments.of("arp -s 10.80.0.5 52:54:00:00:00:02 pub", NetbsdNetwork.publish(IP, "52:54:00:00:00:02")),
                Arguments.of("arp -d 10.80.0.5", NetbsdNetwork.unpublish(IP)),
                Arguments.of("sysctl -n net.inet.ip.forwarding", NetbsdNetwork.forwarding()),
                Arguments.of("sysctl -w net.inet.ip.forwarding=1", NetbsdNetwork.forwarding(true)),
                Arguments.of("sysctl -w net.inet.ip.forwarding=0", NetbsdNetwork.forwarding(false)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("commands")
    void saysWhatTheManualSays(String expected, List<String> command) {
        assertThat(command).isEqualTo(List.of(expected.split(" ")));
    }

    @Test
    void aRuleIsOneArgument() {
        assertThat(Npf.add("block in final on xvif1i0 all"))
                .containsExactly("npfctl", "rule", "xcs", "add", "block in final on xvif1i0 all");
        assertThat(Npf.remove("map wm0 dynamic 10.80.0.0/24 -> 192.0.2.2"))
                .containsExactly("npfctl", "rule", "map:xcs", "rem", "map wm0 dynamic 10.80.0.0/24 -> 192.0.2.2");
        assertThat(Npf.listRules()).containsExactly("npfctl", "rule", "xcs", "list");
    }

    /** Composed after print functions of sbin/ifconfig of NetBSD 10, with lines of drivers and of later releases between. */
    @Test
    void readsInterfaces() {
        List<NetbsdLink> links = NetbsdLinks.read("""
            wm0: flags=0x8843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST> mtu 1500
            	capabilities=0x7ff80<TSO4,IP4CSUM_Rx,IP4CSUM_Tx>
            	capabilities=0x7ff80<TCP4CSUM_Rx>
            	enabled=0
            	ec_capabilities=0x17<VLAN_MTU,VLAN_HWTAGGING,JUMBO_MTU,EEE>
            	ec_enabled=0x2<VLAN_HWTAGGING>
            	address: 52:54:00:00:00:02
            	media: Ethernet autoselect (1000baseT full-duplex)
            	status: active
            	input: 1234 packets, 567890 bytes, 3 multicasts, 2 errors, 1 queue drop
            	output: 1 packet, 60 bytes, 5 errors
            	inet 192.0.2.2/24 broadcast 192.0.2.255 flags 0
            	inet 192.0.2.3/32 flags 0
            	inet6 fe80::5054:ff:fe00:2%wm0/64 flags 0 scopeid 0x1
            	inet6 2001:db8::2/64 flags 0
            lo0: flags=0x8049<UP,LOOPBACK,RUNNING,MULTICAST> mtu 33624
            	inet 127.0.0.1/8 flags 0
            	inet6 ::1/128 flags 0x20<NODAD>
            bridge0: flags=0x41<UP,RUNNING> mtu 1500
            	input: 0 packets, 0 bytes
            xvif12i0: flags=8802<BROADCAST,SIMPLEX,MULTICAST> mtu 1400
            	address: 00:16:3f:00:00:01
            """);

        assertThat(links).extracting(NetbsdLink::name).containsExactly("wm0", "lo0", "bridge0", "xvif12i0");
        assertThat(links.get(0))
                .isEqualTo(new NetbsdLink(
                        "wm0",
                        1,
                        true,
                        1500,
                        "52:54:00:00:00:02",
                        Stream.of("192.0.2.2", "192.0.2.3", "fe80::5054:ff:fe00:2", "2001:db8::2")
                                .map(IpAddress::new)
                                .toList(),
                        new NetbsdLink.Counters(1234, 567890, 2, 1),
                        new NetbsdLink.Counters(1, 60, 5, 0)));
        assertThat(links.get(1).mac()).isNull();
        assertThat(links.get(3).up()).isFalse();
        assertThat(links.get(3).mtu()).isEqualTo(1400);
    }

    /** As the functions of sbin/brconfig print. */
    @Test
    void readsBridges() {
        Map<String, String> members = NetbsdLinks.members("""
            bridge0: flags=41<UP,RUNNING>
            	Configuration:
            		priority 32768 hellotime 2 fwddelay 15 maxage 20
            		ipfilter disabled flags 0x0
            	Interfaces:
            		wm0 flags=3<LEARNING,DISCOVER>
            			port 1 priority 128
            		xvif12i0 flags=2<DISCOVER>
            			port 5 priority 128
            	Address cache (max cache: 100, timeout: 1200):
            		fe:ff:0:0:0:1 wm0 1180 flags=0<>
            bridge100001: flags=0<>
            	Configuration:
            		priority 32768 hellotime 2 fwddelay 15 maxage 20
            	Interfaces:
            		vether100001 flags=3<LEARNING,DISCOVER>
            			port 6 priority 128
            	Address cache (max cache: 100, timeout: 1200):
            """);

        assertThat(members).isEqualTo(Map.of("wm0", "bridge0", "xvif12i0", "bridge0", "vether100001", "bridge100001"));
    }

    @Test
    void readsTheWayOut() {
        assertThat(NetbsdLinks.routeInterface("""
               route to: default
            destination: default
                   mask: default
                gateway: 192.0.2.1
             local addr: 192.0.2.2
              interface: wm0
                  flags: <UP,GATEWAY,DONE,STATIC>
            """)).isEqualTo("wm0");
        assertThat(NetbsdLinks.routeInterface("")).isNull();
    }

    @Test
    void namesBridgesByNumbersThatStayTheSame() {
        assertThat(Dom0.NETBSD.bridgeName("lan"))
                .matches("bridge[1-9][0-9]{5}")
                .isEqualTo(Dom0.NETBSD.bridgeName(String.join("", "l", "an")))
                .isNotEqualTo(Dom0.NETBSD.bridgeName("wan"));
        assertThat(Dom0.NETBSD.hostSide("bridge12")).isEqualTo("vether12");
        assertThat(Dom0.NETBSD.defaultBridge()).isEqualTo("bridge0");
        assertThat(Dom0.LINUX.bridgeName("lan")).isEqualTo("xcs-lan");
        assertThat(Dom0.LINUX.hostSide("xcs-lan")).isEqualTo("xcs-lan");
    }
}
