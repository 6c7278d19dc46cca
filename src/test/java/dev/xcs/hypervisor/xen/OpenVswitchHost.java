package dev.xcs.hypervisor.xen;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.xcs.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A real Open vSwitch in the network namespace of the thread that starts it, with its database and its control sockets in a directory of its own.
 * Where the kernel has no module for it, its bridges are those of user space, which see frames before nftables does: guards are tried elsewhere.
 */
final class OpenVswitchHost implements AutoCloseable {
    /** Directories that Debian's packages are unpacked in, as scripts/test does; beside them the root is looked through. */
    private static final String VARIABLE = "XCS_TEST_OPENVSWITCH";

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Path KERNEL_MODULE = Path.of("/sys/module/openvswitch");

    private final Path directory;
    private final List<Process> processes = new ArrayList<>();

    private OpenVswitchHost(Path directory) {
        this.directory = directory;
    }

    /** Skips the test where it is not installed. */
    static OpenVswitchHost start(Path directory) throws Exception {
        Path schema = require("usr/share/openvswitch/vswitch.ovsschema");
        Path tool = require("usr/bin/ovsdb-tool");
        Path server = require("usr/sbin/ovsdb-server");
        Path vswitch = require("usr/lib/openvswitch-switch/ovs-vswitchd");
        Path control = require("usr/bin/ovs-vsctl");
        OpenVswitchHost host = new OpenVswitchHost(directory);
        Path database = directory.resolve("conf.db");
        NetworkNamespace.run(tool.toString(), "create", database.toString(), schema.toString());
        String socket = directory.resolve("db.sock").toString();
        host.run(server, "--remote=punix:" + socket, "--unixctl=" + directory.resolve("db.ctl"), database.toString());
        Await.until("the database is served", SOON, () -> Files.exists(Path.of(socket)));
        NetworkNamespace.run(control.toString(), "--db=unix:" + socket, "--no-wait", "init");
        host.run(vswitch, "unix:" + socket, "--unixctl=" + directory.resolve("vswitchd.ctl"));
        host.writeControl(control, socket);
        return host;
    }

    private static Path require(String file) {
        Optional<Path> found = Stream.of(Optional.ofNullable(System.getenv(VARIABLE))
                        .orElse("")
                        .concat(":/")
                        .split(":"))
                .filter(root -> !root.isEmpty())
                .map(root -> Path.of(root, file))
                .filter(Files::exists)
                .findFirst();
        assumeTrue(found.isPresent(), "needs Open vSwitch (Debian: openvswitch-switch): no " + file);
        return found.get();
    }

    private void run(Path program, String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(program.toString());
        builder.command().addAll(List.of(arguments));
        Path log = directory.resolve(program.getFileName() + ".log");
        processes.add(
                builder.redirectErrorStream(true).redirectOutput(log.toFile()).start());
    }

    /** The program itself, which is told here where the database is. */
    private void writeControl(Path control, String socket) throws IOException {
        String userspace = Files.exists(KERNEL_MODULE)
                ? ""
                : "before=\nfor word; do [ \"$before\" != add-br ] || more=\"-- set bridge $word datapath_type=netdev\"\n"
                        + "before=$word; done\n";
        Path script = programs().resolve(OpenVswitch.PROGRAM);
        Files.createDirectories(programs());
        Files.writeString(
                script, "#!/bin/sh\n" + userspace + "exec " + control + " --db=unix:" + socket + " \"$@\" $more\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Where xcsd is to look for ovs-vsctl. */
    Path programs() {
        return directory.resolve("bin");
    }

    /** What an administrator does, or sees. */
    String control(String arguments) {
        return NetworkNamespace.run(
                (programs().resolve(OpenVswitch.PROGRAM) + " --timeout=10 " + arguments).split(" "));
    }

    /** Waits for their end, so that nothing of them is in the namespace afterwards. */
    @Override
    public void close() {
        // The switch first: without a database it would wait for one.
        for (int i = processes.size() - 1; i >= 0; i--) {
            processes.get(i).destroy();
            processes.get(i).onExit().join();
        }
    }
}
