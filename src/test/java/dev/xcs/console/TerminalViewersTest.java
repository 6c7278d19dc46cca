package dev.xcs.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.message.CloseTerminal;
import dev.xcs.message.Done;
import dev.xcs.message.OpenTerminal;
import dev.xcs.message.TerminalOpened;
import dev.xcs.testing.Await;
import dev.xcs.testing.BusFixture;
import dev.xcs.testing.Consoles;
import dev.xcs.testing.FakeXenstore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a console is named for {@code xl console}, whichever comes first: its terminal or the domain's nodes. */
class TerminalViewersTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final UUID DOMAIN = new UUID(0, 1);
    private static final String RING = "/local/domain/1/console/ring-ref";
    private static final String TTY = "/local/domain/1/console/tty";

    private final BusFixture on = new BusFixture();
    private final FakeXenstore store = new FakeXenstore();
    private final Promise<TerminalOpened> opening = Promise.promise();
    private final List<Integer> closed = new CopyOnWriteArrayList<>();
    private final TerminalViewers terminals = new TerminalViewers(on.vertx(), store);

    TerminalViewersTest() {
        BusFixture.await(
                OpenTerminal.ADDRESS.answer(on.bus(), ask -> opening.future()).completion());
        BusFixture.await(CloseTerminal.ADDRESS
                .answer(on.bus(), ask -> {
                    closed.add(ask.domid());
                    return Future.succeededFuture(new Done());
                })
                .completion());
    }

    @AfterEach
    void close() {
        on.close();
    }

    private void attach() {
        terminals.attached(
                1,
                new DomainConsole(
                        DOMAIN,
                        on.bus(),
                        Consoles.config(1024),
                        new ConsoleMetrics(on.metrics(), Consoles.log(4096)),
                        Consoles.log(4096).history(DOMAIN)::extent,
                        false),
                Consoles.log(4096).history(DOMAIN));
    }

    private void awaitNamed() throws Exception {
        Await.until(
                "the terminal is named",
                SOON,
                () -> "/dev/pts/7".equals(store.nodes().get(TTY)));
    }

    @Test
    void namesATerminalThatComesAfterTheNodes() throws Exception {
        store.put(RING, "1");
        attach();
        opening.complete(new TerminalOpened("/dev/pts/7"));
        awaitNamed();
    }

    @Test
    void namesATerminalThatCameBeforeTheNodes() throws Exception {
        attach();
        opening.complete(new TerminalOpened("/dev/pts/7"));
        store.awaitReads(1);
        assertThat(store.nodes()).doesNotContainKey(TTY);

        store.put(RING, "1");
        terminals.changed(1);
        awaitNamed();
    }

    @Test
    void writesNothingForADomainThatHasNoNodesAndClosesItsTerminal() throws Exception {
        attach();
        opening.complete(new TerminalOpened("/dev/pts/7"));
        store.awaitReads(1);
        terminals.detached(1);
        terminals.changed(1);
        Await.until("the terminal is closed", SOON, () -> closed.equals(List.of(1)));
        assertThat(store.nodes()).doesNotContainKey(TTY);
    }
}
