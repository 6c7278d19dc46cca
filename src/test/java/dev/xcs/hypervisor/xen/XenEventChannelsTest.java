package dev.xcs.hypervisor.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import dev.xcs.hypervisor.EventChannels.Raised;
import dev.xcs.model.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waiting and unmasking with the real libc, on a pair of sockets in place of /dev/xen/evtchn: it carries the same words. */
@Timeout(60)
class XenEventChannelsTest {
    private static final LibC LIBC = new LibC();
    private static final int POLL_MILLIS = 20_000;

    @BeforeAll
    static void bindLibc() {
        Native.register(LibC.class, NativeLibrary.getInstance("libc.so.6"));
    }

    interface Sockets extends Library {
        int socketpair(int domain, int type, int protocol, int[] pair);
    }

    private final int[] pair = new int[2];
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private XenEventChannels channels;

    @BeforeEach
    void open() {
        // AF_UNIX, SOCK_STREAM
        assertThat(Native.load("libc.so.6", Sockets.class).socketpair(1, 1, 0, pair))
                .isZero();
        channels = XenEventChannels.open(evtchn(), LIBC, null);
    }

    @AfterEach
    void close() {
        channels.close();
        threads.shutdownNow();
        LIBC.close(pair[0]);
        LIBC.close(pair[1]);
    }

    @Test
    void givesEveryPortThatFired() {
        fire(3, 70_000, 5);

        assertThat(channels.await(POLL_MILLIS)).isEqualTo(new Raised(List.of(3, 70_000, 5), false));
    }

    @Test
    void givesALongQueueInBatches() {
        fire(IntStream.range(0, 300).toArray());

        List<Integer> ports = new ArrayList<>(channels.await(POLL_MILLIS).ports());
        assertThat(ports).hasSize(256);
        ports.addAll(channels.await(POLL_MILLIS).ports());

        assertThat(ports)
                .containsExactlyElementsOf(IntStream.range(0, 300).boxed().toList());
    }

    @Test
    void givesNothingAfterAQuietPeriod() {
        assertThat(channels.await(1)).isEqualTo(new Raised(List.of(), false));
    }

    @Test
    void isWokenFromAnotherThread() throws Exception {
        Future<Raised> waiting = threads.submit(() -> channels.await(POLL_MILLIS));
        channels.wake();

        assertThat(waiting.get(10, TimeUnit.SECONDS)).isEqualTo(new Raised(List.of(), false));
        assertThat(channels.await(1)).as("woken once").isEqualTo(new Raised(List.of(), false));
    }

    @Test
    void doesNotLosePortsThatFireWithAWake() {
        fire(9);
        channels.wake();

        assertThat(channels.await(POLL_MILLIS).ports()).containsExactly(9);
    }

    @Test
    void unmasksManyPortsAtOnce() {
        List<Integer> ports = IntStream.range(1, 600).boxed().toList();

        channels.unmask(ports);

        assertThat(written(599)).isEqualTo(ports);
    }

    @Test
    void refusesASecondReader() throws Exception {
        Future<Raised> first = threads.submit(() -> channels.await(POLL_MILLIS));
        // Either of the two may be the second: one of them is refused, the other woken.
        Future<Raised> second = threads.submit(() -> channels.await(POLL_MILLIS));
        List<String> refusals = new ArrayList<>();
        while (refusals.isEmpty()) {
            for (Future<Raised> reader : List.of(first, second)) {
                if (reader.isDone()) {
                    assertThatThrownBy(reader::get).hasCauseInstanceOf(ProblemException.class);
                    refusals.add("refused");
                }
            }
            Thread.onSpinWait();
        }
        channels.wake();
    }

    @Test
    void closingEndsAWaitAndRefusesWhatComesLater() throws Exception {
        Future<Raised> waiting = threads.submit(() -> channels.await(POLL_MILLIS));

        channels.close();

        try {
            assertThat(waiting.get(10, TimeUnit.SECONDS).ports()).isEmpty();
        } catch (java.util.concurrent.ExecutionException late) {
            assertThat(late).hasCauseInstanceOf(ProblemException.class);
        }
        assertThatThrownBy(() -> channels.notify(1))
                .isInstanceOf(ProblemException.class)
                .hasMessage("the hypervisor adapter is closed");
        channels.close();
    }

    @Test
    void recoversFromAnOverflowThatPollReports() {
        List<String> calls = new ArrayList<>();
        try (XenEventChannels overflowing = XenEventChannels.open(evtchn(), overflowing(calls, true), null)) {
            assertThat(overflowing.await(POLL_MILLIS)).isEqualTo(new Raised(List.of(), true));
        }
        assertThat(calls).containsExactly("ioctl 4505");
    }

    @Test
    void recoversFromAnOverflowThatReadReports() {
        fire(1);
        List<String> calls = new ArrayList<>();
        try (XenEventChannels overflowing = XenEventChannels.open(evtchn(), overflowing(calls, false), null)) {
            assertThat(overflowing.await(POLL_MILLIS)).isEqualTo(new Raised(List.of(), true));
        }
        assertThat(calls).containsExactly("read", "ioctl 4505");
    }

    /** libc on a device whose queue has overflowed: poll says POLLERR, or a read fails with EFBIG. */
    private LibC overflowing(List<String> calls, boolean pollTells) {
        return new LibC() {
            @Override
            int poll(Pointer fds, long count, int timeoutMillis) {
                fds.setShort(6, pollTells ? LibC.POLLERR : LibC.POLLIN);
                return 1;
            }

            @Override
            long read(int fd, Pointer into, long bytes) {
                calls.add("read");
                Native.setLastError(Errno.EFBIG.code());
                return -1;
            }

            @Override
            int ioctl(int fd, long request, long argument) {
                calls.add("ioctl " + Long.toHexString(request));
                return 0;
            }
        };
    }

    private LibXenEvtchn evtchn() {
        return new LibXenEvtchn() {
            @Override
            Pointer xenevtchn_open(Pointer logger, int flags) {
                return new Memory(8);
            }

            @Override
            int xenevtchn_fd(Pointer xce) {
                return pair[0];
            }

            @Override
            int xenevtchn_close(Pointer xce) {
                return 0;
            }
        };
    }

    private void fire(int... ports) {
        Memory words = new Memory(4L * ports.length);
        words.write(0, ports, 0, ports.length);
        assertThat(LIBC.write(pair[1], words, words.size())).isEqualTo(words.size());
    }

    private List<Integer> written(int count) {
        List<Integer> ports = new ArrayList<>();
        Memory words = new Memory(4L * count);
        while (ports.size() < count) {
            long bytes = LIBC.read(pair[1], words, words.size());
            for (int at = 0; at < bytes; at += 4) {
                ports.add(words.getInt(at));
            }
        }
        return ports;
    }
}
