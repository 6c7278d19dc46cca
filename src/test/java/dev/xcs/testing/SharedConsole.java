package dev.xcs.testing;

import dev.xcs.hypervisor.BlockDevices;
import dev.xcs.hypervisor.ConsolePage;
import dev.xcs.hypervisor.ConsoleRing;
import dev.xcs.hypervisor.ConsoleRings;
import dev.xcs.hypervisor.Domains;
import dev.xcs.hypervisor.EventChannels;
import dev.xcs.hypervisor.Hypervisor;
import dev.xcs.hypervisor.HypervisorLog;
import dev.xcs.hypervisor.Kernels;
import dev.xcs.hypervisor.NetworkDevices;
import dev.xcs.model.HostInfo;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A console ring in a file that two processes map: the guest's end in the test, the other in a daemon that can be killed. It is as real Xen has it: what
 * is in the ring stays there, and so do its counts.
 */
public final class SharedConsole {
    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    private final ConsolePage page;

    private SharedConsole(ConsolePage page) {
        this.page = page;
    }

    private static ConsolePage map(Path file) {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new ConsolePage(channel.map(FileChannel.MapMode.READ_WRITE, 0, 4096));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The guest's end. */
    public static SharedConsole guest(Path file) {
        return new SharedConsole(map(file));
    }

    /** Prints as much as there is room for; gives how much that was. */
    public int offer(byte[] bytes, int from, int length) {
        int printed = page.putOutput(bytes, from, length);
        if (printed == 0) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return printed;
    }

    /** The other end: a host with this one guest, whose events are seen by looking. */
    public static Hypervisor host(Path file) {
        return new Host(map(file));
    }

    private static final class Host implements Hypervisor, EventChannels, ConsoleRing {
        private static final int PORT = 1;
        private final ConsolePage page;
        private boolean bound;
        private boolean masked;
        private boolean woken;

        Host(ConsolePage page) {
            this.page = page;
        }

        @Override
        public EventChannels eventChannels() {
            return this;
        }

        @Override
        public ConsoleRings consoleRings() {
            return (domid, frame) -> this;
        }

        @Override
        public synchronized int bind(int domid, int remotePort) {
            bound = true;
            return PORT;
        }

        @Override
        public synchronized void unbind(int port) {
            bound = false;
        }

        @Override
        public void notify(int port) {
            // The guest looks by itself.
        }

        @Override
        public synchronized void unmask(List<Integer> ports) {
            masked = false;
        }

        @Override
        public Raised await(int timeoutMillis) {
            long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
            while (System.nanoTime() < deadline) {
                synchronized (this) {
                    if (woken) {
                        woken = false;
                        break;
                    }
                    if (bound && !masked && page.hasOutput()) {
                        masked = true;
                        return new Raised(List.of(PORT), false);
                    }
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            return new Raised(List.of(), false);
        }

        @Override
        public synchronized void wake() {
            woken = true;
        }

        @Override
        public int peek(byte[] into, int at) {
            return page.peekOutput(into, at);
        }

        @Override
        public void consume(int count) {
            page.consumeOutput(count);
        }

        @Override
        public int taken() {
            return page.outputTaken();
        }

        @Override
        public int write(byte[] from, int offset, int length) {
            return page.putInput(from, offset, length);
        }

        @Override
        public boolean hasOutput() {
            return page.hasOutput();
        }

        @Override
        public boolean isOutputUntouched() {
            return page.isOutputUntouched();
        }

        @Override
        public void close() {
            // The file stays.
        }

        @Override
        public HostInfo host() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Domains domains() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Kernels kernels() {
            return new FakeHypervisor().kernels();
        }

        @Override
        public HypervisorLog log() {
            throw new UnsupportedOperationException();
        }

        @Override
        public BlockDevices blockDevices() {
            throw new UnsupportedOperationException();
        }

        @Override
        public NetworkDevices networkDevices() {
            throw new UnsupportedOperationException();
        }
    }
}
