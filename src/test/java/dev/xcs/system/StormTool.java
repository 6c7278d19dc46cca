package dev.xcs.system;

import com.fasterxml.jackson.databind.JsonNode;
import dev.xcs.testing.DaemonProcess;
import dev.xcs.testing.EventSocket;
import dev.xcs.testing.SequenceReader;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/** A tool in the storm: what its session was given, over all its streams, and what it was told of as lost. */
final class StormTool implements SequenceReader.Taker {
    private static final int PATIENCE_MILLIS = 250;

    final String session;
    final List<Map<String, String>> bindings;
    /** It is owed what comes after this. */
    private final long position;

    private final BitSet received = new BitSet();
    private final List<long[]> gaps = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();
    private long last;
    private SequenceReader reader;
    private EventSocket unread;

    StormTool(String session, List<Map<String, String>> bindings, long position) {
        this.session = session;
        this.bindings = bindings;
        this.position = position;
        this.last = position;
    }

    @Override
    public synchronized void message(long sequence, String record) {
        if (sequence <= last) {
            wrong.add(sequence + " after " + last);
        }
        received.set(Math.toIntExact(sequence));
        last = sequence;
    }

    @Override
    public synchronized void other(JsonNode record) {
        String kind = record.path("record").asText();
        if (kind.equals("gap")) {
            gaps.add(new long[] {
                record.path("lostFrom").asLong(), record.path("lostTo").asLong()
            });
        } else if (kind.equals("end") || kind.equals("error")) {
            wrong.add(record.toString());
        }
    }

    @Override
    public synchronized void gone(String why) {
        wrong.add(why + " after " + last);
    }

    synchronized long last() {
        return last;
    }

    synchronized List<String> wrong() {
        return List.copyOf(wrong);
    }

    synchronized long gapCount() {
        return gaps.size();
    }

    synchronized int count() {
        return received.cardinality();
    }

    boolean isAttached() {
        return reader != null;
    }

    void attach(DaemonProcess daemon) throws IOException {
        reader = SequenceReader.open(daemon.address(), path(), daemon.token(), this);
    }

    private String path() {
        return session + "/events?after=" + last();
    }

    void drop() throws IOException {
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }

    /** Opens a stream and reads nothing of it. */
    void stick(DaemonProcess daemon) throws IOException {
        unread = new EventSocket(daemon.address(), path(), daemon.token(), 4096);
    }

    /** Reads what has been sent meanwhile to the stream that nobody has read. */
    void wake() throws IOException {
        try (EventSocket waiting = unread) {
            while (true) {
                SequenceReader.take(new String(waiting.next(PATIENCE_MILLIS), StandardCharsets.UTF_8), this);
            }
        } catch (EOFException | SocketTimeoutException over) {
            // The daemon gave it up, or there is no more yet: the next stream goes on.
            unread = null;
        }
    }

    boolean wants(String domain, String type) {
        return bindings.stream()
                .anyMatch(binding -> List.of("*", domain).contains(binding.getOrDefault("domain", "*"))
                        && List.of("*", type).contains(binding.getOrDefault("type", "*")));
    }

    /** Neither received nor told of as lost. */
    synchronized BitSet missing(BitSet wanted) {
        BitSet missing = (BitSet) wanted.clone();
        missing.clear(0, Math.toIntExact(position + 1));
        missing.andNot(received);
        gaps.forEach(gap -> missing.clear(Math.toIntExact(gap[0]), Math.toIntExact(gap[1] + 1)));
        return missing;
    }

    synchronized BitSet unwanted(BitSet wanted) {
        BitSet unwanted = (BitSet) received.clone();
        unwanted.andNot(wanted);
        return unwanted;
    }

    @Override
    public synchronized String toString() {
        String lost = gaps.stream().map(gap -> gap[0] + "-" + gap[1]).toList().toString();
        return bindings + " after " + position + ", read up to " + last + ", lost " + lost + ", wrong " + wrong;
    }
}
