package dev.xcs.hypervisor.xen;

import dev.xcs.model.DeviceNumber;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The terminals that somebody is logged in on, by {@code /proc/PID/stat}. */
record SessionTerminals(Path proc) {
    private static final Logger LOG = LoggerFactory.getLogger(SessionTerminals.class);
    /** tty_nr, counted behind the name in parentheses, which may hold anything. */
    private static final int TTY_FIELD = 4;

    /** Whether a process has this device for its controlling terminal. */
    boolean has(DeviceNumber terminal) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (terminal.equals(of(process))) {
                    return true;
                }
            }
        } catch (IOException e) {
            LOG.debug("{} cannot be listed: {}", proc, e.toString());
        }
        return false;
    }

    private static DeviceNumber of(Path process) {
        try {
            String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return FileNode.decode(Integer.toUnsignedLong(Integer.parseInt(fields[TTY_FIELD])));
        } catch (IOException | RuntimeException gone) {
            return new DeviceNumber(0, 0);
        }
    }
}
