package dev.xcs.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.message.CreateLoginLink;
import dev.xcs.model.DesiredState;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.DomainType;
import dev.xcs.model.FirmwareKind;
import dev.xcs.model.HvmSpec;
import dev.xcs.model.OnEnd;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.model.VgaCard;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiServerTest {
    private static final String GUEST = "/v1/domains/" + FakeParts.GUEST;

    private static ApiFixture api;

    @BeforeAll
    static void start() {
        api = new ApiFixture();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @BeforeEach
    void reset() {
        api.parts.reset();
    }

    @Test
    void showsTheHostAndSaysThatItIsSimulated() {
        RawHttp.Response response = api.call("GET", "/v1/host");

        assertThat(response.status()).isEqualTo(200);
        JsonObject host = new JsonObject(response.text());
        assertThat(host.getBoolean("simulated")).isTrue();
        assertThat(host.getString("xenVersion")).isEqualTo("4.17.7");
        assertThat(host.getLong("totalMemoryMib")).isEqualTo(8192);
        assertThat(host.getLong("freeMemoryMib")).isEqualTo(4096);
        assertThat(host.getInteger("domains")).isEqualTo(2);
    }

    @Test
    void listsDomainsAsAnArrayInOrderOfDomid() {
        JsonArray domains = new JsonArray(api.call("GET", "/v1/domains").text());

        assertThat(domains).hasSize(2);
        assertThat(domains.getJsonObject(0).getString("name")).isEqualTo("Domain-0");
        assertThat(domains.getJsonObject(1))
                .isEqualTo(new JsonObject()
                        .put("uuid", FakeParts.GUEST.toString())
                        .put("name", "web")
                        .put("domid", 3)
                        .put("state", "running")
                        .put("type", "pv")
                        .put("memoryMib", 128)
                        .put("vcpus", 1)
                        .put("cpuSeconds", 0.25)
                        .put("managed", true));
    }

    @Test
    void createsADomainWithDefaultsAndSaysWhereItIs() {
        RawHttp.Response response = api.post("{\"name\":\"db\",\"memoryMib\":64,\"vcpus\":2,\"kernel\":\"sim:linux\"}");

        assertThat(response.status()).isEqualTo(201);
        JsonObject domain = new JsonObject(response.text());
        assertThat(response.header("Location")).isEqualTo("/v1/domains/" + domain.getString("uuid"));
        assertThat(api.parts.created).singleElement().satisfies(spec -> {
            assertThat(spec.name()).isEqualTo("db");
            assertThat(spec.paused()).isFalse();
            assertThat(spec.ramdisks()).isEmpty();
            assertThat(spec.onPoweroff()).isEqualTo(OnEnd.DESTROY);
            assertThat(spec.onReboot()).isEqualTo(OnEnd.RESTART);
            assertThat(spec.onCrash()).isEqualTo(OnEnd.DESTROY);
        });
        assertThat(api.call("GET", response.header("Location")).status()).isEqualTo(200);
    }

    @Test
    void createsADomainWithSeveralRamdisks() {
        JsonObject body = new JsonObject()
                .put("name", "db")
                .put("memoryMib", 64)
                .put("vcpus", 2)
                .put("kernel", "/boot/vmlinuz")
                .put("ramdisks", new JsonArray().add("/boot/initrd.img").add("/boot/more"));

        assertThat(api.call("POST", "/v1/domains", body).status()).isEqualTo(201);
        assertThat(api.parts.created)
                .singleElement()
                .satisfies(spec -> assertThat(spec.ramdisks()).containsExactly("/boot/initrd.img", "/boot/more"));
    }

    @Test
    void createsADomainWithEverythingGiven() {
        String uuid = UUID.randomUUID().toString();
        RawHttp.Response response = api.call(
                "POST",
                "/v1/domains",
                new JsonObject()
                        .put("name", "db")
                        .put("uuid", uuid)
                        .put("type", "pv")
                        .put("memoryMib", 64)
                        .put("vcpus", 2)
                        .put("kernel", "/boot/vmlinuz")
                        .put("ramdisk", "/boot/initrd.img")
                        .put("cmdline", "console=hvc0")
                        .put("paused", true)
                        .put("onPoweroff", "preserve")
                        .put("onReboot", "destroy")
                        .put("onCrash", "restart"));

        assertThat(response.status()).isEqualTo(201);
        assertThat(new JsonObject(response.text()).getString("uuid")).isEqualTo(uuid);
        assertThat(api.parts.created).singleElement().satisfies(spec -> {
            assertThat(spec.ramdisks()).containsExactly("/boot/initrd.img");
            assertThat(spec.cmdline()).isEqualTo("console=hvc0");
            assertThat(spec.paused()).isTrue();
            assertThat(spec.onPoweroff()).isEqualTo(OnEnd.PRESERVE);
        });
    }

    @Test
    void bootsADomainThatNamesABootloaderFromTheConfiguredFile() {
        RawHttp.Response response =
                api.post("{\"name\":\"db\",\"memoryMib\":64,\"vcpus\":2,\"bootloader\":\"pvgrub\"}");

        assertThat(response.status()).isEqualTo(201);
        assertThat(api.parts.created)
                .singleElement()
                .satisfies(spec -> assertThat(spec.kernel()).isEqualTo("/grub/pv.bin"));
    }

    @Test
    void startsAnHvmDomainWithItsFirmware() {
        for (String firmware : new String[] {"", ",\"firmware\":\"bios\"", ",\"firmware\":\"uefi\""}) {
            RawHttp.Response response =
                    api.post("{\"name\":\"pc\",\"type\":\"hvm\",\"memoryMib\":64,\"vcpus\":2" + firmware + "}");

            assertThat(response.status()).as(response.text()).isEqualTo(201);
            DomainSpec spec = api.parts.created.get(api.parts.created.size() - 1);
            assertThat(spec.type()).isEqualTo(DomainType.HVM);
            // Which files those are is asked at each boot.
            assertThat(spec.kernel()).isEqualTo("hvmloader");
            assertThat(spec.ramdisks()).isEmpty();
            assertThat(spec.hvm())
                    .isEqualTo(
                            HvmSpec.of(firmware.contains("uefi") ? FirmwareKind.UEFI : FirmwareKind.BIOS, VgaCard.STD));
        }
    }

    @Test
    void givesAnHvmDomainTheCardsThatWereAskedFor() {
        RawHttp.Response response = api.post("{\"name\":\"pc\",\"type\":\"hvm\",\"memoryMib\":64,\"vcpus\":2,"
                + "\"vga\":\"cirrus\",\"vifs\":[{\"model\":\"e1000\"},{\"model\":\"none\"},{}]}");

        assertThat(response.status()).as(response.text()).isEqualTo(201);
        DomainSpec spec = api.parts.created.get(0);
        assertThat(spec.hvm()).isEqualTo(HvmSpec.of(FirmwareKind.BIOS, VgaCard.CIRRUS));
        assertThat(spec.vifs()).extracting(vif -> vif.model()).containsExactly("e1000", "none", null);
    }

    @Test
    void refusesCardsThatNoPcHas() {
        RawHttp.Response response = api.post("{\"name\":\"pc\",\"type\":\"hvm\",\"memoryMib\":64,\"vcpus\":2,"
                + "\"vga\":\"qxl\",\"vifs\":[{},{\"model\":\"netfront\"}]}");

        assertThat(response.status()).isEqualTo(400);
        assertThat(response.text())
                .contains("one of std, cirrus, none")
                .contains("vifs[1].model")
                .contains("one of rtl8139, e1000,");
    }

    @Test
    void refusesADisplayCardForADomainThatIsNoPc() {
        JsonObject problem = new JsonObject(
                api.post("{\"name\":\"a\",\"kernel\":\"/k\",\"memoryMib\":64,\"vcpus\":2,\"vga\":\"std\"}")
                        .text());

        assertThat(problem.getString("detail")).isEqualTo("vga: \"std\", expected nothing: only an HVM domain has one");
    }

    @Test
    void refusesAKernelForAnHvmDomain() {
        JsonObject problem = new JsonObject(
                api.post("{\"name\":\"pc\",\"type\":\"hvm\",\"memoryMib\":64,\"vcpus\":2,\"kernel\":\"/k\"}")
                        .text());

        assertThat(problem.getString("detail"))
                .isEqualTo("kernel: \"/k\", expected nothing: an HVM domain starts with its firmware");
    }

    @Test
    void saysWhereABootloaderThatCannotBeUsedIsSet() {
        api.parts.refusal = Problem.of(ProblemType.BAD_IMAGE, "kernel: \"/grub/pv.bin\" does not exist")
                .withField("kernel");

        JsonObject problem =
                new JsonObject(api.post("{\"name\":\"db\",\"memoryMib\":64,\"vcpus\":2,\"bootloader\":\"pvgrub\"}")
                        .text());

        assertThat(problem.getString("field")).isEqualTo("bootloader");
        assertThat(problem.getString("detail")).isEqualTo("bootloader: \"/grub/pv.bin\" does not exist");
        assertThat(problem.getString("cause")).contains("domain.pvgrub-pv").contains("grub-xen-host");
    }

    @ParameterizedTest
    @ValueSource(strings = {"running", "paused", "shutdown", "rebooted"})
    void asksForAState(String state) {
        RawHttp.Response response = api.call("PUT", GUEST + "/state", new JsonObject().put("state", state));

        assertThat(response.status()).isEqualTo(200);
        assertThat(api.parts.changes).singleElement().satisfies(change -> {
            assertThat(change.uuid()).isEqualTo(FakeParts.GUEST);
            assertThat(change.state()).isEqualTo(DesiredState.ofJson(state));
        });
    }

    @Test
    void destroysADomain() {
        assertThat(api.call("DELETE", GUEST).status()).isEqualTo(204);
        assertThat(api.call("GET", GUEST).status()).isEqualTo(404);
        assertThat(api.call("DELETE", GUEST).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "GET,     /v1/domains/name:web,           ''",
        "GET,     /v1/domains/domid:3,            ''",
        "DELETE,  /v1/domains/name:web,           ''",
        "PUT,     /v1/domains/domid:3/state,      /state",
        "GET,     /v1/domains/name%3Aweb/console, /console",
    })
    void redirectsLookupsToTheUuid(String method, String path, String rest) {
        RawHttp.Response response = api.call(method, path);

        assertThat(response.status()).isEqualTo(307);
        assertThat(response.header("Location")).isEqualTo(GUEST + rest);
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/domains/name:nobody,                            404",
        "/v1/domains/domid:99,                               404",
        "/v1/domains/domid:x,                                400",
        "/v1/domains/1-2-3-4-5,                              400",
        "/v1/domains/%00,                                    400",
        "/v1/domains/11111111-2222-3333-4444-555555555555,   404",
        "/v1/domains/11111111-2222-3333-4444-555555555555/x, 404",
        "/v1/nonsense,                                       404",
        "/v1/,                                               404",
        "/v1,                                                404",
        "/v1/domains/%zz,                                    400",
    })
    void saysWhatIsNotThere(String path, int status) {
        assertThat(api.call("GET", path).status()).isEqualTo(status);
    }

    @Test
    void tellsTheMethodsThatAPathKnows() {
        RawHttp.Response refused = api.call("PATCH", "/v1/domains");

        assertThat(refused.status()).isEqualTo(405);
        assertThat(refused.header("Allow")).isEqualTo("GET, HEAD, OPTIONS, POST");
        assertThat(api.call("POST", "/").header("Allow")).isEqualTo("GET, HEAD, OPTIONS");
        assertThat(api.call("OPTIONS", "/").status()).isEqualTo(204);
        assertThat(api.call("OPTIONS", "/v1/x").status()).isEqualTo(404);
        RawHttp.Response options = api.call("OPTIONS", GUEST);
        assertThat(options.status()).isEqualTo(204);
        assertThat(options.header("Allow")).isEqualTo("DELETE, GET, HEAD, OPTIONS");
    }

    @Test
    void answersHeadLikeGetWithoutABody() {
        RawHttp.Response response = api.call("HEAD", "/v1/domains");

        assertThat(response.status()).isEqualTo(200);
        assertThat(Integer.parseInt(response.header("Content-Length"))).isGreaterThan(10);
        assertThat(response.header("Content-Type")).isEqualTo("application/json");
    }

    @Test
    void passesTheProblemOfAPartOn() {
        api.parts.refusal = Problem.of(ProblemType.OUT_OF_MEMORY, "memoryMib: 4194304, expected at most 4096 MiB")
                .withField("memoryMib")
                .withCall("xc_physinfo", "free_pages")
                .withErrno(12, "Cannot allocate memory");

        RawHttp.Response response =
                api.post("{\"name\":\"db\",\"memoryMib\":4194304,\"vcpus\":2,\"kernel\":\"sim:linux\"}");

        assertThat(response.status()).isEqualTo(507);
        assertThat(new JsonObject(response.text()).getMap())
                .containsEntry("type", "urn:xcs:problem:out-of-memory")
                .containsEntry("field", "memoryMib")
                .containsEntry("errno", 12)
                .containsEntry("status", 507);
    }

    @Test
    void saysWhenToComeBackWhileAPartIsAway() {
        try (ApiFixture alone = new ApiFixture()) {
            alone.stopParts();

            for (String path : new String[] {"/v1/host", "/v1/domains", GUEST, "/v1/domains/name:web"}) {
                RawHttp.Response response = alone.call("GET", path);
                assertThat(response.status()).as(path).isEqualTo(503);
                assertThat(response.header("Retry-After")).isEqualTo("1");
                assertThat(new JsonObject(response.text()).getBoolean("retryable"))
                        .isTrue();
            }
        }
    }

    @Test
    void publishesItsContractWithoutAToken() {
        RawHttp.Response response = api.send("GET", "/openapi.json", "", ApiFixture.headers());

        assertThat(response.status()).isEqualTo(200);
        JsonObject contract = new JsonObject(response.text());
        assertThat(contract.getString("openapi")).startsWith("3.1");
        assertThat(contract.getJsonObject("paths").getMap()).containsKey("/v1/domains/{uuid}/console");
        assertThat(response.text()).contains("application/problem+json");
    }

    @ParameterizedTest
    @CsvSource({
        "/,           text/html",
        "/index.html, text/html",
        "/js/main.js, text/javascript",
        "/css/page.css, text/css",
        "/share,      text/html",
        "/icon.svg,   image/svg+xml",
    })
    void servesThePageUnderAStrictPolicy(String path, String type) {
        RawHttp.Response response = RawHttp.send(api.port, "GET", path, ApiFixture.headers(), new byte[0]);

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.header("Content-Type")).startsWith(type);
        assertThat(response.header("Content-Security-Policy"))
                .contains("default-src 'none'")
                .contains("frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(response.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(response.header("X-Frame-Options")).isEqualTo("DENY");
        assertThat(response.text())
                .doesNotContain("<script>")
                .doesNotContain(" onclick=")
                .doesNotContain(" style=");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../openapi.yaml",
                "/..%2fopenapi.yaml",
                "/%2e%2e/openapi.yaml",
                "/..%5copenapi.yaml",
                "/webroot/../../openapi.yaml",
                "/logback.xml",
                "/dev/xcs/api/ApiServer.class",
                "/..%2f..%2f..%2f..%2fetc%2fpasswd",
            })
    void servesNothingBesideThePage(String path) {
        RawHttp.Response response = RawHttp.send(api.port, "GET", path, ApiFixture.headers(), new byte[0]);

        assertThat(response.status()).isIn(400, 403, 404);
        assertThat(response.header("Content-Type")).isEqualTo("application/problem+json");
    }

    @Test
    void makesLoginLinksForTheRootOnTheBus() {
        String url = ApiFixture.await(CreateLoginLink.ADDRESS.ask(api.vertx.eventBus(), new CreateLoginLink()))
                .url();

        assertThat(url).startsWith("http://127.0.0.1:" + api.port + "/login?ticket=");
        assertThat(api.send("GET", url.substring(url.indexOf("/login")), "", ApiFixture.headers())
                        .status())
                .isEqualTo(303);
    }

    @Test
    void timesItsRequests() {
        api.call("DELETE", GUEST);

        ApiFixture.until("the request is timed", () -> {
            Timer timer = api.meters
                    .find("xcs.api.requests")
                    .tags("operation", "destroyDomain", "status", "204")
                    .timer();
            return timer != null && timer.count() > 0;
        });
    }
}
