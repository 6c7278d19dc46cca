package dev.xcs.bus;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.message.ConsoleEnded;
import dev.xcs.message.DestroyDomain;
import dev.xcs.message.Done;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AddressTest {
    private static final DestroyDomain QUESTION = new DestroyDomain(new UUID(1, 2));

    private final Vertx vertx = Vertx.vertx();
    private final EventBus bus = vertx.eventBus();

    @BeforeEach
    void install() {
        RecordCodec.install(bus, Json.mapper());
    }

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, SECONDS);
    }

    @Test
    void bringsTheQuestionAndTheAnswerByReference() throws Exception {
        BlockingQueue<DestroyDomain> heard = new LinkedBlockingQueue<>();
        Done answer = new Done();
        DestroyDomain.ADDRESS.answer(bus, question -> {
            heard.add(question);
            return Future.succeededFuture(answer);
        });

        Done got = DestroyDomain.ADDRESS
                .ask(bus, QUESTION)
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, SECONDS);

        assertThat(got).isSameAs(answer);
        assertThat(heard.take()).isSameAs(QUESTION);
    }

    @Test
    void keepsEveryPartOfAProblem() throws Exception {
        Problem problem = Problem.of(ProblemType.OUT_OF_MEMORY, "too little")
                .withField("memoryMib")
                .withStep("build")
                .withCall("xc_dom_mem_init", "4096")
                .withErrno(12, "Cannot allocate memory")
                .withCause("another guest has it")
                .asRetryable();
        DestroyDomain.ADDRESS.answer(bus, question -> Future.failedFuture(problem.toException()));

        assertThat(problemOfAsking()).isEqualTo(problem);
    }

    @Test
    void keepsAProblemThatWasThrown() throws Exception {
        Problem problem = Problem.invalidField("uuid", "x", "a UUID");
        DestroyDomain.ADDRESS.answer(bus, question -> {
            throw problem.toException();
        });

        assertThat(problemOfAsking()).isEqualTo(problem);
    }

    @Test
    void makesAnInternalProblemOfAnyOtherFailure() throws Exception {
        DestroyDomain.ADDRESS.answer(bus, question -> Future.failedFuture(new ArithmeticException("/ by zero")));

        assertThat(problemOfAsking().type()).isEqualTo(ProblemType.INTERNAL);
        assertThat(problemOfAsking().detail()).contains("/ by zero");
    }

    @Test
    void saysUnavailableWhenNobodyAnswers() throws Exception {
        Problem problem = problemOfAsking();

        assertThat(problem.type()).isEqualTo(ProblemType.UNAVAILABLE);
        assertThat(problem.detail()).contains("xcs.domain.destroy");
        assertThat(problem.retryable()).isTrue();
    }

    @Test
    void saysUnavailableWhenTheAnswererHasLeft() throws Exception {
        DestroyDomain.ADDRESS
                .answer(bus, question -> Future.succeededFuture(new Done()))
                .unregister()
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, SECONDS);

        assertThat(problemOfAsking().type()).isEqualTo(ProblemType.UNAVAILABLE);
    }

    @Test
    void saysTimeoutWhenTheAnswerDoesNotCome() throws Exception {
        DestroyDomain.ADDRESS.answer(bus, question -> Future.future(never -> {}));

        Problem problem = problemOf(DestroyDomain.ADDRESS.ask(bus, QUESTION, Duration.ofMillis(30)));

        assertThat(problem.type()).isEqualTo(ProblemType.TIMEOUT);
        assertThat(problem.detail()).contains("xcs.domain.destroy");
        assertThat(problem.retryable()).isTrue();
    }

    @Test
    void keepsTheAddressesOfTwoDomainsApart() throws Exception {
        UUID first = new UUID(0, 1);
        UUID second = new UUID(0, 2);
        BlockingQueue<ConsoleEnded> heard = new LinkedBlockingQueue<>();
        ConsoleEnded.ADDRESS.at(first).listen(bus, heard::add);

        ConsoleEnded.ADDRESS.at(second).publish(bus, new ConsoleEnded(second));
        ConsoleEnded.ADDRESS.at(first).publish(bus, new ConsoleEnded(first));

        assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo(new ConsoleEnded(first));
        assertThat(heard).isEmpty();
    }

    private Problem problemOfAsking() throws Exception {
        return problemOf(DestroyDomain.ADDRESS.ask(bus, QUESTION));
    }

    private static Problem problemOf(Future<?> asked) throws Exception {
        Throwable failure = asked.<Throwable>transform(end -> Future.succeededFuture(end.cause()))
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, SECONDS);
        assertThat(failure).isInstanceOf(ProblemException.class);
        return ((ProblemException) failure).problem();
    }
}
