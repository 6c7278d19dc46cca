package dev.xcs;

import dev.xcs.message.ListenAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Where a daemon is reached, as a file in its state directory for as long as it serves: scripts wait for it, and with port 0 only it
 * knows. Lines of {@code name=value}: pid, api, management.
 */
record Endpoints(Path file, String api, String management) implements AutoCloseable {
    private static final String NAME = "endpoints";

    static Endpoints of(Path stateDir, ListenAddress api, ListenAddress management) {
        return new Endpoints(stateDir.resolve(NAME), url(api), url(management));
    }

    /** Writes the file; that of a daemon that was killed is replaced. */
    Endpoints publish() throws IOException {
        Path draft = Files.createTempFile(
                file.getParent(),
                NAME,
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(draft, text());
        // At once and whole: who finds the file may read it.
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        return this;
    }

    private static String url(ListenAddress address) {
        String host = address.host().contains(":") ? "[" + address.host() + "]" : address.host();
        return "http://" + host + ":" + address.port();
    }

    private String text() {
        return "pid=" + ProcessHandle.current().pid() + "\napi=" + api + "\nmanagement=" + management + "\n";
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
    }
}
