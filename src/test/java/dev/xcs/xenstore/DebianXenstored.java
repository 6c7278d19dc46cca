package dev.xcs.xenstore;

import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Debian's C xenstored (package xen-utils-4.17) in a directory of its own, on a machine without Xen: fake-xen.c stands in for the
 * Xen libraries. Without them it does not get as far as to make its database.
 */
final class DebianXenstored implements StorePeer {
    /** The port that fake-xen.c binds VIRQ_DOM_EXC to. */
    private static final int VIRQ_PORT = 4000;

    private final Path directory;
    private final Path binary;
    private Process process;

    DebianXenstored(Path directory) throws Exception {
        this.directory = directory;
        this.binary = find().orElseThrow();
        try (InputStream source = Objects.requireNonNull(DebianXenstored.class.getResourceAsStream("/fake-xen.c"))) {
            Files.copy(source, directory.resolve("fake-xen.c"));
        }
        run("cc", "-shared", "-fPIC", "-o", "fake-xen.so", "fake-xen.c", "-ldl");
        run("mkfifo", "events");
        Files.writeString(directory.resolve("xsd_port"), "1");
        Files.write(directory.resolve("xsd_kva"), new byte[4096]);
        start();
    }

    /** Why it cannot be used on this machine; empty when it can. */
    static Optional<String> missing() {
        if (find().isEmpty()) {
            return Optional.of("no /usr/lib/xen-*/bin/xenstored (Debian: xen-utils-4.17)");
        }
        boolean compiler =
                Stream.of(System.getenv("PATH").split(":")).anyMatch(path -> Files.isExecutable(Path.of(path, "cc")));
        return compiler ? Optional.empty() : Optional.of("no C compiler named cc (Debian: gcc) for fake-xen.c");
    }

    private static Optional<Path> find() {
        return Stream.of("4.17", "4.19", "4.20")
                .map(version -> Path.of("/usr/lib/xen-" + version + "/bin/xenstored"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    @Override
    public Path socket() {
        return directory.resolve("socket");
    }

    @Override
    public void start() throws IOException, InterruptedException {
        ProcessBuilder builder = command(List.of(binary.toString(), "--no-fork", "--internal-db", "-F", "pid"));
        builder.environment().put("LD_PRELOAD", directory.resolve("fake-xen.so").toString());
        builder.environment().put("XENSTORED_RUNDIR", directory.toString());
        builder.environment().put("XENSTORED_PATH", socket().toString());
        process = builder.start();
        Await.until("xenstored answers, see " + directory.resolve("log"), this::accepts);
    }

    @Override
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void addDomain(int domid) throws IOException {
        Files.writeString(domain(domid), "0");
    }

    @Override
    public void shutDomainDown(int domid) throws IOException {
        Files.writeString(domain(domid), "4");
        raise();
    }

    @Override
    public void removeDomain(int domid) throws IOException {
        Files.delete(domain(domid));
        raise();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }

    private Path domain(int domid) {
        return directory.resolve("domain-" + domid);
    }

    private void raise() throws IOException {
        byte[] port = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(VIRQ_PORT)
                .array();
        Files.write(directory.resolve("events"), port, StandardOpenOption.WRITE);
    }

    private boolean accepts() {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket()));
        } catch (IOException notYet) {
            return false;
        }
    }

    private void run(String... command) throws IOException, InterruptedException {
        Process started = command(List.of(command)).start();
        if (!started.waitFor(60, TimeUnit.SECONDS) || started.exitValue() != 0) {
            throw new IOException(List.of(command) + " failed: " + Files.readString(directory.resolve("log")));
        }
    }

    private ProcessBuilder command(List<String> command) {
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("log").toFile()));
    }
}
