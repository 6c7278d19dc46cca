package dev.xcs.network;

import dev.xcs.device.SupervisedProcess;
import dev.xcs.model.Lease;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a dnsmasq reads and writes, in a directory for each network: {@code conf}, {@code pid}, {@code log}, {@code leases}, and below
 * {@code dhcp} and {@code hosts} a file for each guest. All calls block.
 */
final class DnsmasqFiles {
    private static final int LOG_SHOWN_BYTES = 2000;
    private static final int LOG_MAX_BYTES = 1 << 18;

    private final Path root;

    DnsmasqFiles(Path root) {
        this.root = root;
    }

    Path directory(String network) {
        return root.resolve(network);
    }

    private Path log(String network) {
        return directory(network).resolve("log");
    }

    private Path pid(String network) {
        return directory(network).resolve(DnsmasqConfig.PID);
    }

    private String argument(String network) {
        return "--conf-file=" + directory(network).resolve("conf");
    }

    /** Writes all that is to be read; tells whether the configuration is what it was. */
    boolean prepare(String network, String config, Collection<Lease> leases) throws IOException {
        for (String name : List.of(DnsmasqConfig.DHCP, DnsmasqConfig.HOSTS)) {
            readable(Files.createDirectories(directory(network).resolve(name)));
        }
        readable(root);
        readable(directory(network));
        write(network, leases);
        Path conf = directory(network).resolve("conf");
        boolean same = Files.exists(conf) && Files.readString(conf).equals(config);
        if (!same) {
            replace(conf, config);
        }
        return same;
    }

    /** It drops its rights before it reads, so everybody may: nothing in there is a secret. */
    private static void readable(Path path) throws IOException {
        Files.setPosixFilePermissions(
                path, PosixFilePermissions.fromString(Files.isDirectory(path) ? "rwxr-xr-x" : "rw-r--r--"));
    }

    private static void replace(Path file, String text) throws IOException {
        // Not in the directory that is watched, nor in one that is listed: a half-written file must not be seen.
        Path fresh = String.valueOf(file.getFileName()).equals("conf")
                ? file.resolveSibling("conf.new")
                : Objects.requireNonNull(file.getParent()).resolveSibling("guest.new");
        Files.writeString(fresh, text);
        readable(fresh);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Lets there be exactly these guests. */
    void write(String network, Collection<Lease> leases) throws IOException {
        Map<String, String> dhcp = new HashMap<>();
        Map<String, String> names = new HashMap<>();
        for (Lease lease : leases) {
            String file = lease.mac().text().replace(':', '-');
            dhcp.put(file, DnsmasqConfig.dhcp(lease));
            String name = DnsmasqConfig.name(lease);
            if (name != null) {
                names.put(file, name);
            }
        }
        sync(directory(network).resolve(DnsmasqConfig.DHCP), dhcp);
        sync(directory(network).resolve(DnsmasqConfig.HOSTS), names);
    }

    private static void sync(Path directory, Map<String, String> wanted) throws IOException {
        try (DirectoryStream<Path> there = Files.newDirectoryStream(directory)) {
            for (Path file : there) {
                if (!wanted.containsKey(String.valueOf(file.getFileName()))) {
                    Files.delete(file);
                }
            }
        }
        for (Map.Entry<String, String> one : wanted.entrySet()) {
            Path file = directory.resolve(one.getKey());
            if (!Files.exists(file) || !Files.readString(file).equals(one.getValue())) {
                replace(file, one.getValue());
            }
        }
    }

    /** Starts it; it stays in the foreground, so that its end is noticed. */
    Process launch(Path program, String network) throws IOException {
        Files.deleteIfExists(pid(network));
        Files.write(log(network), new byte[0]);
        List<String> command = SupervisedProcess.detached(
                List.of(program.toString(), "--keep-in-foreground", "--log-facility=-", argument(network)));
        return new ProcessBuilder(command)
                .directory(new File("/"))
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log(network).toFile()))
                .start();
    }

    boolean isReady(String network) throws IOException {
        Path file = pid(network);
        return Files.exists(file) && !Files.readString(file).isBlank();
    }

    /** The one of an earlier run. */
    Optional<ProcessHandle> running(String network) throws IOException {
        Path file = pid(network);
        String text = Files.exists(file) ? Files.readString(file).strip() : "";
        long pid = text.matches("\\d{1,9}") ? Long.parseLong(text) : 0;
        return SupervisedProcess.find(pid, line -> line.contains(argument(network)));
    }

    /** The networks that there is something of. */
    List<String> networks() throws IOException {
        List<String> names = new ArrayList<>();
        if (Files.isDirectory(root)) {
            try (DirectoryStream<Path> there = Files.newDirectoryStream(root, Files::isDirectory)) {
                there.forEach(path -> names.add(String.valueOf(path.getFileName())));
            }
        }
        return names;
    }

    void forget(String network) throws IOException {
        Path directory = directory(network);
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** The last that it said. */
    String said(String network) {
        try (RandomAccessFile log = new RandomAccessFile(log(network).toFile(), "r")) {
            long from = Math.max(0, log.length() - LOG_SHOWN_BYTES);
            log.seek(from);
            byte[] tail = new byte[(int) Math.min(LOG_SHOWN_BYTES, log.length() - from)];
            log.readFully(tail);
            return new String(tail, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** Empties a log that has become too long; dnsmasq appends to it, and so goes on at its beginning. */
    void trim(String network) throws IOException {
        Path log = log(network);
        if (Files.exists(log) && Files.size(log) > LOG_MAX_BYTES) {
            try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
                channel.truncate(0);
            }
        }
    }
}
