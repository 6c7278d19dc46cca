package dev.xcs.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.message.AttachVif;
import dev.xcs.message.ChangeVif;
import dev.xcs.message.DetachVif;
import dev.xcs.model.ByteRate;
import dev.xcs.model.IpAddress;
import dev.xcs.model.MacAddress;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.model.VifAllowance;
import dev.xcs.model.VifChange;
import dev.xcs.model.VifLink;
import dev.xcs.model.VifSpec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The vifs of a domain over HTTP; every answer is held against the contract by the fixture. */
class VifsTest {
    private static final String VIFS = "/v1/domains/" + FakeParts.GUEST + "/vifs";
    private static final String ALL =
            "{'bridge':'br0','mac':'00:16:3E:01:02:03','ip':['10.0.0.5','fd00::5'],'rate':'10Mb/s','mtu':9000,"
                    + "'vifname':'web0','script':'vif-own','gatewayDev':'eth0','model':'e1000','trusted':false,'link':'down',"
                    + "'allow':['router-advertiser','any-mac']}";
    private static final VifSpec EVERYTHING = new VifSpec(
            null,
            "br0",
            MacAddress.parse("00:16:3e:01:02:03"),
            List.of(IpAddress.parse("10.0.0.5"), IpAddress.parse("fd00::5")),
            ByteRate.parse("1250KB/s"),
            9000,
            "web0",
            "vif-own",
            "eth0",
            "e1000",
            false,
            VifLink.DOWN,
            Set.of(VifAllowance.ANY_MAC, VifAllowance.ROUTER_ADVERTISER));

    private static final FakeNetwork NETWORK = new FakeNetwork();
    private static ApiFixture api;

