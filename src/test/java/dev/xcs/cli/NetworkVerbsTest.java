package dev.xcs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the verbs about networks and vifs ask a daemon, and what they tell of its answers. */
class NetworkVerbsTest {
    private static final String WEB = "5c1b1e0e-4c0b-4b0e-9a0e-6f7d2a2f9f11";
    private static final String VIFS = "/v1/domains/" + WEB + "/vifs";
    private static final String VIF =
            ("{'index':1,'network':'inside','mac':'00:16:3e:01:02:03','ip':['10.80.0.5','fd00::5'],'rate':'1250KB/s',"
                            + "'trusted':true,'link':'up','allow':[],'interface':'vif7.1','state':'connected','managed':true,"
                            + "'statistics':{'receivedBytes':1024,'transmittedBytes':512,'filtered':3}}")
                    .replace('\'', '"');
    private static final String STRANGER =
            "{'index':0,'bridge':'\\u001b[2Jbr','trusted':true,'link':'down','allow':[],'ip':[],'state':'waiting','managed':false}"
                    .replace('\'', '"');
    private static final String NAT =
            ("{'name':'inside','kind':'nat','create':false,'subnet':'10.80.0.0/24','dhcp':true,"
                            + "'hosts':{},'forwards':[],'origin':'api','interface':'xcs-inside','address':'10.80.0.1','vifs':2,'leases':[]}")
                    .replace('\'', '"');

    private ScriptedDaemon daemon;

