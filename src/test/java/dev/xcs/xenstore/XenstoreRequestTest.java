package dev.xcs.xenstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.xenstore.wire.Frame;
import dev.xcs.xenstore.wire.Op;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class XenstoreRequestTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "//", "/a/", "/a//b", "/a b", "/a\0b", "/a\n", "/a/ü", "/a:b", "a/", "/a/.."})
    void refusesAPathThatXenstoredWouldRefuse(String path) {
        Problem problem = refusal(() -> XenstoreRequest.node(Op.READ, path));

        assertThat(problem.call()).isEqualTo("XS_READ");
        assertThat(problem.errno()).isEqualTo(22);
        assertThat(problem.detail()).contains("expected names of");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/a", "a", "/a/b-c_d@e/0", "/local/domain/0"})
    void takesAPathThatXenstoredTakes(String path) {
        assertThat(XenstoreRequest.node(Op.READ, path).frame(1, 0).text()).isEqualTo(path);
    }

    @Test
    void limitsTheLengthOfAPathWithoutItsHome() {
        assertThatCode(() -> XenstoreRequest.node(Op.READ, "/local/domain/4711/" + "x".repeat(2048)))
                .doesNotThrowAnyException();

        assertThat(refusal(() -> XenstoreRequest.node(Op.READ, "x".repeat(2049)))
                        .detail())
                .contains("2049")
                .contains("at most 2048");
        assertThat(refusal(() -> XenstoreRequest.node(Op.READ, "/local/domain/0/" + "x".repeat(2049)))
                        .errno())
                .isEqualTo(22);
    }

    @Test
    void refusesANulInAValue() {
        Problem problem = refusal(() -> XenstoreRequest.write("/a", "x\0y"));

        assertThat(problem.detail()).contains("/a").contains("NUL");
    }

    @Test
    void measuresAValueInBytes() {
        assertThatCode(() -> XenstoreRequest.write("/a", "ü".repeat(1024))).doesNotThrowAnyException();

        assertThat(refusal(() -> XenstoreRequest.write("/a", "ü".repeat(1025))).detail())
                .contains("2050 bytes");
    }

    @Test
    void refusesARequestThatIsTooLargeAsAWhole() {
        String[] permissions = new String[1500];
        java.util.Arrays.fill(permissions, "r5");

        Problem problem = refusal(() -> XenstoreRequest.of(Change.permit("/a", permissions)));

        assertThat(problem.errno()).isEqualTo(7);
        assertThat(problem.detail()).contains("4503 bytes").contains("4096");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "n", "0", "x0", "n-1", "n0 ", "n123456"})
    void refusesPermissionsThatAreNone(String permission) {
        assertThat(refusal(() -> XenstoreRequest.of(Change.permit("/a", permission)))
                        .call())
                .isEqualTo("XS_SET_PERMS");
    }

    @Test
    void watchesSpecialPathsButWritesNone() {
        assertThat(XenstoreRequest.watch(Op.WATCH, "@releaseDomain", "t")
                        .frame(1, 0)
                        .parts())
                .containsExactly("@releaseDomain", "t");
    }

    @Property
    void neverLetsAFrameThroughThatXenstoredChokesOn(
            @ForAll @StringLength(max = 3500) String path, @ForAll @StringLength(max = 3000) String value) {
        try {
            byte[] payload = XenstoreRequest.write(path, value).frame(1, 0).payload();
            assertThat(payload).hasSizeLessThanOrEqualTo(Frame.MAX_REQUEST_PAYLOAD);
        } catch (ProblemException refused) {
            assertThat(refused.problem().detail()).contains("expected");
        }
    }

    @Test
    void looksForTheSocketWhereXensToolsDo() {
        assertThat(XenstoredConnector.socketPath("/mine", Map.of("XENSTORED_PATH", "/other")))
                .hasToString("/mine");
        assertThat(XenstoredConnector.socketPath("", Map.of("XENSTORED_PATH", "/p", "XENSTORED_RUNDIR", "/r")))
                .hasToString("/p");
        assertThat(XenstoredConnector.socketPath("", Map.of("XENSTORED_RUNDIR", "/r")))
                .hasToString("/r/socket");
        assertThat(XenstoredConnector.socketPath("", Map.of())).hasToString("/var/run/xenstored/socket");
    }

    private static Problem refusal(ThrowingCallable call) {
        return catchThrowableOfType(ProblemException.class, call).problem();
    }
}
