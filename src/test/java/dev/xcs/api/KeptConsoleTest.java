package dev.xcs.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a console has printed, by plain HTTP. The first boot printed 10 bytes, the second the rest. */
class KeptConsoleTest {
    private static final String LOG = "/v1/domains/" + FakeParts.GUEST + "/console/log";
    private static final String PRINTED = "boot one.\n\u001b[1mboot\u001b[0m two.\r\nlogin: ";

    private ApiFixture api;

    @BeforeEach
    void start() {
        api = new ApiFixture();
        api.parts.print(PRINTED);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void givesEverythingAsItWasPrinted() {
        RawHttp.Response all = api.call("GET", LOG);
        assertThat(all.status()).isEqualTo(200);
        assertThat(all.text()).isEqualTo(PRINTED);
        assertThat(all.header("Content-Type")).isEqualTo("application/octet-stream");
        assertThat(all.header("Accept-Ranges")).isEqualTo("bytes");
        assertThat(all.header("X-Xcs-First-Offset")).isEqualTo("0");
        assertThat(all.header("X-Xcs-Next-Offset")).isEqualTo("" + PRINTED.length());
        assertThat(all.header("X-Xcs-Offset")).isEqualTo("0");
    }

    @Test
    void givesItAsText() {
        RawHttp.Response text = api.call("GET", LOG + "?as=text", "Range", "bytes=0-3");
        assertThat(text.status()).isEqualTo(200);
        assertThat(text.text()).isEqualTo("boot one.\nboot two.\nlogin: ");
        assertThat(text.header("Content-Type")).isEqualTo("text/plain; charset=utf-8");
        assertThat(text.header("Accept-Ranges")).isEqualTo("none");
        assertThat(api.call("GET", LOG + "?as=bytes").text()).isEqualTo(PRINTED);
    }

    @ParameterizedTest
    @CsvSource({"?boot=1,0,10", "?boot=-1,0,10", "?boot=2,10,36", "?boot=0,10,36", "?offset=5,5,36", "?last=7,29,36"})
    void givesAPart(String query, int from, int to) {
        RawHttp.Response part = api.call("GET", LOG + query);
        assertThat(part.status()).isEqualTo(200);
        assertThat(part.text()).isEqualTo(PRINTED.substring(from, to));
        assertThat(part.header("X-Xcs-Offset")).isEqualTo("" + from);
        // A range is of all of it, so it says nothing about a part.
        assertThat(api.call("GET", LOG + query, "Range", "bytes=0-1").text()).isEqualTo(part.text());
    }

    @ParameterizedTest
    @CsvSource({"bytes=0-9,0,10", "bytes=5-5,5,6", "bytes=30-,30,36", "bytes=-8,28,36", "bytes=20-999,20,36"})
    void givesARange(String range, int from, int to) {
        RawHttp.Response part = api.call("GET", LOG, "Range", range);
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.text()).isEqualTo(PRINTED.substring(from, to));
        assertThat(part.header("Content-Range")).isEqualTo("bytes " + from + "-" + (to - 1) + "/36");
        assertThat(part.header("Content-Length")).isEqualTo("" + (to - from));
    }

    @Test
    void givesOfARangeWhatIsKept() {
        api.parts.gone = 4;
        RawHttp.Response part = api.call("GET", LOG, "Range", "bytes=0-9");
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.text()).isEqualTo(PRINTED.substring(4, 10));
        assertThat(part.header("Content-Range")).isEqualTo("bytes 4-9/36");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=36-", "bytes=0-3", "bytes=9-8", "bytes=-0"})
    void saysWhenNothingOfARangeIsKept(String range) {
        api.parts.gone = 4;
        RawHttp.Response refused = api.call("GET", LOG, "Range", range);
        assertThat(refused.status()).isEqualTo(416);
        assertThat(refused.header("Content-Range")).isEqualTo("bytes */36");
        assertThat(refused.text()).contains("\"field\":\"Range\"", range, "expected some of the bytes 4 to 35");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=", "bytes=-", "bytes=1-2,5-6", "lines=1-2", "bytes=a-b"})
    void ignoresARangeThatItDoesNotUnderstand(String range) {
        RawHttp.Response all = api.call("GET", LOG, "Range", range);
        assertThat(all.status()).isEqualTo(200);
        assertThat(all.text()).isEqualTo(PRINTED);
    }

    @Test
    void answersAHeadWithTheHeadersAlone() {
        RawHttp.Response head = api.call("HEAD", LOG);
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("X-Xcs-Next-Offset")).isEqualTo("36");
        assertThat(head.header("Content-Type")).isEqualTo("application/octet-stream");
        RawHttp.Response part = api.call("HEAD", LOG, "Range", "bytes=10-19");
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.header("Content-Range")).isEqualTo("bytes 10-19/36");
        assertThat(part.header("Content-Length")).isEqualTo("10");
        assertThat(api.call("HEAD", LOG, "Range", "bytes=99-").status()).isEqualTo(416);
    }

    @Test
    void namesWhatIsWrong() {
        RawHttp.Response later = api.call("GET", LOG + "?boot=3");
        assertThat(later.status()).isEqualTo(404);
        assertThat(later.text()).contains("\"field\":\"boot\"", "nothing is kept of boot 3, kept are 1 to 2");
        assertThat(api.call("GET", LOG + "?boot=-2").status()).isEqualTo(404);
        for (String wrong : new String[] {"boot=one", "offset=-1", "last=x", "as=html", "offset=1&last=2", "from=3"}) {
            RawHttp.Response refused = api.call("GET", LOG + "?" + wrong);
            assertThat(refused.status()).as(wrong).isEqualTo(400);
            assertThat(refused.text()).as(wrong).contains("expected");
        }
        assertThat(api.call("GET", LOG.replace("5c1b", "5c1c")).status()).isEqualTo(404);
    }
}
