package dev.xcs.hypervisor.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.hypervisor.sim.StoreFaults.Trouble;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.xenstore.wire.Errno;
import dev.xcs.xenstore.wire.Frame;
import dev.xcs.xenstore.wire.Op;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guests in the simulated xenstored, and what a client of its socket sees that the daemon's own client never provokes. */
class SimXenstoredTest {
    private static final int GUEST = 5;
    private static final int OTHER = 6;

    private Path socket;
    private SimXenstored store;

    @BeforeEach
    void start(@TempDir Path directory) {
        socket = directory.resolve("socket");
        store = new SimXenstored(socket, domid -> domid == GUEST || domid == OTHER);
        store.write(0, "/local/domain/5", "");
        store.permit(0, "/local/domain/5", "n0", "r5");
        store.write(0, "/local/domain/5/data", "");
        store.permit(0, "/local/domain/5/data", "n5");
    }

    @AfterEach
    void stop() {
        store.close();
    }

    @Test
    void letsAGuestReadWhatItMayAndWriteWhatItOwns() {
        store.write(0, "/local/domain/5/name", "five");

        assertThat(store.read(GUEST, "name")).contains("five");
        store.write(GUEST, "data/mine", "x");
        assertThat(store.read(0, "/local/domain/5/data/mine")).contains("x");
        assertThat(store.list(GUEST, "data")).containsExactly("mine");

        assertThat(errno(() -> store.write(GUEST, "name", "six"))).isEqualTo("Permission denied");
        assertThat(errno(() -> store.remove(GUEST, "name"))).isEqualTo("Permission denied");
        assertThat(errno(() -> store.write(GUEST, "new", "x"))).isEqualTo("Permission denied");
    }

    @Test
    void hidesANodeAndItsAbsenceFromAGuestThatMayNotSeeIt() {
        store.write(0, "/local/domain/6/name", "six");

        assertThat(errno(() -> store.read(GUEST, "/local/domain/6/name"))).isEqualTo("Permission denied");
        assertThat(errno(() -> store.read(GUEST, "/local/domain/6/absent"))).isEqualTo("Permission denied");
        assertThat(store.read(GUEST, "absent")).isEmpty();
    }

    @Test
    void makesAGuestTheOwnerOfWhatItMakes() {
        store.permit(0, "/local/domain/5/data", "n5", "r6");

        store.write(GUEST, "data/a/b", "x");

        assertThat(store.read(OTHER, "/local/domain/5/data/a/b")).contains("x");
        store.permit(GUEST, "data/a/b", "n5");
        assertThat(errno(() -> store.read(OTHER, "/local/domain/5/data/a/b"))).isEqualTo("Permission denied");
        assertThat(errno(() -> store.permit(GUEST, "data/a/b", "n6"))).isEqualTo("Operation not permitted");
        assertThat(errno(() -> store.permit(GUEST, "name", "n5"))).isNotEmpty();
    }

    @Test
    void limitsTheNodesOfAGuestButNotOfDom0() {
        String refused = errno(() -> {
            for (int i = 0; i < 2000; i++) {
                store.write(GUEST, "data/" + i, "");
            }
        });

        assertThat(refused).isEqualTo("No space left on device");
        assertThat(store.list(0, "/local/domain/5/data")).hasSize(999);
        store.write(GUEST, "data/0", "changed all the same");
        store.remove(GUEST, "data/1");
        store.write(GUEST, "data/room-again", "");
        store.write(0, "/local/domain/5/data/of-dom0/x", "");
    }

    @Test
    void limitsTheValuesWatchesAndPermissionsOfAGuest() {
        store.write(GUEST, "data/v", "x".repeat(2048));
        assertThat(errno(() -> store.write(GUEST, "data/v", "x".repeat(2049)))).isEqualTo("No space left on device");

        store.permit(GUEST, "data/v", "n5", "r1", "r2", "r3", "r4");
        assertThat(errno(() -> store.permit(GUEST, "data/v", "n5", "r1", "r2", "r3", "r4", "r6")))
                .isEqualTo("No space left on device");

        String refused = errno(() -> {
            for (int i = 0; i < 200; i++) {
                store.watch(GUEST, "data", path -> {});
            }
        });
        assertThat(refused).isEqualTo("Argument list too long");
    }

    @Test
    void tellsAGuestOnlyOfWhatItMayReadAndAsItAsked() throws Exception {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        try (AutoCloseable relative = store.watch(GUEST, "data", told::add)) {
            assertThat(relative).isNotNull();
            assertThat(next(told)).isEqualTo("data");
            store.write(0, "/local/domain/5/data/x", "1");
            assertThat(next(told)).isEqualTo("data/x");
        }
        try (AutoCloseable foreign = store.watch(GUEST, "/local/domain/6", told::add)) {
            assertThat(foreign).isNotNull();
            assertThat(next(told)).isEqualTo("/local/domain/6");
            store.write(0, "/local/domain/6/secret", "x");
            store.write(0, "/local/domain/6/open", "x");
            store.permit(0, "/local/domain/6/open", "r0");
            assertThat(next(told)).isEqualTo("/local/domain/6/open");
        }
        store.write(0, "/local/domain/5/data/x", "2");
        assertThat(told).isEmpty();
    }

