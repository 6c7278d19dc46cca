package dev.xcs.hypervisor.sim.net;

import dev.xcs.model.IpAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Who is behind which address of a link, as far as a host has learned it, and the packets that wait to learn it. Not thread-safe. */
final class Neighbours {
    /** After that long what is known is used on, but asked for again. */
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** After that long without an answer nothing is known any more. */
    private static final long GONE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long ASK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int MOST_WAITING = 16;

    private record Key(Nic nic, IpAddress ip) {}

    /** Asks on a link who has an address. */
    interface Question {
        void ask(Nic nic, IpAddress wanted);
    }

    private static final class Entry {
        private @Nullable HardwareAddress mac;
        private long learned;
        /** When it was asked first without an answer since; 0 for not. */
        private long doubted;

        private long asked;
        private final Deque<IpPacket> waiting = new ArrayDeque<>();
    }

    private final Map<Key, Entry> entries = new HashMap<>();
    private final Question question;

    Neighbours(Question question) {
        this.question = question;
    }

    /** Sends a packet to a neighbour, or keeps it until it is known who that is. */
    void send(Nic nic, IpAddress neighbour, IpPacket packet) {
        Entry entry = entries.computeIfAbsent(new Key(nic, neighbour), key -> new Entry());
        long now = System.nanoTime();
        HardwareAddress mac = entry.mac;
        if (mac != null && now - entry.learned > FRESH_NANOS) {
            entry.doubted = entry.doubted == 0 ? now : entry.doubted;
            if (now - entry.doubted > GONE_NANOS) {
                entry.mac = null;
                mac = null;
            }
        }
        if (mac != null) {
            transmit(nic, mac, packet);
        } else {
            if (entry.waiting.size() == MOST_WAITING) {
                entry.waiting.remove();
            }
            entry.waiting.add(packet);
        }
        if ((mac == null || entry.doubted != 0) && (entry.asked == 0 || now - entry.asked > ASK_AGAIN_NANOS)) {
            entry.asked = now;
            question.ask(nic, neighbour);
        }
    }

    static void transmit(Nic nic, HardwareAddress to, IpPacket packet) {
        nic.transmit(Frame.untagged(to, nic.mac(), packet.frameType(), packet.encode())
                .encode());
    }

    /**
     * Somebody said who has an address.
     *
     * @param told whether it was said to this host: only then is a neighbour remembered that it did not ask for
     */
    void learn(Nic nic, IpAddress ip, HardwareAddress mac, boolean told) {
        Key key = new Key(nic, ip);
        Entry entry = told ? entries.computeIfAbsent(key, k -> new Entry()) : entries.get(key);
        if (entry != null) {
            entry.mac = mac;
            entry.learned = System.nanoTime();
            entry.doubted = 0;
            for (IpPacket packet = entry.waiting.poll(); packet != null; packet = entry.waiting.poll()) {
                transmit(nic, mac, packet);
            }
        }
    }

    void forget(Nic nic) {
        entries.keySet().removeIf(key -> key.nic().equals(nic));
    }

    /** Those that are known, in the form {@code ADDRESS dev NAME lladdr MAC}. */
    String print() {
        StringBuilder text = new StringBuilder();
        entries.forEach((key, entry) -> {
            if (entry.mac != null) {
                text.append(key.ip()).append(" dev ").append(key.nic().name());
                text.append(" lladdr ").append(entry.mac).append('\n');
            }
        });
        return text.toString();
    }
}
