package dev.xcs.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.xcs.bus.Json;
import dev.xcs.bus.Samples;
import java.util.Arrays;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class ProblemTest {
    @Example
    void isShownAsRfc9457SaysAndLeavesOutWhatIsNotKnown() {
        JsonNode shown = Json.mapper().valueToTree(Problem.invalidField("name", "a\nb", "letters"));

        assertThat(shown.get("type").asText()).isEqualTo("urn:xcs:problem:invalid-field");
        assertThat(shown.get("title").asText()).isEqualTo("A field has a value that cannot be accepted");
        assertThat(shown.get("status").asInt()).isEqualTo(400);
        assertThat(shown.get("detail").asText()).isEqualTo("name: \"a\\u000ab\", expected letters");
        assertThat(shown.get("field").asText()).isEqualTo("name");
        assertThat(shown.has("errno")).isFalse();
    }

    @Example
    void hasAUriOfItsOwnForEachType() {
        assertThat(Arrays.stream(ProblemType.values()).map(ProblemType::uri)).doesNotHaveDuplicates();
        assertThat(ProblemType.values()).allMatch(type -> ProblemType.ofUri(type.uri()) == type);
        assertThat(ProblemType.ofUri("urn:xcs:problem:of-the-future")).isEqualTo(ProblemType.INTERNAL);
    }

    @Example
    void isKeptByItsException() {
        Problem problem = Problem.of(ProblemType.CONFLICT, "no");
        assertThat(ProblemException.of(problem.toException())).isEqualTo(problem);
        assertThat(ProblemException.of(new ArithmeticException("x")).type()).isEqualTo(ProblemType.INTERNAL);
    }

    @Property(tries = 200)
    void survivesJson(@ForAll long seed) throws Exception {
        Problem problem = new Samples(seed).record(Problem.class);
        assertThat(Json.mapper().readValue(Json.mapper().writeValueAsBytes(problem), Problem.class))
                .isEqualTo(problem);
    }

    @Property
    void quotesAnythingInOneShortLineWithoutControlCharacters(@ForAll String text) {
        assertThat(Problem.quote(text)).hasSizeLessThan(600).doesNotContainPattern("[\\x00-\\x1f\\x7f]");
    }

    @Example
    void quotesNoHalfOfASurrogatePair() {
        assertThat(Problem.quote("x".repeat(79) + "\uD83D\uDC22y"))
                .isEqualTo("\"" + "x".repeat(79) + "\uD83D\uDC22…\"");
        assertThat(Problem.quote("/\uD800")).isEqualTo("\"/\\ud800\"");
        assertThat(Problem.quote("\u009b2J")).isEqualTo("\"\\u009b2J\"");
    }

    @Example
    void tellsWhereItIsWithinSomethingElse() {
        Problem inner = Problem.invalidField("target", "x", "y").withCause("why");
        assertThat(inner.within("disks[2]."))
                .isEqualTo(Problem.invalidField("disks[2].target", "x", "y").withCause("why"));
        assertThat(Problem.of(ProblemType.CONFLICT, "It is in use")
                        .withField("target")
                        .within("disks[2]."))
                .isEqualTo(Problem.of(ProblemType.CONFLICT, "It is in use").withField("disks[2].target"));
        Problem general = Problem.of(ProblemType.HYPERVISOR, "target: no");
        assertThat(general.within("disks[2].")).isEqualTo(general);
    }
}
