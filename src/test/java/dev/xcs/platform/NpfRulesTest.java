package dev.xcs.platform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.model.HostNetwork;
import dev.xcs.model.IpAddress;
import dev.xcs.model.MacAddress;
import dev.xcs.model.PortForward;
import dev.xcs.model.Subnet;
import dev.xcs.model.VifGuard;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the rules do is seen on the simulated dom0, which understands them: NetbsdNetworkDevicesTest. */
class NpfRulesTest {
    private static final MacAddress MAC = new MacAddress("00:16:3e:00:00:01");
    private static final IpAddress OWN = new IpAddress("10.80.0.1");
    private static final Subnet SUBNET = Subnet.parse("10.80.0.0/24");

    private static VifGuard guard(boolean serves, String... addresses) {
        List<IpAddress> all = List.of(addresses).stream().map(IpAddress::new).toList();
        return new VifGuard(MAC, all, serves, serves, false);
    }

    @Test
    void nothingIsAskedOfAGuestThatMayDoAnything() {
        assertThat(NpfRules.guard("xvif1i0", guard(true))).isEmpty();
    }

    @Test
    void aGuestMayNotBeServerOrRouter() {
        assertThat(NpfRules.guard("xvif1i0", guard(false)))
                .containsExactly(
                        "block in final on xvif1i0 pcap-filter \"(ip and udp src port 67 and udp dst port 68)"
                                + " or (ip6 and udp src port 547 and udp dst port 546)\"",
                        "block in final on xvif1i0 pcap-filter \"(icmp and (icmp[0] == 5 or icmp[0] == 9))"
                                + " or (icmp6 and (ip6[40] == 134 or ip6[40] == 137))\"");
    }

    @Test
    void aGuestSendsFromItsAddresses() {
        assertThat(NpfRules.guard("xvif1i0", guard(true, "10.80.0.5", "10.80.0.6", "fd00::5")))
                .containsExactly(
                        "block in final on xvif1i0 pcap-filter \"ip and not (src host 10.80.0.5 or src host 10.80.0.6"
                                + " or (src host 0.0.0.0 and udp src port 68 and udp dst port 67))\"",
                        "block in final on xvif1i0 pcap-filter \"ip6 and not (src host fd00::5 or src net fe80::/10"
                                + " or (src host :: and icmp6))\"",
                        "block in final on xvif1i0 pcap-filter \"icmp6 and ip6[40] == 136 and not"
                                + " (ip6[48:4] & 0xffc00000 == 0xfe800000 or (ip6[48:4] == 0xfd000000 and"
                                + " ip6[52:4] == 0x0 and ip6[56:4] == 0x0 and ip6[60:4] == 0x5))\"");
    }

    /** Beyond that npfctl says "command too long". */
    @Test
    void rulesOfAFewAddressesFit() {
        String[] six = {"fd00::1", "fd00::2", "fd00::3", "fd00::4", "10.0.0.1", "10.0.0.2"};

        assertThat(NpfRules.guard("xvif10000i10", guard(false, six)))
                .allSatisfy(rule -> assertThat(rule.length()).isLessThanOrEqualTo(Npf.LONGEST_RULE));
    }

    @Test
    void aNatNetworkIsShutButForItsForwards() {
        PortForward web = PortForward.parse("tcp:8080=10.80.0.5:80");

        assertThat(NpfRules.inside("vether3", SUBNET, OWN, List.of(web)))
                .containsExactly(
                        "block in final on vether3 pcap-filter \"ip and not (src net 10.80.0.0/24 or src host"
                                + " 0.0.0.0)\"",
                        "pass stateful in final on vether3 all",
                        "pass stateful out final on vether3 from 10.80.0.1",
                        "pass stateful out final on vether3 proto tcp to 10.80.0.5 port 80",
                        "block out final on vether3 all");
    }

    @Test
    void aNatNetworkIsTranslatedWhereItLeaves() {
        HostNetwork network = new HostNetwork(
                "inner",
                "bridge3",
                false,
                MAC,
                OWN,
                24,
                1500,
                "wm0",
                null,
                SUBNET,
                List.of(PortForward.parse("tcp:8080=10.80.0.5:80"), PortForward.parse("udp:192.0.2.9:53=10.80.0.6")),
                true);

        assertThat(NpfRules.maps(network, "wm0", new IpAddress("192.0.2.2")))
                .containsExactly(
                        "map wm0 dynamic 10.80.0.0/24 -> 192.0.2.2",
                        "map wm0 dynamic proto tcp 10.80.0.5 port 80 <- 192.0.2.2 port 8080",
                        "map wm0 dynamic proto udp 10.80.0.6 port 53 <- 192.0.2.9 port 53");
    }
}
