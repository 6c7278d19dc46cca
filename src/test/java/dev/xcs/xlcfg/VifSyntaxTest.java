package dev.xcs.xlcfg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.xcs.model.ByteRate;
import dev.xcs.model.IpAddress;
import dev.xcs.model.MacAddress;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.model.VifAllowance;
import dev.xcs.model.VifLink;
import dev.xcs.model.VifSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VifSyntaxTest {
    private static final MacAddress MAC = MacAddress.parse("00:16:3e:74:3d:76");
    private static final VifSpec NOTHING =
            VifSpec.of(null, null, null, null, null, null, null, null, null, null, null, null, null);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mac=00:16:3E:74:3d:76,bridge=xenbr1",
                "bridge=xenbr1,mac=00:16:3e:74:3d:76",
                " mac=00:16:3e:74:3d:76 , bridge = xenbr1 ,",
                "mac = 00:16:3e:74:3d:76,\n\tbridge=\txenbr1",
                ",mac=00:16:3e:74:3d:76,,bridge=xenbr1,trusted",
                "type=ioemu, mac=00:16:3e:74:3d:76, bridge=xenbr1",
                "mac=00:16:3e:74:3d:76,bridge=xenbr1,backend=Domain-0,ip=,rate=,mtu=,vifname=,script=,gatewaydev=,model=",
                "mac=,mac=00:16:3e:74:3d:76,bridge=xenbr1,bridge=xenbr1,trusted=1,trusted,link=up,allow=",
            })
    void readsOneVifInEveryForm(String text) {
        assertThat(VifSyntax.parse(text)).isEqualTo(VifSpec.onBridge("xenbr1").withMac(MAC));
    }

    @ParameterizedTest
    @ValueSource(strings = {"type=vif", "type=vif,model=e1000", "type=netfront,model=e1000,backend=0"})
    void readsOneWithoutAnEmulatedCard(String text) {
        assertThat(VifSyntax.parse(text).model()).isEqualTo("none");
        assertThat(VifSyntax.print(VifSyntax.parse(text))).isEqualTo("type=vif");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ",", " , ,\n", "type=ioemu", "trusted", "mac=", "backend="})
    void readsOneThatSaysNothing(String text) {
        assertThat(VifSyntax.parse(text)).isEqualTo(NOTHING);
    }

    @Test
    void readsEverything() {
        assertThat(VifSyntax.parse(
                        "mac=00:16:3e:74:3d:76,bridge=br0,ip=10.0.0.5  FD00::5,rate=10Mb/s@20ms,mtu=9000,vifname=web0,"
                                + "script=/etc/xen/scripts/vif-own,gatewaydev=eth0,model=e1000,untrusted,link=down,"
                                + "allow=router-advertiser any-mac"))
                .isEqualTo(new VifSpec(
                        null,
                        "br0",
                        MAC,
                        List.of(IpAddress.parse("10.0.0.5"), IpAddress.parse("fd00::5")),
                        new ByteRate(1_250_000, 20_000),
                        9000,
                        "web0",
                        "/etc/xen/scripts/vif-own",
                        "eth0",
                        "e1000",
                        false,
                        VifLink.DOWN,
                        Set.of(VifAllowance.ANY_MAC, VifAllowance.ROUTER_ADVERTISER)));
        assertThat(VifSyntax.parse("network=inside")).isEqualTo(VifSpec.onNetwork("inside"));
        assertThat(VifSyntax.parse("netdev=eth1").gatewayDev()).isEqualTo("eth1");
    }

    @ParameterizedTest
    @CsvSource({
        "10Mb/s, 1250000, 50000",
        "250KB/s, 250000, 50000",
        "1MB/s, 1000000, 50000",
        "1MB/s@20ms, 1000000, 20000",
        "10Mb/s@20ms, 1250000, 20000",
        "2048KB/s@50ms, 2048000, 50000",
        "1GB/s, 1000000000, 50000",
        "1Gb/s@1s, 125000000, 1000000",
        "800b/s, 100, 50000",
        "1000B/s@1000us, 1000, 1000"
    })
    void readsRatesAsXl(String text, long bytesPerSecond, long micros) {
        assertThat(VifSyntax.parse("rate=" + text).rate()).isEqualTo(new ByteRate(bytesPerSecond, micros));
    }

    @ParameterizedTest
    @CsvSource({
        "trusted, true",
        "untrusted, false",
        "trusted=1, true",
        "trusted=yes, true",
        "trusted=true, true",
        "trusted=on, true",
        "trusted=0, false",
        "trusted=no, false",
        "trusted=false, false",
        "trusted=off, false"
    })
    void readsWhetherTheBackEndIsTrusted(String text, boolean expected) {
        assertThat(VifSyntax.parse(text).trusted()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "bridge=xenbr0,mac=1 | 19 | mac: \"1\", expected six pairs",
                "mac=01:00:5e:00:00:01 | 5 | mac: \"01:00:5e:00:00:01\", expected the address of one interface: this"
                        + " is a multicast",
                "mac=00:00:00:00:00:00 | 5 | mac: \"00:00:00:00:00:00\", expected an address that is not all zero",
                "mac=00:16:3e:01:02:03,mac=00:16:3e:01:02:04 | 27 | \"00:16:3e:01:02:04\", expected mac only once: it"
                        + " is \"00:16:3e:01:02:03\" at column 5",
                "bridge=a,bridge= b | 18 | \"b\", expected bridge only once: it is \"a\" at column 8",
                "bridge=$(id) | 8 | bridge: \"$(id)\", expected the name of an interface",
                "bridge=a`id` | 8 | bridge: \"a`id`\", expected the name of an interface",
                "vifname=a;b | 9 | vifname: \"a;b\", expected the name of an interface",
                "gatewaydev=a b | 12 | gatewayDev: \"a b\", expected the name of an interface",
                "netdev=a b | 8 | gatewayDev: \"a b\", expected the name of an interface",
                "script=a;b | 8 | script: \"a;b\", expected a path",
                "model=a b | 7 | model: \"a b\", expected 1 to 32 letters",
                "network=Big | 9 | network: \"Big\", expected the name of a network",
                "network=a,bridge=b | 9 | network: \"a\", expected either a network or a bridge, not both",
                "rate=fast | 6 | rate: \"fast\", expected a rate like 10Mb/s",
                "rate=10M | 6 | rate: \"10M\", expected a rate like",
                "rate=0B/s | 6 | rate: \"0B/s\", expected a rate like",
                "rate=99999999999999999999B/s | 6 | rate: \"99999999999999999999B/s\", expected a rate like",
                "mtu=67 | 5 | mtu: 67, expected 68 to 65535",
                "mtu=1500b | 5 | \"1500b\", expected 68 to 65535",
                "mtu=-1 | 5 | \"-1\", expected 68 to 65535",
                "mtu=99999999999 | 5 | \"99999999999\", expected 68 to 65535",
                "ip=10.0.0.5 10.0.0.256 | 13 | ip: \"10.0.0.256\", expected an IPv4 or IPv6 address",
                "ip=10.0.0.5/24 | 4 | ip: \"10.0.0.5/24\", expected an IPv4 or IPv6 address",
                "ip= 10.0.0.5   224.0.0.1 | 16 | ip[1]: \"224.0.0.1\", expected the address of one host",
                "ip=10.0.0.5 10.0.0.6 10.0.0.5 | 22 | ip[2]: \"10.0.0.5\", expected each address only once",
                "link=off | 6 | \"off\", expected up or down",
                "allow=any-mac everything | 15 | allow: \"everything\", expected any-mac, any-ip,",
                "trusted=maybe | 9 | \"maybe\", expected 1 or 0",
                "type=tap | 6 | \"tap\", expected ioemu or vif",
                "bridge=a,backend=storage | 18 | \"storage\", expected Domain-0: back-ends in other domains are not"
                        + " served",
                "bridge=a, devid=3 | 11 | \"devid=3\", expected no devid",
                "vlan=10p/20 | 1 | \"vlan=10p/20\", expected network=",
                "accel=x | 1 | \"accel=x\", expected no accel",
                "bridge=a,  xenbr0 | 12 | \"xenbr0\", expected a name and its value with = between",
                "brigde=xenbr0 | 1 | \"brigde=xenbr0\", expected mac, bridge, network,",
                "=xenbr0 | 1 | \"=xenbr0\", expected a name before =",
                "ip=🐢,mac=5 | 10 | mac: \"5\", expected six pairs",
                "allow=🐢 x | 7 | allow: \"",
                "🐢, bridge=a b | 1 | \"",
                "vifname=a,🐢🐢=,x | 11 | \"",
            })
    void pointsAtWhatIsWrong(String text, int column, String expected) {
        assertThatThrownBy(() -> VifSyntax.parse(text))
                .isInstanceOf(ProblemException.class)
                .hasMessageStartingWith("vifs: column " + column + ": " + expected)
                .satisfies(e -> assertThat(((ProblemException) e).problem())
                        .extracting(Problem::type, Problem::field)
                        .containsExactly(ProblemType.INVALID_FIELD, "vifs"));
    }

    @Test
    void refusesTextWithoutEnd() {
        assertThatThrownBy(() -> VifSyntax.parse("bridge=" + "x".repeat(100_000)))
                .hasMessageStartingWith("vifs: column 16385: more text");
        assertThatThrownBy(() -> VifSyntax.parse("bridge=" + "x".repeat(4097)))
                .hasMessageStartingWith("vifs: column 8: bridge: ")
                .hasMessageEndingWith("beginning with a letter");
    }

    @Test
    void printsWhatIsNotTheDefault() {
        assertThat(VifSyntax.print(NOTHING)).isEmpty();
        assertThat(VifSyntax.print(VifSyntax.parse("model=e1000,rate=10Mb/s@20ms,netdev=eth0,trusted=0,bridge=br0")))
                .isEqualTo("bridge=br0,rate=1250KB/s@20ms,gatewaydev=eth0,model=e1000,untrusted");
        assertThat(VifSyntax.print(
                        VifSyntax.parse("allow=dhcp-server any-mac,ip=fd00::5 10.0.0.5,network=lan,link=down")))
                .isEqualTo("network=lan,ip=fd00::5 10.0.0.5,link=down,allow=any-mac dhcp-server");
    }

    @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
    void readsBackWhatItPrints(@ForAll("vifs") VifSpec vif) {
        assertThat(VifSyntax.parse(VifSyntax.print(vif))).isEqualTo(vif);
    }

    /** Blanks wherever xm allowed them, and the parameters in another order. */
    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
    void readsItAlikeWithBlanksAndTurnedAround(@ForAll("vifs") VifSpec vif, @ForAll("blanks") String blank) {
        List<String> parts = new ArrayList<>(List.of(VifSyntax.print(vif).split(",")));
        Collections.reverse(parts);
        String text = String.join(blank + "," + blank, parts).replace("=", blank + "=" + blank);

        assertThat(VifSyntax.parse(blank + text + blank)).isEqualTo(vif);
    }

    /** Whatever comes in, the answer is a vif that can be printed and read again, or a problem that says where. */
    @Property(tries = 3000)
    void readsOrRefusesAnything(@ForAll("scraps") String text) {
        try {
            VifSpec vif = VifSyntax.parse(text);
            assertThat(VifSyntax.parse(VifSyntax.print(vif))).isEqualTo(vif);
        } catch (ProblemException e) {
            assertThat(e.problem().detail()).matches("(?s)vifs: column [0-9]+: .*expected .*");
            assertThat(e.problem().field()).isEqualTo("vifs");
        }
    }

    @Provide
    Arbitrary<String> blanks() {
        return Arbitraries.of("", " ", "\t", "\n  ");
    }

    @Provide
    Arbitrary<String> scraps() {
        return Arbitraries.of(
                        ",",
                        ",",
                        ",",
                        "=",
                        " ",
                        "\n",
                        "\0",
                        "mac=",
                        "00:16:3e:01:02:03",
                        "bridge=",
                        "xenbr0",
                        "network=",
                        "inside",
                        "ip=",
                        "10.0.0.5",
                        "fd00::5",
                        "rate=",
                        "1MB/s",
                        "@20ms",
                        "mtu=",
                        "1500",
                        "vifname=",
                        "script=",
                        "/x",
                        "gatewaydev=",
                        "netdev=",
                        "model=",
                        "type=",
                        "vif",
                        "ioemu",
                        "backend=",
                        "0",
                        "trusted",
                        "un",
                        "link=",
                        "down",
                        "allow=",
                        "any-mac",
                        "devid=",
                        "🐢",
                        "\ud800")
                .list()
                .ofMaxSize(12)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<VifSpec> vifs() {
        Arbitrary<String> names = Arbitraries.of("xenbr0", "br0.7", "web_0", "a", "Abcdefghijklm-9");
        Arbitrary<Place> places = Arbitraries.oneOf(
                Arbitraries.of(new Place(null, null), new Place("inside", null), new Place("a-b-9", null)),
                names.map(name -> new Place(null, name)));
        Arbitrary<List<IpAddress>> addresses = Arbitraries.of(
                        "10.0.0.5", "192.0.2.1", "fd00::5", "2001:db8::", "fe80::1")
                .map(IpAddress::parse)
                .list()
                .uniqueElements()
                .ofMaxSize(4);
        Arbitrary<ByteRate> rates = Combinators.combine(
                        Arbitraries.longs().between(1000, 4_000_000_000L),
                        Arbitraries.longs().between(1000, 1_000_000))
                .as(ByteRate::new);
        return Combinators.combine(
                        places,
                        Arbitraries.bytes()
                                .array(byte[].class)
                                .ofSize(3)
                                .map(VifSyntaxTest::mac)
                                .injectNull(0.4),
                        addresses,
                        rates.injectNull(0.5),
                        Arbitraries.integers()
                                .between(VifSpec.MIN_MTU, VifSpec.MAX_MTU)
                                .injectNull(0.5),
                        Combinators.combine(
                                        names.injectNull(0.6),
                                        Arbitraries.of("vif-own", "/etc/xen/scripts/vif-route")
                                                .injectNull(0.6),
                                        names.injectNull(0.6),
                                        Arbitraries.of("e1000", "virtio-net_9", "none")
                                                .injectNull(0.6))
                                .as(Words::new),
                        Combinators.combine(Arbitraries.of(true, false), Arbitraries.of(VifLink.class))
                                .as(Flags::new),
                        Arbitraries.of(VifAllowance.class).set())
                .as((place, mac, ip, rate, mtu, words, flags, allow) -> new VifSpec(
                        place.network(),
                        place.bridge(),
                        mac,
                        ip,
                        rate,
                        mtu,
                        words.vifname(),
                        words.script(),
                        words.gatewayDev(),
                        words.model(),
                        flags.trusted(),
                        flags.link(),
                        allow));
    }

    private record Place(@Nullable String network, @Nullable String bridge) {}

    private record Words(
            @Nullable String vifname,
            @Nullable String script,
            @Nullable String gatewayDev,
            @Nullable String model) {}

    private record Flags(boolean trusted, VifLink link) {}

    private static MacAddress mac(byte[] tail) {
        return MacAddress.parse(String.format("00:16:3e:%02x:%02x:%02x", tail[0], tail[1], tail[2]));
    }
}
