package dev.xcs.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.model.DomainSpec;
import dev.xcs.xenstore.Change;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** In which order the devices of a boot come and go. */
class BootDevicesTest {
    private static final DomainSpec SPEC = Specs.pv("any");

    private final List<String> asked = new ArrayList<>();
    private final Map<String, Promise<Void>> answers = new HashMap<>();
    private final BootDevices devices =
            new BootDevices(client("model", true), client("disks", false), client("vifs", false));

    @Test
    void takesWhatUsesOthersOnlyWhenAllOthersAreTaken() {
        Future<Void> taken = devices.take(SPEC);

        assertThat(asked).containsExactly("disks", "vifs");
        answer("vifs").complete();
        assertThat(asked).doesNotContain("model");
        answer("disks").complete();
        assertThat(asked).endsWith("model");
        assertThat(taken.isComplete()).isFalse();
        answer("model").complete();
        assertThat(taken.succeeded()).isTrue();
    }

    @Test
    void doesNotTakeWhatUsesOneThatCannotBeTaken() {
        Future<Void> taken = devices.take(SPEC);

        answer("vifs").complete();
        answer("disks").fail("no disk");

        assertThat(asked).doesNotContain("model");
        assertThat(taken.failed()).isTrue();
    }

    @Test
    void endsWhatUsesOthersBeforeThem() {
        Future<Void> ended = devices.end(SPEC.uuid(), 7);

        assertThat(asked).containsExactly("model");
        answer("model").fail("it does not die");
        assertThat(asked).containsExactly("model", "disks", "vifs");
        answer("disks").complete();
        answer("vifs").complete();
        assertThat(ended.succeeded()).isTrue();
    }

    private Promise<Void> answer(String step) {
        return answers.computeIfAbsent(step, any -> Promise.promise());
    }

    private BootClient client(String step, boolean usesOthers) {
        return new BootClient() {
            @Override
            public String step() {
                return step;
            }

            @Override
            public boolean usesOthers() {
                return usesOthers;
            }

            @Override
            public Future<UnaryOperator<DomainSpec>> prepare(DomainSpec spec) {
                return Future.succeededFuture(UnaryOperator.identity());
            }

            @Override
            public Future<List<Change>> place(DomainSpec spec, int domid) {
                return Future.succeededFuture(List.of());
            }

            @Override
            public Future<Void> take(DomainSpec spec) {
                return asked();
            }

            @Override
            public Future<Void> end(UUID uuid, int domid) {
                return asked();
            }

            @Override
            public Future<Void> release(UUID uuid) {
                return asked();
            }

            private Future<Void> asked() {
                asked.add(step);
                return answer(step).future();
            }
        };
    }
}