    @BeforeEach
    void script() throws IOException {
        daemon = new ScriptedDaemon().redirect("GET /v1/domains/name%3Aweb", "/v1/domains/" + WEB);
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    private static JsonNode json(String text) throws IOException {
        return Daemon.JSON.readTree(text.replace('\'', '"'));
    }

    @Test
    void listsVifsInColumns() throws IOException {
        daemon.json("GET " + VIFS, "[" + STRANGER + "," + VIF + "]");

        assertThat(daemon.shell().run("vif-list", "web").out()).isEqualTo("""
            VIF  INTERFACE  STATE      LINK  NETWORK      MAC                IP                 RATE      RECEIVED  SENT  FILTERED
              0  -          waiting    down  \\u001b[2Jbr  -                  -                  -                -     -         -
              1  vif7.1     connected  up    inside       00:16:3e:01:02:03  10.80.0.5 fd00::5  1250KB/s      1024   512         3
            """);
        assertThat(daemon.shell().run("--json", "vif-list", "web").json()).hasSize(2);
    }

    @Test
    void attachesAVifInAFormOfXl() throws IOException {
        daemon.json("POST " + VIFS, VIF);

        Shell.Result attached = daemon.shell()
                .run(
                        "vif-attach",
                        "web",
                        "mac=00:16:3E:01:02:03, bridge=br0,rate=10Mb/s@20ms,ip=10.0.0.5 fd00::5,untrusted");

        assertThat(attached.code()).as(attached.err()).isZero();
        assertThat(attached.out()).isEqualTo("web has vif 1, 00:16:3e:01:02:03 on inside, connected\n");
        assertThat(daemon.bodies("POST " + VIFS))
                .containsExactly(json("{'bridge':'br0','mac':'00:16:3e:01:02:03','ip':['10.0.0.5','fd00::5'],"
                        + "'rate':'1250KB/s@20ms','trusted':false,'link':'up','allow':[]}"));
    }

    @Test
    void takesWordsAsXlDoesAndNoneForTheDefault() throws IOException {
        daemon.json("POST " + VIFS, VIF);

        assertThat(daemon.shell()
                        .run("vif-attach", WEB, "network=inside", "mtu=9000")
                        .code())
                .isZero();
        assertThat(daemon.shell().run("vif-attach", WEB).code()).isZero();
        assertThat(daemon.bodies("POST " + VIFS))
                .containsExactly(
                        json("{'network':'inside','ip':[],'mtu':9000,'trusted':true,'link':'up','allow':[]}"),
                        json("{'ip':[],'trusted':true,'link':'up','allow':[]}"));
    }

    @Test
    void createsADomainWithVifs() throws IOException {
        daemon.json("POST /v1/domains", "{\"name\":\"web\",\"state\":\"running\"}");

        Shell.Result created = daemon.shell()
                .run(
                        "create",
                        "web",
                        "-m",
                        "64",
                        "--vcpus",
                        "1",
                        "--kernel",
                        "/k",
                        "--vif",
                        "bridge=br0,model=e1000",
                        "--vif",
                        "",
                        "--vif=network=inside");

        assertThat(created.code()).as(created.err()).isZero();
        assertThat(daemon.bodies("POST /v1/domains").get(0).path("vifs"))
                .isEqualTo(json("[{'bridge':'br0','model':'e1000','ip':[],'trusted':true,'link':'up','allow':[]},"
                        + "{'ip':[],'trusted':true,'link':'up','allow':[]},"
                        + "{'network':'inside','ip':[],'trusted':true,'link':'up','allow':[]}]"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "--network dmz | {'network':'dmz'}",
                "--bridge br1 --link down | {'bridge':'br1','link':'down'}",
                "--rate 10Mb/s@20ms | {'rate':'1250KB/s@20ms'}",
                "--rate none --link up | {'rate':null,'link':'up'}",
                "--ip 10.0.0.5 --ip FD00::5 | {'ip':['10.0.0.5','fd00::5']}",
                "--ip none | {'ip':[]}",
            })
    void changesOnlyWhatIsNamed(String options, String body) throws IOException {
        daemon.json("PATCH " + VIFS + "/1", VIF);

        Shell.Result changed = daemon.shell().run(("vif-set web 1 " + options).split(" "));

        assertThat(changed.out()).isEqualTo("vif 1 of web is up on inside, at most 1250KB/s\n");
        assertThat(daemon.bodies("PATCH " + VIFS + "/1")).containsExactly(json(body));
    }

    @Test
    void detachesByForceOnlyWhereThatIsSaid() throws IOException {
        daemon.json("DELETE " + VIFS + "/1", "");
        daemon.json("DELETE " + VIFS + "/2?force=true", "");

        assertThat(daemon.shell().run("vif-detach", "web", "1").out()).isEqualTo("web has no vif 1 any more\n");
        assertThat(daemon.shell()
                        .run("--json", "vif-detach", WEB, "2", "--force")
                        .json())
                .isEqualTo(json("{'index':2}"));
    }

    @Test
    void listsNetworksInColumns() {
        daemon.json(
                "GET /v1/networks",
                ("[" + NAT
                                + ",{'name':'old','kind':'bridge','uplink':'eth1','vlan':42,'origin':'config','vifs':0,'problem':'no\\n"
                                + "eth1'}]")
                        .replace('\'', '"'));

        assertThat(daemon.shell().run("network-list").out()).isEqualTo("""
            NAME    KIND    INTERFACE   UPLINK  VLAN  SUBNET        VIFS  ORIGIN  PROBLEM
            inside  nat     xcs-inside  -          -  10.80.0.0/24     2  api     -
            old     bridge  -           eth1      42  -                0  config  no\\u000aeth1
            """);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "lan --bridge xenbr0 | {'name':'lan','bridge':'xenbr0'}",
                "dmz --kind bridge --create --uplink eth1 --vlan 42 --mtu 9000 |"
                        + " {'name':'dmz','kind':'bridge','create':true,'uplink':'eth1','vlan':42,'mtu':9000}",
                "in --kind nat --subnet 10.80.0.0/24 --domain in.example --host db=10.80.0.7 --host r.in=10.80.0.1"
                        + " --forward tcp:8080=10.80.0.5:80 --forward udp:192.0.2.1:53=10.80.0.5 |"
                        + " {'name':'in','kind':'nat',"
                        + "'subnet':'10.80.0.0/24','domain':'in.example','hosts':{'db':'10.80.0.7','r.in':'10.80.0.1'},"
                        + "'forwards':[{'protocol':'tcp','hostPort':8080,'to':'10.80.0.5','port':80},"
                        + "{'protocol':'udp','hostAddress':'192.0.2.1','hostPort':53,'to':'10.80.0.5','port':53}]}",
                "quiet --kind nat --subnet 10.81.0.0/24 --no-dhcp |"
                        + " {'name':'quiet','kind':'nat','subnet':'10.81.0.0/24','dhcp':false}",
                "pub --kind routed --uplink eth0 --subnet 198.51.100.0/28 |"
                        + " {'name':'pub','kind':'routed','uplink':'eth0','subnet':'198.51.100.0/28'}",
                "sw --kind openvswitch --bridge ovsbr0 --vlan 7 |"
                        + " {'name':'sw','kind':'openvswitch','bridge':'ovsbr0','vlan':7}",
            })
    void createsNetworksOfEveryKind(String options, String body) throws IOException {
        daemon.json("POST /v1/networks", NAT);

        Shell.Result created = daemon.shell().run(("network-create " + options).split(" "));

        assertThat(created.code()).as(created.err()).isZero();
        assertThat(created.out()).isEqualTo("inside is there, nat, xcs-inside\n");
        assertThat(daemon.bodies("POST /v1/networks")).containsExactly(json(body));
    }

    @Test
    void tellsThatANetworkIsUsedOrNotThere() {
        daemon.problem("DELETE /v1/networks/inside", 409, "conflict", "It has 2 vifs on it");
        daemon.problem("DELETE /v1/networks/none", 404, "not-found", "There is no such network");

        assertThat(daemon.shell().run("network-delete", "inside").code()).isEqualTo(ExitCode.REFUSED);
        // 5 would say that there is no such domain.
        assertThat(daemon.shell().run("network-delete", "none").code()).isEqualTo(ExitCode.REFUSED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "vif-attach web bridge=a b=c | vifs: column 10: \"b=c\", expected mac, bridge, network,",
                "vif-attach web bridge=$(id) | vifs: column 8: bridge: \"$(id)\", expected the name of an interface",
                "create a --vif rate=fast | vifs: column 6: rate: \"fast\", expected a rate like",
                "vif-set web 0 | There is nothing to change",
                "vif-set web 0 --rate 9 | rate: \"9\", expected a rate like 10Mb/s",
                "vif-set web 0 --link loose | \"loose\", expected up or down",
                "vif-set web 0 --ip 10.0.0.300 | ip: \"10.0.0.300\", expected an IPv4 or IPv6 address",
                "vif-set web eth0 --link up | eth0",
                "vif-detach web -1 | -1",
                "network-create Big --bridge b | NAME is \"Big\", expected the name of a network",
                "network-delete ../domains | NAME is \"../domains\", expected the name of a network",
                "network-create a --kind vlan | \"vlan\", expected one of bridge, nat, routed, openvswitch",
                "network-create a --kind nat --subnet 10.0.0.1/24 | subnet: \"10.0.0.1/24\", expected no bits beyond"
                        + " the prefix",
                "network-create a --kind nat --host b | hosts: \"b\", expected a name in DNS and its address",
                "network-create a --kind nat --forward tcp:80 | forward: \"tcp:80\", expected a forward like",
                "network-create a --vlan x | x",
            })
    void asksNothingWhenTheCommandLineIsWrong(String line, String expected) {
        Shell.Result refused = daemon.shell().run(line.split(" "));

        assertThat(refused.code()).as(refused.err()).isEqualTo(ExitCode.USAGE);
        assertThat(refused.err()).startsWith("xcs: ").contains(expected);
        assertThat(daemon.lines()).noneMatch(request -> !request.startsWith("GET "));
    }

    @Test
    void completesTheVerbsAndTheirOptions() {
        assertThat(daemon.shell().run("completion", "bash").out())
                .contains(
                        "vif-attach", "vif-set", "network-create", "'--uplink'", "'--forward'", "'--vif'", "'--rate'");
    }
}