    @BeforeAll
    static void start() {
        api = new ApiFixture();
        ApiFixture.await(api.vertx.deployVerticle(NETWORK));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @BeforeEach
    void reset() {
        api.parts.reset();
        NETWORK.reset();
    }

    private static JsonObject json(String text) {
        return new JsonObject(text.replace('\'', '"'));
    }

    @Test
    void attachesOneThatSaysNothing() {
        RawHttp.Response response = api.call("POST", VIFS, new JsonObject());

        assertThat(response.status()).isEqualTo(201);
        assertThat(response.headers()).containsEntry("location", VIFS + "/0");
        assertThat(NETWORK.asked)
                .containsExactly(new AttachVif(
                        FakeParts.GUEST,
                        VifSpec.of(null, null, null, null, null, null, null, null, null, null, null, null, null)));
        assertThat(new JsonObject(response.text()))
                .isEqualTo(json("{'index':0,'mac':'00:16:3e:0a:0b:0c','ip':[],'trusted':true,'link':'up','allow':[],"
                                + "'interface':'vif3.0','state':'connected','managed':true}")
                        .put(
                                "statistics",
                                json("{'receivedBytes':0,'receivedPackets':0,'receiveDrops':0,'receiveErrors':0,"
                                        + "'transmittedBytes':0,'transmittedPackets':0,'transmitDrops':0,'transmitErrors':0,"
                                        + "'filtered':0}")));
    }

    @Test
    void attachesOneThatSaysEverythingAndListsIt() {
        assertThat(api.call("POST", VIFS, json(ALL)).status()).isEqualTo(201);

        assertThat(NETWORK.asked).containsExactly(new AttachVif(FakeParts.GUEST, EVERYTHING));
        JsonObject shown = new JsonArray(api.call("GET", VIFS).text()).getJsonObject(0);
        assertThat(shown.getJsonArray("allow")).containsExactly("any-mac", "router-advertiser");
        assertThat(shown.getJsonArray("ip")).containsExactly("10.0.0.5", "fd00::5");
        assertThat(shown.getString("rate")).isEqualTo("1250KB/s");
    }

    @Test
    void takesVifsWithACreation() {
        RawHttp.Response response =
                api.post("{\"name\":\"db\",\"memoryMib\":64,\"vcpus\":1,\"kernel\":\"sim:linux\",\"vifs\":["
                        + ALL.replace('\'', '"') + ",{},{\"network\":\"inside\"}]}");

        assertThat(response.status()).isEqualTo(201);
        assertThat(api.parts.created.get(0).vifs())
                .containsExactly(
                        EVERYTHING,
                        VifSpec.of(null, null, null, null, null, null, null, null, null, null, null, null, null),
                        VifSpec.onNetwork("inside"));
    }

    @Test
    void tellsOfEveryVifAtOnceByItsExactPlace() {
        RawHttp.Response response =
                api.post("{'name':'db','memoryMib':64,'vcpus':1,'kernel':'sim:linux','vifs':[".replace('\'', '"')
                        + ("{'mac':'01:00:00:00:00:00','vlan':1},{'ip':['10.0.0.1','x',5,'224.0.0.1']},{'network':'a','bridge':'b'},"
                                        + "{'ip':['10.0.0.1','10.0.0.1']},7,{'allow':['all']},{'trusted':1,'rate':'0B/s','mtu':9.5}]}")
                                .replace('\'', '"'));

        assertThat(response.status()).isEqualTo(400);
        assertThat(new JsonObject(response.text()).getString("detail").split("; "))
                .containsExactly(
                        "vifs[0].mac: \"01:00:00:00:00:00\", expected the address of one interface: this is a multicast address,"
                                + " its first byte is odd",
                        "\"vifs[0].vlan\": unknown field, expected one of allow, bridge, gatewayDev, ip, link, mac, model, mtu, network,"
                                + " rate, script, trusted, vifname",
                        "vifs[1].ip[1]: \"x\", expected an IPv4 or IPv6 address like 10.0.0.5 or fd00::5",
                        "vifs[1].ip[2]: 5, expected an IPv4 or IPv6 address",
                        "vifs[2].network: \"a\", expected either a network or a bridge, not both",
                        "vifs[3].ip[1]: \"10.0.0.1\", expected each address only once",
                        "vifs[4]: 7, expected objects, one for each vif",
                        "vifs[5].allow[0]: \"all\", expected any-mac, any-ip, dhcp-server or router-advertiser",
                        "vifs[6].rate: \"0B/s\", expected a rate like 10Mb/s, 250KB/s or 1MB/s@20ms, of at least one byte in an"
                                + " interval",
                        "vifs[6].mtu: 9.5, expected a whole number from 68 to 65535",
                        "and 1 more");
        assertThat(new JsonObject(response.text()).getString("field")).isEqualTo("vifs[0].mac");
        assertThat(api.parts.created).isEmpty();
    }

    @Test
    void refusesTheSameAddressOrNameTwiceInABody() {
        RawHttp.Response response = api.post(
                "{'name':'db','memoryMib':64,'vcpus':1,'kernel':'sim:linux','vifs':[{},{'mac':'00:16:3e:00:00:01'},{},"
                                .replace('\'', '"')
                        + "{'mac':'00:16:3E:00:00:01','vifname':'a'},{'vifname':'a'}]}".replace('\'', '"'));

        assertThat(new JsonObject(response.text()).getString("detail"))
                .isEqualTo("vifs[3].mac: \"00:16:3e:00:00:01\", expected another than vifs[1] has;"
                        + " vifs[4].vifname: \"a\", expected another than vifs[3] has");
    }

    @Test
    void refusesMoreVifsThanADomainHas() {
        JsonArray many = new JsonArray(
                IntStream.range(0, 65).mapToObj(i -> new JsonObject()).toList());
        JsonObject body = json("{'name':'db','memoryMib':64,'vcpus':1,'kernel':'sim:linux'}")
                .put("vifs", many);

        assertThat(new JsonObject(api.post(body.encode()).text()).getString("detail"))
                .isEqualTo("vifs: \"65 vifs\", expected at most 64");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$(reboot)",
                "a;b",
                "a b",
                "a|b",
                "a&b",
                "`x`",
                "a\nb",
                "a'b",
                "a\"b",
                "a\\b",
                "a*b",
                "a>b",
                "a\u0000",
                "żółw",
                "a,b",
                ""
            })
    void refusesWhatAShellCouldRead(String text) {
        for (String field :
                new String[] {"network", "bridge", "mac", "rate", "vifname", "script", "gatewayDev", "model", "link"}) {
            JsonObject problem = new JsonObject(
                    api.call("POST", VIFS, new JsonObject().put(field, text)).text());
            assertThat(problem.getInteger("status")).isEqualTo(400);
            assertThat(problem.getString("field")).isEqualTo(field);
            assertThat(problem.getString("detail")).startsWith(field + ": " + Problem.quote(text) + ", expected ");
        }
        for (String field : new String[] {"ip", "allow"}) {
            assertThat(new JsonObject(api.call("POST", VIFS, new JsonObject().put(field, new JsonArray().add(text)))
                                    .text())
                            .getString("field"))
                    .isEqualTo(field + "[0]");
        }
        assertThat(NETWORK.asked).isEmpty();
    }

    @Test
    void refusesNamesOf4097Bytes() {
        for (String field :
                new String[] {"network", "bridge", "vifname", "script", "gatewayDev", "model", "mac", "rate"}) {
            JsonObject problem = new JsonObject(api.call("POST", VIFS, new JsonObject().put(field, "a".repeat(4097)))
                    .text());
            assertThat(problem.getString("field")).isEqualTo(field);
            assertThat(problem.getString("detail")).hasSizeLessThan(300);
        }
    }

