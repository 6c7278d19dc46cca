package dev.xcs.block;

import dev.xcs.model.AttachedDevice;
import dev.xcs.model.DeviceNumber;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A process of qemu-nbd: its command line, how it is started, and how it is known again. All calls block. */
final class NbdProcess {
    /** Puts the server into a session of its own, out of reach of a terminal's interrupt. */
    private static final Path SETSID = Path.of("/usr/bin/setsid");

    private static final String CONNECT = "--connect=";
    private static final String SOCKET = "--socket=";
    private static final String FORMAT = "--format=";
    private static final String READ_ONLY = "--read-only";

    private final Path command;
    private final NbdFiles files;

    NbdProcess(Path command, NbdFiles files) {
        this.command = command;
        this.files = files;
    }

    /** How the image is read and written. */
    enum Access {
        /** Past the page cache, as a loop device does it. */
        DIRECT("--cache=none", "--aio=native"),
        /** Where the file system cannot do that; what a guest flushes is on disk all the same. */
        CACHED("--cache=writeback", "--aio=threads");

        private final String cache;
        private final String aio;

        Access(String cache, String aio) {
            this.cache = cache;
            this.aio = aio;
        }
    }

    List<String> line(NbdImage image, AttachedDevice device, Access access) {
        List<String> line = new ArrayList<>();
        if (Files.isExecutable(SETSID)) {
            line.add(SETSID.toString());
        }
        line.add(command.toString());
        // Else it forks when it is connected, and nobody is its parent.
        line.add("--verbose");
        line.add(CONNECT + device.path());
        line.add(SOCKET + files.socket(device.number()));
        line.add(FORMAT + ImageReader.nameOf(image.format()));
        if (image.readOnly()) {
            line.add(READ_ONLY);
        }
        line.addAll(List.of(access.cache, access.aio, "--discard=" + (image.discard() ? "unmap" : "ignore")));
        // An absolute path has no protocol, whatever colons and commas come later.
        line.addAll(List.of("--", image.file().toString()));
        return line;
    }

    Process start(NbdImage image, AttachedDevice device, Access access) throws IOException {
        files.prepare(device.number(), device.path());
        File log = files.log(device.number()).toFile();
        Process process = new ProcessBuilder(line(image, device, access))
                .directory(new File("/"))
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
        files.write(device.number(), device.path(), process.pid());
        return process;
    }

    /** The server of an earlier run, by its pid, else by its command line among all processes. */
    Optional<Found> find(NbdFiles.Kept kept) {
        return ProcessHandle.of(kept.pid())
                .flatMap(process -> found(process, kept))
                .or(() -> ProcessHandle.allProcesses()
                        .flatMap(process -> found(process, kept).stream())
                        .findFirst());
    }

    /** A server and the process that it runs in. */
    record Found(NbdServer server, ProcessHandle process) {}

    private Optional<Found> found(ProcessHandle process, NbdFiles.Kept kept) {
        List<String> line = arguments(process.pid());
        // The socket is in our own directory: nobody else's server has it.
        boolean ours = line.contains(CONNECT + kept.path()) && line.contains(SOCKET + files.socket(kept.device()));
        return ours && process.isAlive()
                ? Optional.of(new Found(server(kept, line, process), process))
                : Optional.empty();
    }

    private static NbdServer server(NbdFiles.Kept kept, List<String> line, ProcessHandle process) {
        return new NbdServer(
                kept.device(),
                kept.path(),
                Path.of(line.get(line.size() - 1)),
                value(line, FORMAT),
                line.contains(READ_ONLY),
                process.pid());
    }

    private static String value(List<String> line, String option) {
        return line.stream()
                .filter(argument -> argument.startsWith(option))
                .map(argument -> argument.substring(option.length()))
                .findFirst()
                .orElse("");
    }

    static NbdServer server(NbdImage image, AttachedDevice device, long pid) {
        DeviceNumber number = device.number();
        String format = ImageReader.nameOf(image.format());
        return new NbdServer(number, device.path(), image.file(), format, image.readOnly(), pid);
    }

    private static List<String> arguments(long pid) {
        String text = text(Path.of("/proc/" + pid + "/cmdline"));
        return text == null ? List.of() : List.of(text.split("\0"));
    }

    private static @Nullable String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            // The process has ended, or is somebody's whose business is none of ours.
            return null;
        }
    }
}
