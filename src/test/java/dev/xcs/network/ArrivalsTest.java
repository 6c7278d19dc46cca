package dev.xcs.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.message.ConnectVif;
import dev.xcs.message.Done;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.model.VifGuard;
import dev.xcs.model.VifPort;
import dev.xcs.testing.BusFixture;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
    private static final VifPort PORT = new VifPort(
            "vif7.0",
            "web0",
            1500,
            "xenbr0",
            false,
            null,
            List.of(),
            null,
            new VifGuard(null, List.of(), false, false, false));

    private final BusFixture on = new BusFixture();
    private final Arrivals arrivals = new Arrivals(on.vertx(), new NativeNetwork(on.bus()));
    private final AtomicInteger asked = new AtomicInteger();

    @AfterEach
    void close() {
        on.close();
    }

    /** Native finds nothing of this name so often. */
    private void missing(String name, int times) {
        BusFixture.await(ConnectVif.ADDRESS
                .answer(on.bus(), ask -> {
                    if (asked.getAndIncrement() < times) {
                        throw Problem.of(ProblemType.NOT_FOUND, "dom0 has no interface")
                                .withCall("RTM_GETLINK", name)
                                .toException();
                    }
                    return Future.succeededFuture(new Done());
                })
                .completion());
    }

    @Test
    void waitsForAnInterfaceThatIsJustBeingMade() {
        missing("vif7.0", 3);

        BusFixture.await(arrivals.connect(PORT, () -> true));

        assertThat(asked).hasValue(4);
    }

    @Test
    void doesNotWaitForABridge() {
        missing("xenbr0", 3);

        Throwable refused = BusFixture.await(
                arrivals.connect(PORT, () -> true).map((Throwable) null).otherwise(failure -> failure));

        assertThat(ProblemException.of(refused).argument()).isEqualTo("xenbr0");
        assertThat(asked).hasValue(1);
    }

    @Test
    void stopsWhenTheVifIsNotWantedAnyMore() {
        missing("vif7.0", Integer.MAX_VALUE);

        Throwable refused = BusFixture.await(arrivals.connect(PORT, () -> asked.get() < 2)
                .map((Throwable) null)
                .otherwise(failure -> failure));

        assertThat(ProblemException.of(refused).type()).isEqualTo(ProblemType.PREEMPTED);
        assertThat(asked).hasValue(2);
    }
}
