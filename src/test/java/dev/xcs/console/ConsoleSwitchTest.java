package dev.xcs.console;

import static dev.xcs.testing.BusFixture.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.console.ConsoleStage.Viewer;
import dev.xcs.message.AttachConsole;
import dev.xcs.message.ConsoleEnded;
import dev.xcs.message.DetachConsole;
import dev.xcs.message.FetchConsole;
import dev.xcs.message.ForgetConsole;
import dev.xcs.message.TypeConsole;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.testing.Await;
import dev.xcs.testing.Consoles;
import dev.xcs.testing.FakeGuest;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConsoleSwitchTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final UUID ONE = new UUID(0, 1);
    private static final UUID TWO = new UUID(0, 2);

    private final ConsoleStage stage = new ConsoleStage();

    @AfterEach
    void close() {
        stage.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private Consoles.Kept open(UUID uuid) {
        return Consoles.kept(stage.on, uuid);
    }

    private Consoles.Writer writer(UUID uuid) {
        return new Consoles.Writer(stage.on, uuid);
    }

    private void type(UUID uuid, byte[] typed) {
        writer(uuid).type(typed);
    }

    private void awaitSeen(Viewer viewer, int count) throws Exception {
        Await.until(count + " bytes are seen", SOON, () -> viewer.count() >= count);
    }

    private void awaitRead(FakeGuest guest, int count) throws Exception {
        Await.until(count + " bytes are read", SOON, () -> guest.hasRead().length >= count);
    }

    @Test
    void everyViewerSeesEveryByteOnceAndInOrder() throws Exception {
        stage.attach(ONE, 1);
        List<Viewer> viewers =
                IntStream.range(0, 10).mapToObj(i -> stage.viewer(ONE)).toList();
        Random random = new Random(42);
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        for (int i = 0; i < 100_000; i++) {
            byte[] some = new byte[random.nextInt(40)];
            random.nextBytes(some);
            stage.host.guest(1).print(some);
            printed.writeBytes(some);
        }

        byte[] all = printed.toByteArray();
        for (Viewer viewer : viewers) {
            awaitSeen(viewer, all.length);
            assertThat(viewer.seen()).isEqualTo(all);
        }
        Consoles.Kept opened = open(ONE);
        assertThat(opened.bytes())
                .hasSizeBetween(ConsoleStage.HISTORY_BYTES * 7 / 8, ConsoleStage.HISTORY_BYTES)
                .isEqualTo(Arrays.copyOfRange(all, (int) opened.offset(), all.length));
        assertThat(stage.metric("xcs.console.printed")).isEqualTo(all.length);
    }

    @Test
    void takesWhatWasPrintedBeforeItWasAttached() {
        stage.host.guest(1).printSilently(bytes("early"));

        stage.attach(ONE, 1);

        assertThat(open(ONE).text()).isEqualTo("early");
        assertThat(stage.metric("xcs.console.attached")).isEqualTo(1);
    }

    @Test
    void attachingTheSameBootTwiceIsDone() {
        stage.attach(ONE, 1);
        stage.attach(ONE, 1);

        assertThat(stage.host.mapped()).isEqualTo(1);
        assertThat(stage.host.channels().bound()).isEqualTo(1);
    }

    @Test
    void typesMoreThanTheRingHolds() throws Exception {
        stage.attach(ONE, 1);
        byte[] typed = new byte[ConsoleStage.INPUT_BYTES];
        new Random(7).nextBytes(typed);

        type(ONE, typed);

        awaitRead(stage.host.guest(1), typed.length);
        assertThat(stage.host.guest(1).hasRead()).isEqualTo(typed);
        Await.until("all is counted", SOON, () -> stage.metric("xcs.console.typed") == typed.length);
    }

    @Test
    void refusesInputThatAGuestDoesNotReadAndLosesNoneThatItAccepted() throws Exception {
        stage.attach(ONE, 1);
        FakeGuest guest = stage.host.guest(1);
        guest.reads(false);
        type(ONE, new byte[1024]);
        type(ONE, new byte[ConsoleStage.INPUT_BYTES - 1024]);
        Await.until("the ring is full", SOON, () -> stage.metric("xcs.console.typed") == 1024);
        type(ONE, new byte[1024]);

        Problem refusal = stage.on.refused(TypeConsole.ADDRESS, writer(ONE).typing(bytes("x")));

        assertThat(refusal.type()).isEqualTo(ProblemType.TOO_MANY);
        assertThat(refusal.detail()).contains("the limit is 8192 bytes");
        assertThat(stage.metric("xcs.console.refused")).isEqualTo(1);
        // The event that tells of the new room is lost: the timer types on.
        stage.host.channels().loseNext(1);
        guest.reads(true);
        awaitRead(guest, 1024 + ConsoleStage.INPUT_BYTES);
    }

    @Test
    void takesTheLastBytesWhenItIsDetached() {
        stage.attach(ONE, 1);
        stage.host.guest(1).printSilently(bytes("last words"));

        stage.detach(ONE, 1);

        assertThat(open(ONE).text()).isEqualTo("last words");
        assertNothingHeld();
        assertThat(stage.metric("xcs.console.attached")).isZero();
        stage.detach(ONE, 1);
        stage.detach(TWO, 1);
    }

    private void assertNothingHeld() {
        assertThat(stage.host.mapped()).as("mapped").isZero();
        assertThat(stage.host.channels().bound()).as("bound").isZero();
    }

    @Test
    void detachesOnlyTheBootThatIsNamed() {
        stage.attach(ONE, 1);

        stage.detach(ONE, 9);

        assertThat(stage.host.mapped()).isEqualTo(1);
    }

    @Test
    void keepsOneHistoryOverAllBoots() {
        Viewer viewer = stage.viewer(ONE);
        stage.attach(ONE, 1);
        stage.host.guest(1).printSilently(bytes("first boot, "));
        stage.detach(ONE, 1);
        stage.host.guest(2).printSilently(bytes("second boot, "));
        stage.attach(ONE, 2);
        stage.host.guest(2).printSilently(bytes("its end, "));
        stage.host.guest(3).printSilently(bytes("third boot"));
        // Without a detach: the second is given back first, with all it had printed.
        stage.attach(ONE, 3);

        Consoles.Kept opened = open(ONE);
        assertThat(opened.offset()).isZero();
        assertThat(opened.text()).isEqualTo("first boot, second boot, its end, third boot");
        assertThat(stage.host.mapped()).isEqualTo(1);
        assertThat(viewer.seen()).asString(UTF_8).isEqualTo(opened.text());
    }

    @Test
    void doesNotTypeIntoTheNextBootWhatWasMeantForTheLast() throws Exception {
        stage.attach(ONE, 1);
        stage.host.guest(1).reads(false);
        type(ONE, new byte[3000]);
        stage.detach(ONE, 1);
        assertThat(stage.on
                        .refused(TypeConsole.ADDRESS, writer(ONE).typing(bytes("x")))
                        .type())
                .isEqualTo(ProblemType.CONFLICT);
        stage.attach(ONE, 2);

        type(ONE, bytes("ls\n"));

        awaitRead(stage.host.guest(2), 3);
        assertThat(stage.host.guest(2).hasRead()).asString(UTF_8).isEqualTo("ls\n");
    }

    @Test
    void leavesTheRingOfAnotherOwnerAlone() {
        stage.host.guest(1).printSilently(bytes("not for us"));
        stage.host.channels().takenByAnother(1);

        Problem refusal = stage.on.refused(AttachConsole.ADDRESS, stage.attachment(ONE, 1));

        assertThat(refusal.type()).isEqualTo(ProblemType.CONFLICT);
        assertThat(refusal.detail()).contains(ONE.toString(), "domid 1", "another process");
        assertThat(refusal.errno()).isEqualTo(22);
        assertNothingHeld();
        assertThat(stage.host.thread("read")).isEmpty();
        assertThat(stage.host.guest(1).hasUnread()).isTrue();
        assertThat(open(ONE).bytes()).isEmpty();
    }

    @Test
    void undoesAnAttachThatFailsAtAnyStep() {
        for (String step : List.of("map", "bind", "read")) {
            stage.host.fail(
                    step, Problem.of(ProblemType.HYPERVISOR, step + " failed").toException());

            Problem refusal = stage.on.refused(AttachConsole.ADDRESS, stage.attachment(ONE, 1));

            assertThat(refusal.detail()).isEqualTo(step + " failed");
            assertNothingHeld();
            stage.host.mend(step);
        }
        stage.host.guest(1).printSilently(bytes("now"));
        stage.attach(ONE, 1);
        assertThat(open(ONE).text()).isEqualTo("now");
    }

    @Test
    void unmapsAtDetachWhatAFailedAttachCouldNotUndo() {
        for (String step : List.of("bind", "unmap")) {
            stage.host.fail(
                    step, Problem.of(ProblemType.HYPERVISOR, step + " failed").toException());
        }
        stage.on.refused(AttachConsole.ADDRESS, stage.attachment(ONE, 1));
        stage.on.refused(DetachConsole.ADDRESS, new DetachConsole(ONE, 1));
        assertThat(stage.host.mapped()).isEqualTo(1);
        stage.host.mend("unmap");

        stage.detach(ONE, 1);

        assertNothingHeld();
        stage.host.mend("bind");
        stage.attach(ONE, 1);
    }

    @Test
    void staysAttachedWhenItCannotBeUnmappedAndIsDetachedWhenAskedAgain() {
        stage.attach(ONE, 1);
        stage.host.fail("unmap", Problem.of(ProblemType.HYPERVISOR, "no").toException());
        stage.on.refused(DetachConsole.ADDRESS, new DetachConsole(ONE, 1));
        stage.host.mend("unmap");
        assertThat(stage.host.mapped()).isEqualTo(1);

        stage.detach(ONE, 1);

        assertNothingHeld();
    }

    @Test
    void aGuestThatPrintsWithoutEndStarvesNobody() throws Exception {
        stage.attach(ONE, 1);
        stage.attach(TWO, 2);
        AtomicBoolean going = new AtomicBoolean(true);
        byte[] noise = new byte[2048];
        // Full again whenever it is looked at: as a guest on a faster cpu would be.
        Runnable refill = () -> {
            if (going.get()) {
                stage.host.guest(1).printSilently(noise);
            }
        };
        stage.host.before("read", refill);
        stage.host.before("notify", refill);
        stage.host.guest(1).offer(noise, 0);
        Viewer viewer = stage.viewer(TWO);
        for (int i = 1; i <= 200; i++) {
            stage.host.guest(2).print(new byte[] {(byte) i});
            awaitSeen(viewer, i);
        }
        type(ONE, bytes("stop\n"));
        awaitRead(stage.host.guest(1), 5);

        assertThat(stage.metric("xcs.console.printed")).isGreaterThan(200 * 2048);
        going.set(false);
    }

    @Test
    void forgettingDetachesDropsTheHistoryAndEndsTheViewers() throws Exception {
        stage.attach(ONE, 1);
        stage.host.guest(1).printSilently(bytes("gone"));
        List<ConsoleEnded> ended = new CopyOnWriteArrayList<>();
        await(ConsoleEnded.ADDRESS.at(ONE).listen(stage.on.bus(), ended::add).completion());

        stage.on.ask(ForgetConsole.ADDRESS, new ForgetConsole(ONE));

        Await.until("the viewers are told", SOON, () -> ended.size() == 1);
        assertNothingHeld();
        assertThat(stage.on
                        .refused(FetchConsole.ADDRESS, new FetchConsole(ONE, false))
                        .detail())
                .contains(ONE.toString());
        assertThat(stage.on
                        .refused(TypeConsole.ADDRESS, writer(ONE).typing(bytes("x")))
                        .type())
                .isEqualTo(ProblemType.CONFLICT);
        stage.on.ask(ForgetConsole.ADDRESS, new ForgetConsole(ONE));
        stage.host.guest(2).printSilently(bytes("new"));
        stage.attach(ONE, 2);
        assertThat(open(ONE).text()).isEqualTo("new");
    }

    @Test
    void stopGivesEveryRingBackWithItsLastBytesTaken() {
        stage.attach(ONE, 1);
        stage.attach(TWO, 2);
        Viewer viewer = stage.viewer(TWO);
        stage.host.guest(2).printSilently(bytes("end"));

        await(stage.on.vertx().undeploy(stage.consoles));

        assertNothingHeld();
        assertThat(viewer.seen()).asString(UTF_8).isEqualTo("end");
    }

    @Test
    void leavesToTheNextOwnerWhatItCannotTakeAnyMore() throws Exception {
        stage.attach(ONE, 1);
        await(stage.on.vertx().undeploy(stage.poller));
        assertThat(stage.host.channels().bound()).isZero();
        stage.host.guest(1).printSilently(bytes("for the next"));

        await(stage.on.vertx().undeploy(stage.consoles));
        await(stage.on.vertx().undeploy(stage.gateway));

        assertNothingHeld();
        assertThat(stage.host.guest(1).hasUnread()).isTrue();
        assertThat(stage.host.isClosed()).isTrue();
        Await.until(
                "no native thread is left",
                SOON,
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("xcs-native")));
    }
}
