package dev.xcs.testing;

import dev.xcs.bus.Json;
import dev.xcs.config.DaemonConfig.ConsoleConfig;
import dev.xcs.journal.ConsoleLog;
import dev.xcs.message.ConsoleFrame;
import dev.xcs.message.FetchConsole;
import dev.xcs.message.JoinConsole;
import dev.xcs.message.ReadConsoleLog;
import dev.xcs.message.TakeLease;
import dev.xcs.message.TypeConsole;
import dev.xcs.model.ConsoleState;
import dev.xcs.model.GuestOs;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/** Consoles as tests want them: what is kept, and somebody who types. */
public final class Consoles {
    private Consoles() {}

    public static ConsoleConfig config(int inputBytes) {
        return new ConsoleConfig(
                0,
                0,
                0,
                inputBytes,
                Duration.ofMinutes(10),
                Duration.ofHours(8),
                Map.of(GuestOs.UNKNOWN, "Linux version "),
                Map.of(GuestOs.UNKNOWN, "# $"));
    }

    /** In a directory of its own, with room for so many bytes of each domain. */
    public static ConsoleLog log(long historyBytes) {
        try {
            return log(Files.createTempDirectory("xcs-consoles"), historyBytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static ConsoleLog log(Path directory, long historyBytes) {
        try {
            return ConsoleLog.open(directory, new ConsoleLog.Limits(historyBytes, 1L << 40, 0), Json.mapper());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is kept of a console. */
    public record Kept(long offset, byte[] bytes) {
        public String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    public static Kept kept(BusFixture on, UUID uuid) {
        ConsoleState state =
                on.ask(FetchConsole.ADDRESS, new FetchConsole(uuid, false)).state();
        long first = state.first();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        long next = first;
        while (next < state.next()) {
            Buffer frame = on.ask(ReadConsoleLog.ADDRESS, new ReadConsoleLog(uuid, next, 65536))
                    .frame();
            long offset = ConsoleFrame.offset(frame);
            if (offset != next) {
                requireDropped(on, uuid, next, offset);
                all.reset();
                first = offset;
            }
            all.writeBytes(ConsoleFrame.bytes(frame).getBytes());
            next = ConsoleFrame.end(frame);
        }
        return new Kept(first, all.toByteArray());
    }

    /** What is read while the guest prints may have been the oldest, and gone meanwhile; there is no other reason for a hole. */
    private static void requireDropped(BusFixture on, UUID uuid, long from, long to) {
        long first = on.ask(FetchConsole.ADDRESS, new FetchConsole(uuid, false))
                .state()
                .first();
        if (first < to) {
            throw new AssertionError("A hole from " + from + " to " + to + ", kept from " + first);
        }
    }

    /** Somebody who holds the lease of a console. */
    public static final class Writer {
        private final BusFixture on;
        private final UUID uuid;
        private final String viewer;

        public Writer(BusFixture on, UUID uuid) {
            this.on = on;
            this.uuid = uuid;
            this.viewer = on.ask(JoinConsole.ADDRESS, new JoinConsole(uuid, null, "test", false, null))
                    .viewer();
            on.ask(TakeLease.ADDRESS, new TakeLease(uuid, viewer, true));
        }

        public TypeConsole typing(byte[] typed) {
            return new TypeConsole(uuid, viewer, Buffer.buffer(typed));
        }

        public void type(byte[] typed) {
            on.ask(TypeConsole.ADDRESS, typing(typed));
        }

        public void type(String typed) {
            type(typed.getBytes(StandardCharsets.UTF_8));
        }
    }
}
