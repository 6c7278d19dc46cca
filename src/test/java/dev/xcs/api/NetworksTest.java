package dev.xcs.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.message.CreateNetwork;
import dev.xcs.message.DeleteNetwork;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.testing.Vifs;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The networks of the host over HTTP; every answer is held against the contract by the fixture. */
class NetworksTest {
    private static final String NETWORKS = "/v1/networks";
    private static final String NAT =
            "{'name':'inside','kind':'nat','bridge':'natbr','create':true,'uplink':'eth0','subnet':'10.80.0.0/24',"
                    + "'dhcp':true,'domain':'in.example','hosts':{'z':'10.80.0.9','a.b':'fd00::1'},"
                    + "'forwards':[{'hostPort':8080,'to':'10.80.0.5','port':80},"
                    + "{'protocol':'udp','hostAddress':'192.0.2.1','hostPort':53,'to':'10.80.0.5'}],'mtu':1400}";

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
        NETWORK.reset();
    }

    private static JsonObject json(String text) {
        return new JsonObject(text.replace('\'', '"'));
    }

    @Test
    void makesANetworkThatSaysEverythingAndShowsIt() {
        RawHttp.Response response = api.call("POST", NETWORKS, json(NAT));

        assertThat(response.status()).isEqualTo(201);
        assertThat(response.headers()).containsEntry("location", NETWORKS + "/inside");
        assertThat(NETWORK.asked).containsExactly(new CreateNetwork(Vifs.NAT));
        JsonObject shown = new JsonObject(api.call("GET", NETWORKS + "/inside").text());
        assertThat(shown).isEqualTo(new JsonObject(response.text()));
        assertThat(shown.getJsonObject("hosts").fieldNames()).containsExactly("a.b", "z");
        assertThat(shown.getString("address")).isEqualTo("10.80.0.1");
        assertThat(shown.getString("interface")).isEqualTo("natbr");
        assertThat(shown.getJsonArray("forwards").getJsonObject(1))
                .isEqualTo(
                        json("{'protocol':'udp','hostAddress':'192.0.2.1','hostPort':53,'to':'10.80.0.5','port':53}"));
    }

    @Test
    void listsNetworksByName() {
        api.call("POST", NETWORKS, json("{'name':'public','kind':'routed','uplink':'eth0'}"));
        api.call("POST", NETWORKS, json("{'name':'lan','bridge':'xenbr0'}"));

        assertThat(new JsonArray(api.call("GET", NETWORKS).text()))
                .extracting(network -> ((JsonObject) network).getString("name"))
                .containsExactly("lan", "public");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{} | name: nothing, expected the name of a network: 1 to 32 lower-case letters, digits and -,"
                        + " beginning with a letter",
                "{'name':'a'} | bridge: nothing, expected the name of a bridge of dom0, where create is not true",
                "{'name':'abcdefghijkl','create':true} | bridge: nothing, expected the name it is to have:"
                        + " xcs-abcdefghijkl is longer than 15",
                "{'name':'a','kind':'NAT'} | kind: \"NAT\", expected one of bridge, nat, routed, openvswitch",
                "{'name':'a','kind':'nat'} | subnet: nothing, expected IPv4 addresses with a prefix length of 16 to"
                        + " 30, like 10.80.0.0/24",
                "{'name':'a','kind':'nat','subnet':'10.0.0.0/8'} | subnet: 10.0.0.0/8, expected IPv4 addresses with a"
                        + " prefix length of 16 to 30, like 10.80.0.0/24",
                "{'name':'a','kind':'nat','subnet':'10.0.0.1/24'} | subnet: \"10.0.0.1/24\", expected no bits beyond"
                        + " the prefix: 10.0.0.0/24",
                "{'name':'a','kind':'nat','subnet':'10.0.0.0/33'} | subnet: \"10.0.0.0/33\", expected a prefix length"
                        + " of 0 to 32",
                "{'name':'a','kind':'nat','subnet':'10.0.0.0'} | subnet: \"10.0.0.0\", expected an address and a"
                        + " prefix length, like 10.80.0.0/24",
                "{'name':'a','kind':'nat','subnet':'10.0.0.0/24','create':false} | create: false, expected true: a NAT"
                        + " network has a bridge of its own",
                "{'name':'a','kind':'routed'} | uplink: nothing, expected dom0's interface that addresses of a routed"
                        + " network are announced on",
                "{'name':'a','kind':'routed','uplink':'e','bridge':'b'} | bridge: \"b\", expected none for a routed"
                        + " network",
                "{'name':'a','bridge':'b','uplink':'e'} | uplink: \"e\", expected none: the bridge is somebody else's,"
                        + " and so are its ports",
                "{'name':'a','create':true,'vlan':7} | vlan: 7, expected none without an uplink",
                "{'name':'a','bridge':'b','subnet':'10.0.0.0/24'} | subnet: 10.0.0.0/24, expected none for a bridge"
                        + " network",
                "{'name':'a','bridge':'b','dhcp':true} | dhcp: true, expected false: only NAT networks have it",
                "{'name':'a','bridge':'b','domain':'c'} | domain: \"c\", expected none: only networks with dhcp answer"
                        + " names",
                "{'name':'a','bridge':'b','forwards':[{'hostPort':1,'to':'10.0.0.2'}]} | forwards: \"1 of them\","
                        + " expected none: only NAT networks have them",
                "{'name':'a','kind':'nat','subnet':'10.0.0.0/30','hosts':{'B':'10.0.0.1'}} | hosts: \"B\", expected a"
                        + " DNS name in lower case",
            })
    void refusesANetworkThatCannotBe(String body, String detail) {
        RawHttp.Response response = api.call("POST", NETWORKS, json(body));

        assertThat(response.status()).isEqualTo(400);
        assertThat(new JsonObject(response.text()).getString("detail")).isEqualTo(detail);
        assertThat(NETWORK.asked).isEmpty();
    }

    @Test
    void tellsEverythingThatIsWrongAtOnce() {
        RawHttp.Response response = api.call(
                "POST",
                NETWORKS,
                json("{'name':'A b','vlan':4095,'bridge':'a b','create':'yes','mtu':1,'hosts':{'a':5,'b\\n"
                        + "':'x'},'domain':'a..b','forwards':[{'to':'10.0.0.2'},{'hostPort':1},{'hostPort':0,'to':'fd00::1'}],"
                        + "'adress':1}"));

        assertThat(new JsonObject(response.text()).getString("detail").split("; "))
                .containsExactly(
                        "name: \"A b\", expected the name of a network: 1 to 32 lower-case letters, digits and -,"
                                + " beginning with a letter",
                        "bridge: \"a b\", expected the name of an interface: 1 to 15 letters, digits, dots, - and _,"
                                + " beginning with a letter",
                        "create: \"yes\", expected true or false",
                        "vlan: 4095, expected a whole number from 1 to 4094",
                        "domain: \"a..b\", expected a DNS name in lower case",
                        "hosts.a: 5, expected an IPv4 or IPv6 address",
                        "hosts.b\\u000a: \"x\", expected an IPv4 or IPv6 address like 10.0.0.5 or fd00::5",
                        "forwards[0].hostPort: nothing, expected a whole number from 1 to 65535",
                        "forwards[1].to: nothing, expected an IPv4 address",
                        "forwards[2].hostPort: 0, expected a whole number from 1 to 65535",
                        "and 2 more");
    }

    @Test
    void namesTheForwardThatIsWrong() {
        RawHttp.Response response = api.call(
                "POST",
                NETWORKS,
                json("{'name':'a','kind':'nat','subnet':'10.0.0.0/24','forwards':[{'hostPort':1,'to':'10.0.0.2'},"
                        + "{'hostPort':2,'to':'10.0.1.2'}]}"));
        RawHttp.Response twice = api.call(
                "POST",
                NETWORKS,
                json("{'name':'a','kind':'nat','subnet':'10.0.0.0/24','forwards':[{'hostPort':1,'to':'10.0.0.2'},"
                        + "{'hostPort':1,'to':'10.0.0.3','hostAddress':'192.0.2.1'}]}"));
        RawHttp.Response six = api.call(
                "POST",
                NETWORKS,
                json("{'name':'a','kind':'nat','subnet':'10.0.0.0/24',"
                        + "'forwards':[{'hostPort':1,'to':'fd00::1'}]}"));

        assertThat(new JsonObject(response.text()).getString("field")).isEqualTo("forwards[1].to");
        assertThat(new JsonObject(twice.text()).getString("detail"))
                .isEqualTo("forwards[1].hostPort: 1, expected another: it is forwarded already");
        assertThat(new JsonObject(six.text()).getString("detail"))
                .isEqualTo("forwards[0].to: fd00::1, expected an IPv4 address");
    }

    @Test
    void deletesANetwork() {
        api.call("POST", NETWORKS, json("{'name':'lan','bridge':'xenbr0'}"));

        assertThat(api.call("DELETE", NETWORKS + "/lan").status()).isEqualTo(204);
        assertThat(api.call("DELETE", NETWORKS + "/lan").status()).isEqualTo(404);
        assertThat(NETWORK.asked).endsWith(new DeleteNetwork("lan"), new DeleteNetwork("lan"));
    }

    @Test
    void saysThatThereIsNoSuchNetwork() {
        RawHttp.Response response = api.call("GET", NETWORKS + "/lan");

        assertThat(response.status()).isEqualTo(404);
        assertThat(new JsonObject(response.text()).getString("detail")).isEqualTo("\"lan\": there is no such network");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Lan", "1a", "a_b", "a%20b", "a%0a", "$(x)"})
    void refusesANameThatIsNone(String name) {
        for (String method : new String[] {"GET", "DELETE"}) {
            assertThat(new JsonObject(api.call(method, NETWORKS + "/" + name).text()).getString("detail"))
                    .startsWith("network: ")
                    .contains("expected the name of a network");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"name", "bridge", "uplink", "domain", "subnet", "kind"})
    void refusesTextsThatAShellWouldTakeApartAndLongOnes(String field) {
        for (String text : List.of(
                "$(reboot)",
                "`id`",
                "a;b",
                "a b",
                "a|b",
                "a'b",
                "a\"b",
                "a\nb",
                "a\0b",
                "../a",
                "-a",
                "a".repeat(4097))) {
            JsonObject body =
                    json("{'name':'a','kind':'nat','subnet':'10.0.0.0/24'}").put(field, text);

            RawHttp.Response response = api.call("POST", NETWORKS, body);

            assertThat(response.status()).as(text).isEqualTo(400);
            assertThat(new JsonObject(response.text()).getString("field")).isEqualTo(field);
            assertThat(response.text()).hasSizeLessThan(1000);
        }
        assertThat(NETWORK.asked).isEmpty();
    }

    @Test
    void tellsWhatTheBackEndTells() {
        NETWORK.refusal = Problem.of(ProblemType.NAME_EXISTS, "name: \"lan\" is there");

        assertThat(api.call("POST", NETWORKS, json("{'name':'lan','bridge':'b'}"))
                        .status())
                .isEqualTo(409);
    }

    @Test
    void answersOtherMethodsWithThoseThatThereAre() {
        assertThat(api.call("DELETE", NETWORKS).headers()).containsEntry("allow", "GET, HEAD, OPTIONS, POST");
        assertThat(api.call("PATCH", NETWORKS + "/a").headers()).containsEntry("allow", "DELETE, GET, HEAD, OPTIONS");
    }

    @Test
    void needsTheToken() {
        assertThat(api.send("GET", NETWORKS, "", ApiFixture.headers()).status()).isEqualTo(401);
        assertThat(api.send("POST", NETWORKS, "{}", ApiFixture.headers()).status())
                .isEqualTo(401);
        assertThat(api.send("DELETE", NETWORKS + "/a", "", ApiFixture.headers()).status())
                .isEqualTo(401);
    }
}
