package dev.xcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class StagesTest {
    private final Stages stages = new Stages(Duration.ofMillis(50));
    private final List<String> stopped = new CopyOnWriteArrayList<>();

    @Test
    void stopsInReverse() {
        start("first");
        start("second");
        start("third");

        assertThat(stages.stop()).isEmpty();

        assertThat(stopped).containsExactly("third", "second", "first");
    }

    @Test
    void stopsOnlyOnce() {
        start("first");
        stages.stop();
        assertThat(stages.stop()).isEmpty();
        assertThat(stopped).containsExactly("first");
    }

    @Test
    void goesOnStoppingAfterAFailureAndNamesIt() {
        start("first");
        stages.start("second", () -> "second", up -> stages.await(Future.future(never -> {})));
        start("third");

        assertThat(stages.stop()).containsExactly("second");

        assertThat(stopped).containsExactly("third", "first");
    }

    @Test
    void namesTheStageThatDidNotStart() {
        start("first");
        ProblemException failure = catchThrowableOfType(
                ProblemException.class,
                () -> stages.start(
                        "second",
                        () -> {
                            throw Problem.of(ProblemType.CONFLICT, "port taken").toException();
                        },
                        up -> {}));

        assertThat(failure.problem().step()).isEqualTo("start of second");
        assertThat(failure.problem().detail()).isEqualTo("port taken");
        stages.stop();
        assertThat(stopped).containsExactly("first");
    }

    @Test
    void givesUpOnAStageThatDoesNotComeUp() {
        ProblemException failure = catchThrowableOfType(
                ProblemException.class,
                () -> stages.start("slow", () -> stages.await(Future.future(never -> {})), up -> {}));

        assertThat(failure.problem().type()).isEqualTo(ProblemType.TIMEOUT);
        assertThat(failure.problem().step()).isEqualTo("start of slow");
    }

    @Test
    void stopsAtOnceWhatComesUpAfterTheStop() {
        stages.stop();

        ProblemException failure = catchThrowableOfType(ProblemException.class, () -> start("late"));

        assertThat(failure.problem().detail()).contains("Stopped");
        assertThat(stopped).containsExactly("late");
    }

    private void start(String name) {
        stages.start(name, () -> name, stopped::add);
    }
}
