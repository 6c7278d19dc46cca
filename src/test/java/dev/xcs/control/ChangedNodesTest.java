package dev.xcs.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.xenstore.Xenstore;
import io.vertx.core.Promise;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChangedNodesTest {
    private record Reading(String path, Promise<Optional<String>> value) {}

    private final Deque<Reading> readings = new ArrayDeque<>();
    private final List<String> told = new ArrayList<>();
    private final ChangedNodes nodes =
            new ChangedNodes(xenstore(), (path, value) -> told.add(path + "=" + value.orElse("gone")));

    private Xenstore xenstore() {
        return (Xenstore) Proxy.newProxyInstance(
                Xenstore.class.getClassLoader(), new Class<?>[] {Xenstore.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("read");
                    Reading reading = new Reading((String) arguments[0], Promise.promise());
                    readings.add(reading);
                    return reading.value.future();
                });
    }

    @Test
    void readsANodeThatNeverRestsOnceAtATimeAndOnceMoreAtItsEnd() {
        for (int i = 0; i < 1000; i++) {
            nodes.changed("/a");
        }
        assertThat(readings).hasSize(1);
        readings.remove().value.complete(Optional.of("1"));
        assertThat(readings).hasSize(1);
        readings.remove().value.complete(Optional.of("2"));
        assertThat(readings).isEmpty();
        assertThat(told).containsExactly("/a=1", "/a=2");
    }

    @Test
    void readsOnlySomeAtOnceAndAllInTheOrderOfTheirChanges() {
        for (int i = 0; i < 1000; i++) {
            nodes.changed("/" + i);
        }
        assertThat(readings).hasSize(ChangedNodes.AT_ONCE);
        for (int i = 0; i < 1000; i++) {
            Reading next = readings.remove();
            assertThat(next.path).isEqualTo("/" + i);
            next.value.complete(Optional.empty());
        }
        assertThat(readings).isEmpty();
        assertThat(told).hasSize(1000).contains("/999=gone");
    }

    @Test
    void goesOnAfterAReadThatFailed() {
        nodes.changed("/a");
        nodes.changed("/a");
        readings.remove().value.fail("xenstored restarts");
        readings.remove().value.complete(Optional.of("3"));
        assertThat(told).containsExactly("/a=3");
    }
}
