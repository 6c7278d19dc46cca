package dev.xcs.console;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Finds out from what a boot prints how far it is: lines are put together over the borders of chunks, and each is looked at once it is
 * whole, and the last one also as far as it has come, since a prompt waits. Bounded: a line is looked at up to a length,
 * and a boot up to a number of bytes.
 */
final class MilestoneMatcher {
    private static final int MAX_LINE = 512;
    /** A boot that has printed so much and not come to its prompt does not have one. */
    private static final int MAX_BYTES = 4 << 20;
    /** Colours and the like. */
    private static final Pattern SEQUENCES = Pattern.compile("\\u001b(\\[[0-9;?]*[@-~]|[()].|[=>])");

    /** What a boot comes to, and how that looks. */
    record Milestone(String name, Pattern pattern) {}

    private final List<Milestone> ahead;
    private final StringBuilder line = new StringBuilder();
    private long seen;

    MilestoneMatcher(List<Milestone> milestones) {
        this.ahead = new ArrayList<>(milestones);
    }

    /** Whether nothing more can be found. */
    boolean isDone() {
        return ahead.isEmpty();
    }

    /** The milestones that these bytes bring, in the order of the list; what is passed over is not found any more. */
    List<String> found(Buffer bytes) {
        if (isDone()) {
            return List.of();
        }
        List<String> found = new ArrayList<>();
        for (int i = 0; i < bytes.length() && !isDone(); i++) {
            take(bytes.getByte(i) & 0xff, found);
        }
        look(found);
        seen += bytes.length();
        if (seen > MAX_BYTES) {
            ahead.clear();
        }
        return found;
    }

    private void take(int c, List<String> found) {
        if (c == '\n' || c == '\r') {
            look(found);
            line.setLength(0);
        } else if (line.length() < MAX_LINE) {
            line.append((char) c);
        }
    }

    private void look(List<String> found) {
        if (line.isEmpty()) {
            return;
        }
        String plain = SEQUENCES.matcher(line).replaceAll("");
        for (int i = 0; i < ahead.size(); i++) {
            Milestone milestone = ahead.get(i);
            if (milestone.pattern().matcher(plain).find()) {
                found.add(milestone.name());
                ahead.subList(0, i + 1).clear();
                return;
            }
        }
    }
}
