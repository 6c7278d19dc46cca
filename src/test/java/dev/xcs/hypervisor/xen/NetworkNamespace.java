package dev.xcs.hypervisor.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * A network of this machine's kernel that has nothing to do with the machine's own: whatever a test does there is gone when it is closed.
 * A thread is in one at a time; sockets that it opens, and processes that it starts, belong there.
 */
final class NetworkNamespace implements AutoCloseable {
    private static final int CLONE_NEWNET = 0x40000000;
    private static final String OWN = "/proc/thread-self/ns/net";

    private static final Calls CALLS = Native.load("libc.so.6", Calls.class);

    private final int fd;

    private NetworkNamespace(int fd) {
        this.fd = fd;
    }

    interface Calls extends Library {
        int unshare(int flags);

        int setns(int fd, int type);

        int open(String path, int flags);

        int close(int fd);
    }

    /** Skips the test where this is not possible. */
    static void requireRoot() {
        assumeTrue("root".equals(System.getProperty("user.name")), "network namespaces need root");
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/ip")), "needs iproute2");
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/nft")), "needs nftables");
    }

    /** A new one with nothing in it but its loopback, which is up. */
    static NetworkNamespace create() {
        NetworkNamespace before = current();
        assertThat(CALLS.unshare(CLONE_NEWNET)).as("unshare").isZero();
        NetworkNamespace made = current();
        ip("link set lo up");
        before.enter();
        before.close();
        return made;
    }

    /** That of this thread. */
    static NetworkNamespace current() {
        int fd = CALLS.open(OWN, LibC.O_RDONLY | LibC.O_CLOEXEC);
        assertThat(fd).as("open " + OWN).isNotNegative();
        return new NetworkNamespace(fd);
    }

    /** Brings this thread there. */
    void enter() {
        assertThat(CALLS.setns(fd, CLONE_NEWNET)).as("setns").isZero();
    }

    /** Does something there, and comes back. */
    <T> T in(Callable<T> what) throws Exception {
        NetworkNamespace before = current();
        enter();
        try {
            return what.call();
        } finally {
            before.enter();
            before.close();
        }
    }

    /** How iproute2 is told of it. */
    String path() {
        return "/proc/" + ProcessHandle.current().pid() + "/fd/" + fd;
    }

    /** Runs ip in the namespace of this thread, with words separated by spaces; what it prints. */
    static String ip(String arguments) {
        return run(("ip " + arguments).split(" "));
    }

    static String run(String... command) {
        try {
            Process process = new ProcessBuilder(List.of(command))
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor())
                    .as(String.join(" ", command) + ": " + output)
                    .isZero();
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        CALLS.close(fd);
    }
}