    @Test
    void changesWhatIsInTheBodyAndNothingElse() {
        NETWORK.vifs.put(0, EVERYTHING);

        RawHttp.Response moved = api.call("PATCH", VIFS + "/0", json("{'network':'dmz','ip':[],'rate':null}"));
        RawHttp.Response plugged = api.call("PATCH", VIFS + "/0", json("{'link':'up','rate':'1MB/s@20ms'}"));

        assertThat(moved.status()).isEqualTo(200);
        assertThat(NETWORK.asked)
                .containsExactly(
                        new ChangeVif(FakeParts.GUEST, 0, new VifChange("dmz", null, List.of(), null, null, true)),
                        new ChangeVif(
                                FakeParts.GUEST,
                                0,
                                new VifChange(null, null, null, VifLink.UP, ByteRate.parse("1MB/s@20ms"), false)));
        assertThat(new JsonObject(moved.text()).containsKey("rate")).isFalse();
        assertThat(new JsonObject(plugged.text()).getString("network")).isEqualTo("dmz");
        assertThat(new JsonObject(plugged.text()).getString("rate")).isEqualTo("1MB/s@20ms");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{} | Body: nothing to change, expected one or more of network, bridge, ip, link, rate",
                "{'network':'a','bridge':'b'} | network: \"a\", expected either a network or a bridge, not both",
                "{'network':null} | network: null, expected the name of a network: 1 to 32 lower-case letters, digits and -, beginning with a"
                        + " letter",
                "{'link':'off'} | link: \"off\", expected one of up, down",
                "{'rate':5} | rate: 5, expected a rate like 10Mb/s or 1MB/s@20ms, or null for no limit",
                "{'rate':'fast'} | rate: \"fast\", expected a rate like 10Mb/s, 250KB/s or 1MB/s@20ms, of at least one byte in an interval",
                "{'ip':'10.0.0.1'} | ip: \"10.0.0.1\", expected an array of texts, each an IPv4 or IPv6 address",
                "{'ip':['10.0.0.1','10.0.0.1']} | ip[1]: \"10.0.0.1\", expected each address only once",
                "{'mac':'00:16:3e:00:00:01'} | \"mac\": unknown field, expected one of bridge, ip, link, network, rate",
                "{'link':'off','mtu':1} | link: \"off\", expected one of up, down; \"mtu\": unknown field, expected one of bridge, ip, link,"
                        + " network, rate",
            })
    void refusesAChangeThatCannotBe(String body, String detail) {
        NETWORK.vifs.put(0, EVERYTHING);
        RawHttp.Response response = api.call("PATCH", VIFS + "/0", json(body));

        assertThat(response.status()).isEqualTo(400);
        assertThat(new JsonObject(response.text()).getString("detail")).isEqualTo(detail);
        assertThat(NETWORK.asked).isEmpty();
    }

    @Test
    void detachesByForceOnlyWhereThatIsSaid() {
        NETWORK.vifs.put(0, EVERYTHING);
        NETWORK.vifs.put(1, EVERYTHING);

        assertThat(api.call("DELETE", VIFS + "/0").status()).isEqualTo(204);
        assertThat(api.call("DELETE", VIFS + "/1?force=true").status()).isEqualTo(204);
        assertThat(api.call("DELETE", VIFS + "/1").status()).isEqualTo(404);
        assertThat(api.call("DELETE", VIFS + "/1?force=1").status()).isEqualTo(400);
        assertThat(api.call("DELETE", VIFS + "/1?why=1").status()).isEqualTo(400);
        assertThat(NETWORK.asked)
                .containsExactly(
                        new DetachVif(FakeParts.GUEST, 0, false),
                        new DetachVif(FakeParts.GUEST, 1, true),
                        new DetachVif(FakeParts.GUEST, 1, false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "-1", "01", "100000", "0%0a", "eth0", "+1", "0x1"})
    void refusesAnIndexThatIsNone(String index) {
        for (String method : new String[] {"PATCH", "DELETE"}) {
            RawHttp.Response response = api.send(method, VIFS + "/" + index, "{}", api.withToken());
            assertThat(response.status()).isEqualTo(400);
            assertThat(new JsonObject(response.text()).getString("detail"))
                    .startsWith("index: ")
                    .endsWith(", expected the index of a vif, 0 for the first");
        }
    }

    @Test
    void tellsWhatTheBackEndTells() {
        NETWORK.refusal = Problem.of(ProblemType.CONFLICT, "mac: \"00:16:3e:00:00:01\" is web's");
        RawHttp.Response response = api.call("POST", VIFS, new JsonObject());

        assertThat(response.status()).isEqualTo(409);
        assertThat(response.text()).contains("is web's");
    }

    @Test
    void findsTheDomainByName() {
        RawHttp.Response response = api.call("DELETE", "/v1/domains/name:web/vifs/3");

        assertThat(response.status()).isEqualTo(307);
        assertThat(response.headers()).containsEntry("location", VIFS + "/3");
    }

    @Test
    void answersOtherMethodsWithThoseThatThereAre() {
        assertThat(api.call("PUT", VIFS).headers()).containsEntry("allow", "GET, HEAD, OPTIONS, POST");
        assertThat(api.call("GET", VIFS + "/0").status()).isEqualTo(405);
        assertThat(api.call("GET", VIFS + "/0").headers()).containsEntry("allow", "DELETE, OPTIONS, PATCH");
        assertThat(api.call("HEAD", VIFS).status()).isEqualTo(200);
    }

    @Test
    void needsTheToken() {
        for (String method : new String[] {"GET", "POST"}) {
            assertThat(api.send(method, VIFS, "{}", ApiFixture.headers()).status())
                    .isEqualTo(401);
        }
        assertThat(api.send("DELETE", VIFS + "/0", "", ApiFixture.headers()).status())
                .isEqualTo(401);
        assertThat(NETWORK.asked).isEmpty();
    }
}
