package dev.xcs.console;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.message.AttachConsole;
import dev.xcs.message.ConsoleFrame;
import dev.xcs.message.ConsolePrinted;
import dev.xcs.message.DetachConsole;
import dev.xcs.message.FetchConsole;
import dev.xcs.message.FetchSerial;
import dev.xcs.message.SerialShown;
import dev.xcs.model.GuestOs;
import dev.xcs.testing.Await;
import dev.xcs.testing.BusFixture;
import dev.xcs.testing.Consoles;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The serial port of a PC on its console; the test holds its pipes open as QEMU does. */
class SerialConsoleTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final UUID PC = new UUID(0, 1);

    private final ConsoleStage stage = new ConsoleStage();

    @TempDir
    Path directory;

    private final CountDownLatch asked = new CountDownLatch(1);
    private Promise<Void> found = Promise.promise();
    private RandomAccessFile says;
    private RandomAccessFile hears;

    @BeforeEach
    void open() throws Exception {
        found.complete();
        Path said = directory.resolve("serial.out");
        Path typed = directory.resolve("serial.in");
        assertThat(new ProcessBuilder("mkfifo", said.toString(), typed.toString())
                        .start()
                        .waitFor())
                .isZero();
        says = new RandomAccessFile(said.toFile(), "rw");
        hears = new RandomAccessFile(typed.toFile(), "rw");
        BusFixture.await(FetchSerial.ADDRESS
                .answer(stage.on.bus(), ask -> {
                    asked.countDown();
                    return found.future().map(any -> new SerialShown(said.toString(), typed.toString()));
                })
                .completion());
    }

    @AfterEach
    void close() throws Exception {
        stage.close();
        says.close();
        hears.close();
    }

    private AttachConsole boot(boolean adopted) {
        int port = stage.host.guest(1).remotePort();
        return new AttachConsole(PC, 1, 0xfe, port, GuestOs.UNKNOWN, true, adopted ? null : Instant.now());
    }

    private void say(String text) throws Exception {
        says.write(text.getBytes(US_ASCII));
    }

    private long kept() {
        return stage.on
                .ask(FetchConsole.ADDRESS, new FetchConsole(PC, false))
                .state()
                .next();
    }

    private String shown() {
        return Consoles.kept(stage.on, PC).text();
    }

    @Test
    void keepsWhatIsSaidThereInTheSameHistoryAsTheRing() throws Exception {
        say("BIOS ");
        stage.on.ask(AttachConsole.ADDRESS, boot(false));
        Await.until("the BIOS is heard", SOON, () -> kept() == 5);
        stage.host.guest(1).print("kernel ".getBytes(US_ASCII));
        Await.until("the ring is read", SOON, () -> kept() == 12);
        say("login:");
        Await.until("the login is heard", SOON, () -> kept() == 18);

        assertThat(shown()).isEqualTo("BIOS kernel login:");
        assertThat(stage.metric("xcs.console.printed")).isEqualTo(18);
    }

    /** Both write into one history: what is shown of one may not be what the other said meanwhile. */
    @Test
    void showsEveryByteAtItsOffsetAlsoWhenPortAndRingTalkAtOnce() throws Exception {
        Queue<Buffer> frames = new ConcurrentLinkedQueue<>();
        BusFixture.await(ConsolePrinted.ADDRESS
                .at(PC)
                .listen(stage.on.bus(), printed -> frames.add(printed.frame()))
                .completion());
        stage.on.ask(AttachConsole.ADDRESS, boot(false));
        int rounds = 300;
        // More than a ring holds, so that one read takes it in pieces.
        byte[] ring = "r".repeat(30_000).getBytes(US_ASCII);
        Thread guest = new Thread(() -> stage.host.guest(1).print(ring));
        guest.start();
        for (int i = 0; i < rounds; i++) {
            say("s".repeat(50));
        }
        guest.join();
        int all = ring.length + rounds * 50;
        Await.until(
                "all of it is shown",
                SOON,
                () -> frames.stream().mapToInt(ConsoleFrame::length).sum() >= all);

        String kept = shown();
        assertThat(kept).hasSize(all);
        for (Buffer frame : frames) {
            int at = Math.toIntExact(ConsoleFrame.offset(frame));
            assertThat(ConsoleFrame.bytes(frame).toString())
                    .isEqualTo(kept.substring(at, at + ConsoleFrame.length(frame)));
        }
    }

    @Test
    void typesThereAndNotIntoTheRing() throws Exception {
        stage.on.ask(AttachConsole.ADDRESS, boot(false));
        byte[] typed = new byte[ConsoleStage.INPUT_BYTES];
        new Random(3).nextBytes(typed);

        new Consoles.Writer(stage.on, PC).type(typed);

        ByteArrayOutputStream heard = new ByteArrayOutputStream();
        try (FileInputStream waiting = new FileInputStream(hears.getFD())) {
            Await.until("all of it is heard", SOON, () -> {
                byte[] some = new byte[waiting.available()];
                heard.write(some, 0, waiting.read(some));
                return heard.size() >= typed.length;
            });
        }
        assertThat(heard.toByteArray()).isEqualTo(typed);
        assertThat(stage.host.guest(1).hasRead()).isEmpty();
    }

    @Test
    void losesNothingOfWhatIsSaidWhileNobodyIsThere() throws Exception {
        stage.on.ask(AttachConsole.ADDRESS, boot(false));
        say("before ");
        Await.until("it is heard", SOON, () -> kept() == 7);
        stage.detach(PC, 1);
        say("between ");
        stage.host.guest(1).printSilently("ring ".getBytes(US_ASCII));
        stage.on.ask(AttachConsole.ADDRESS, boot(true));
        say("after");
        Await.until("all is heard", SOON, () -> kept() == 25);

        assertThat(shown())
                .startsWith("before ")
                .contains("between ")
                .contains("ring ")
                .endsWith("after");
    }

    @Test
    void keepsWhatWasSaidLastBeforeItIsDetached() throws Exception {
        stage.on.ask(AttachConsole.ADDRESS, boot(false));
        byte[] much = "0123456789abcdef".repeat(2000).getBytes(US_ASCII);
        says.write(much);
        stage.detach(PC, 1);

        assertThat(shown()).isEqualTo(new String(much, US_ASCII));
    }

    @Test
    void isDetachedByADestroyThatComesWhileItsPortIsLookedFor() throws Exception {
        found = Promise.promise();
        Future<?> attached = AttachConsole.ADDRESS.ask(stage.on.bus(), boot(false), SOON);
        assertThat(asked.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        Future<?> detached = DetachConsole.ADDRESS.ask(stage.on.bus(), new DetachConsole(PC, 1), SOON);
        // Answered after the detach has come: both are handled by one event loop, in order.
        stage.on.ask(FetchConsole.ADDRESS, new FetchConsole(PC, false));
        found.complete();
        BusFixture.await(attached);
        BusFixture.await(detached);

        assertThat(stage.host.mapped()).as("rings").isZero();
        assertThat(stage.on
                        .ask(FetchConsole.ADDRESS, new FetchConsole(PC, false))
                        .state()
                        .domid())
                .isEqualTo(-1);
        Await.until(
                "its terminal has come and gone",
                SOON,
                () -> stage.host.terminals().made() == 1
                        && stage.host.terminals().left() == 0);
    }

    @Test
    void isNotAttachedWithoutItsPort() throws Exception {
        Files.delete(directory.resolve("serial.in"));

        String refused = stage.on.refused(AttachConsole.ADDRESS, boot(false)).detail();

        assertThat(refused).contains("serial.in");
        assertThat(stage.host.mapped()).as("rings").isZero();
        assertThat(directory.resolve("serial.in")).doesNotExist();
    }
}