    @Test
    void letsAListenerWriteItself() throws Exception {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        store.watch(GUEST, "data", path -> {
            if (!path.equals("data/echo")) {
                store.write(GUEST, "data/echo", path);
            }
            told.add(path);
        });

        assertThat(next(told)).isEqualTo("data");
        assertThat(next(told)).isEqualTo("data/echo");
        store.write(0, "/local/domain/5/data/x", "");
        assertThat(next(told)).isEqualTo("data/x");
        assertThat(store.read(0, "/local/domain/5/data/echo")).contains("data/x");
    }

    @Test
    void deletesWhatADeadDomainOwned() throws Exception {
        BlockingQueue<Integer> introduced = new LinkedBlockingQueue<>();
        store.onIntroduce(introduced::add);
        store.write(GUEST, "data/mine", "x");
        try (WireClient client = new WireClient(socket)) {
            assertThat(client.ask(Op.INTRODUCE, 0, "5", "1", "2").text()).isEqualTo("OK");
            assertThat(introduced.poll(5, TimeUnit.SECONDS)).isEqualTo(GUEST);
            assertThat(client.ask(Op.INTRODUCE, 0, "7", "1", "2").text()).isEqualTo("EINVAL");

            store.domainEnded(GUEST, true);

            assertThat(client.ask(Op.IS_DOMAIN_INTRODUCED, 0, "5").text()).isEqualTo("F");
            assertThat(store.list(0, "/local/domain/5")).isEmpty();
            assertThat(store.read(0, "/local/domain/5")).contains("");
        }
    }

    @Test
    void standsStillForAllClientsWhenARequestIsSlow() throws Exception {
        try (WireClient slow = new WireClient(socket);
                WireClient other = new WireClient(socket)) {
            Duration delay = Duration.ofMillis(300);
            store.injectFaults((domid, op, path) -> path.equals("/slow") ? Trouble.slow(delay) : Trouble.NONE);
            long begin = System.nanoTime();

            slow.send(Op.READ, 0, "/slow");
            Frame answer = slow.receive();
            assertThat(answer.text()).isEqualTo("ENOENT");
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(delay);
            assertThat(other.ask(Op.READ, 0, "/other").text()).isEqualTo("ENOENT");
        }
    }

    @Test
    void refusesAsTheFaultsSay() throws Exception {
        store.injectFaults((domid, op, path) -> op == Op.TRANSACTION_END ? Trouble.refuse(Errno.EAGAIN) : Trouble.NONE);
        try (WireClient client = new WireClient(socket)) {
            int transaction =
                    Integer.parseInt(client.ask(Op.TRANSACTION_START, 0, "").text());
            assertThat(client.ask(Op.WRITE, transaction, "/t", "x").text()).isEqualTo("OK");
            assertThat(client.ask(Op.TRANSACTION_END, transaction, "T").text()).isEqualTo("EAGAIN");
            assertThat(client.ask(Op.READ, transaction, "/t").text()).isEqualTo("ENOENT");

            store.injectFaults((domid, op, path) -> domid == GUEST ? Trouble.refuse(Errno.EQUOTA) : Trouble.NONE);
            assertThat(errno(() -> store.write(GUEST, "data/x", ""))).isEqualTo("Quota exceeded");
            store.injectFaults(StoreFaults.NONE);
            store.write(GUEST, "data/x", "");
        }
    }

    @Test
    void dropsAClientThatSendsTooMuchAtOnceAndServesTheOthers() throws Exception {
        try (WireClient bad = new WireClient(socket);
                WireClient good = new WireClient(socket)) {
            bad.sendBytes(new Frame(Op.WRITE, 1, 0, new byte[Frame.MAX_REQUEST_PAYLOAD + 1]).encode());

            assertThat(bad.receiveOrEnd()).isEmpty();
            assertThat(good.ask(Op.READ, 0, "/tool").text()).isEmpty();
        }
    }

    @Test
    void answersEveryMalformedRequestWithAnErrorAndGoesOn() throws Exception {
        try (WireClient client = new WireClient(socket)) {
            for (Op op : Op.values()) {
                for (String payload :
                        new String[] {"", "\0", "x", "\0\0", "/a\0\0\0\0", "/a\0b\0c", "@\0", "99999999999\0"}) {
                    client.sendPayload(op, 0, payload);
                    assertThat(client.receive().payload()).isNotNull();
                }
            }
            assertThat(client.ask(Op.READ, 0, "/").text()).isEmpty();
        }
    }

    @Test
    void removesItsSocketAtTheEnd() {
        store.close();

        assertThat(Files.exists(socket)).isFalse();
    }

    private static String errno(ThrowingCallable call) {
        ProblemException refused = catchThrowableOfType(ProblemException.class, call);
        assertThat(refused.problem().type()).isEqualTo(ProblemType.XENSTORE);
        assertThat(refused.problem().call()).startsWith("XS_");
        return refused.problem().errnoText();
    }

    private static String next(BlockingQueue<String> queue) throws InterruptedException {
        String next = queue.poll(10, TimeUnit.SECONDS);
        return next == null ? "nothing" : next;
    }
}
