package dev.xcs.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OperationQueueTest {
    private final OperationQueue queue = new OperationQueue();
    private final List<String> started = new ArrayList<>();

    @Test
    void runsOneAfterTheOther() {
        Promise<Void> first = Promise.promise();
        Future<Void> one = add("one", first);
        Future<Void> two = add("two", Promise.promise());
        assertThat(started).containsExactly("one");
        first.complete();
        assertThat(one.succeeded()).isTrue();
        assertThat(started).containsExactly("one", "two");
        assertThat(two.isComplete()).isFalse();
        assertThat(queue.isIdle()).isFalse();
    }

    @Test
    void goesOnAfterAFailure() {
        Future<Void> failing = queue.add("bad", any -> Future.failedFuture("no"));
        Future<Void> throwing = queue.add("worse", any -> {
            throw Problem.of(ProblemType.INTERNAL, "no").toException();
        });
        assertThat(failing.failed()).isTrue();
        assertThat(throwing.failed()).isTrue();
        assertThat(queue.add("good", any -> Future.succeededFuture(1)).result()).isEqualTo(1);
        assertThat(queue.isIdle()).isTrue();
    }

    @Test
    void preemptsWhatWaitsAndTellsWhatRuns() {
        Promise<Void> undone = Promise.promise();
        Future<Void> running =
                queue.add("creation", preemption -> undone.future().compose(any -> preemption.check()));
        Future<Void> waiting = add("pause", Promise.promise());
        Future<Void> destroy = preempt("destroy", Promise.promise());
        assertThat(typeOf(waiting)).isEqualTo(ProblemType.PREEMPTED);
        assertThat(started).as("it waits until the undo is done").isEmpty();
        undone.complete();
        assertThat(typeOf(running)).isEqualTo(ProblemType.PREEMPTED);
        assertThat(running.cause()).hasMessageContaining("creation").hasMessageContaining("destroy");
        assertThat(started).containsExactly("destroy");
        assertThat(destroy.isComplete()).isFalse();
    }

    @Test
    void doesNotPreemptItsEqualAndRunsLaterOnesBehindIt() {
        Promise<Void> first = Promise.promise();
        Promise<Void> second = Promise.promise();
        Future<Void> one = preempt("one", first);
        Future<Void> two = preempt("two", second);
        Future<Void> later = add("later", Promise.promise());
        Future<Void> three = preempt("three", Promise.promise());
        assertThat(typeOf(later)).isEqualTo(ProblemType.PREEMPTED);
        first.complete();
        assertThat(one.succeeded()).isTrue();
        second.complete();
        assertThat(two.succeeded()).isTrue();
        assertThat(started).containsExactly("one", "two", "three");
        assertThat(three.isComplete()).isFalse();
    }

    @Test
    void endsAWaitWhenPreempted() {
        Future<Void> waiting = queue.add(
                "shutdown",
                preemption -> preemption.orPreempted(Promise.<Void>promise().future()));
        Future<Integer> destroy = queue.preempt("destroy", any -> Future.succeededFuture(1));
        assertThat(typeOf(waiting)).isEqualTo(ProblemType.PREEMPTED);
        assertThat(destroy.result()).isEqualTo(1);
    }

    private Future<Void> add(String name, Promise<Void> end) {
        return queue.add(name, any -> {
            started.add(name);
            return end.future();
        });
    }

    private Future<Void> preempt(String name, Promise<Void> end) {
        return queue.preempt(name, any -> {
            started.add(name);
            return end.future();
        });
    }

    private static ProblemType typeOf(Future<?> failed) {
        assertThat(failed.failed()).isTrue();
        return ProblemException.of(failed.cause()).type();
    }
}
