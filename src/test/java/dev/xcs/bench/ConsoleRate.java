package dev.xcs.bench;

import dev.xcs.testing.ApiClient;
import dev.xcs.testing.ConsoleViewer;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * How fast one guest that prints without end reaches ten viewers by websocket: of the slowest of them, in MiB/s; who loses bytes does not count.
 * Prints {@code ROW ours MIB_PER_SECOND} for each round. Arguments: row, the API's address, its token, rounds, seconds of each, and the fields of the guest as
 * {@code name=value}.
 */
public final class ConsoleRate {
    private static final int VIEWERS = 10;
    /** Rounds that are not counted. */
    private static final int WARM_UP = 5;

    private static final double MIB = 1024 * 1024;

    private ConsoleRate() {}

    public static void main(String[] arguments) throws Exception {
        URI address = URI.create(arguments[1]);
        ApiClient api = new ApiClient(address, arguments[2]);
        int rounds = Integer.parseInt(arguments[3]);
        int seconds = Integer.parseInt(arguments[4]);
        Map<String, Object> guest = new java.util.HashMap<>(Map.of("name", "printer", "memoryMib", 128, "vcpus", 1));
        for (int i = 5; i < arguments.length; i++) {
            String[] field = arguments[i].split("=", 2);
            guest.put(field[0], field[1]);
        }
        String uuid = api.create(guest);
        try (ConsoleViewer writer = api.console(uuid)) {
            writer.awaitText("# ", Duration.ofMinutes(2));
            writer.type("yes " + "0123456789".repeat(7) + "\n");
            writer.awaitText("0123456789", Duration.ofMinutes(1));
        }
        List<Counter> counters = new ArrayList<>();
        for (int i = 0; i < VIEWERS; i++) {
            counters.add(new Counter(address, uuid, arguments[2]));
        }
        // A daemon that has run: what is measured is not the compiler.
        measure(counters, WARM_UP * seconds);
        for (int round = 0; round < rounds; round++) {
            System.out.printf(Locale.ROOT, "%s\tours\t%.3f%n", arguments[0], measure(counters, seconds));
        }
        counters.forEach(Counter::close);
        api.delete("/v1/domains/" + uuid);
    }

    private static double measure(List<Counter> counters, int seconds) {
        List<Long> before = counters.stream().map(Counter::bytes).toList();
        long start = System.nanoTime();
        long end = start + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
        double slowest = Double.MAX_VALUE;
        double taken = (System.nanoTime() - start) / 1e9;
        for (int i = 0; i < counters.size(); i++) {
            slowest = Math.min(slowest, (counters.get(i).bytes() - before.get(i)) / MIB / taken);
        }
        return slowest;
    }

    /** A viewer that counts: a websocket by hand, since a client library would be most of what is measured. */
    private static final class Counter {
        private final Socket socket;
        private final DataInputStream in;
        private final AtomicLong bytes = new AtomicLong();
        private volatile boolean closed;

        Counter(URI address, String uuid, String token) throws IOException {
            socket = new Socket(address.getHost(), address.getPort());
            String request = "GET /v1/domains/" + uuid + "/console?last=0 HTTP/1.1\r\nHost: " + address.getAuthority()
                    + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: eGNzIGNvbnNvbGUgdmlldw==\r\nSec-WebSocket-Protocol: xcs.console.v1\r\n"
                    + "Authorization: Bearer " + token + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 256 * 1024));
            int matched = 0;
            while (matched < 4) {
                int c = in.readUnsignedByte();
                matched = c == "\r\n\r\n".charAt(matched) ? matched + 1 : c == '\r' ? 1 : 0;
            }
            Thread thread = new Thread(this::count, "viewer");
            thread.setDaemon(true);
            thread.start();
        }

        long bytes() {
            return bytes.get();
        }

        private void count() {
            try {
                while (true) {
                    int opcode = in.readUnsignedByte() & 0x0f;
                    int size = in.readUnsignedByte();
                    long length = size == 126 ? in.readUnsignedShort() : size == 127 ? in.readLong() : size;
                    if (opcode == 1) {
                        String text = new String(in.readNBytes((int) length), StandardCharsets.UTF_8);
                        if (text.contains("\"type\":\"gap\"")) {
                            throw new IOException("it lost bytes: " + text);
                        }
                    } else if (opcode == 9) {
                        pong(in.readNBytes((int) length));
                    } else {
                        in.skipNBytes(length);
                        bytes.addAndGet(Math.max(0, length - Long.BYTES));
                    }
                }
            } catch (IOException over) {
                if (!closed) {
                    System.err.println("A viewer ended: " + over.getMessage());
                }
            }
        }

        private void pong(byte[] payload) throws IOException {
            byte[] frame = new byte[6 + payload.length];
            frame[0] = (byte) 0x8a;
            frame[1] = (byte) (0x80 | payload.length);
            System.arraycopy(payload, 0, frame, 6, payload.length);
            socket.getOutputStream().write(frame);
        }

        void close() {
            closed = true;
            try {
                socket.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }
}
