package dev.xcs.journal;

import dev.xcs.model.ConsoleBoot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a console's history beside its bytes, as it is on disk.
 *
 * @param boots the boots whose bytes are kept, oldest first, and always the newest
 * @param anchor where the ring of the newest boot stands to the history, null when that is not known
 * @param next the offset that came next when this was written: later ones may be on disk
 * @param hostBoot what tells this run of the host from others
 */
record ConsoleIndex(List<ConsoleBoot> boots, @Nullable Anchor anchor, long next, String hostBoot) {
    static final ConsoleIndex EMPTY = new ConsoleIndex(List.of(), null, 0, "");
    private static final int MAX_BOOTS = 128;

    /**
     * A guest's ring counts the bytes that were taken from it. That count and the offsets of the history go up together, so that what
     * a killed daemon had taken and not kept, or kept and not taken, is known exactly.
     */
    record Anchor(int domid, long offset, int taken) {
        /** What the ring is to have counted at an offset. */
        int takenAt(long at) {
            return taken + (int) (at - offset);
        }
    }

    ConsoleIndex {
        boots = List.copyOf(boots);
    }

    int boot() {
        return boots.isEmpty() ? 0 : boots.get(boots.size() - 1).boot();
    }

    ConsoleIndex booted(int domid, long offset, int taken, Instant now) {
        List<ConsoleBoot> more = new ArrayList<>(boots);
        more.add(new ConsoleBoot(boot() + 1, domid, offset, now));
        List<ConsoleBoot> kept = more.subList(Math.max(0, more.size() - MAX_BOOTS), more.size());
        return new ConsoleIndex(kept, new Anchor(domid, offset, taken), offset, hostBoot);
    }

    ConsoleIndex anchored(@Nullable Anchor value) {
        return new ConsoleIndex(boots, value, next, hostBoot);
    }

    ConsoleIndex at(long value, String host) {
        return new ConsoleIndex(boots, anchor, value, host);
    }

    /** Without the boots that have no byte from an offset on. */
    ConsoleIndex from(long offset) {
        List<ConsoleBoot> kept = new ArrayList<>();
        for (int i = 0; i < boots.size(); i++) {
            boolean last = i + 1 == boots.size();
            if (last || boots.get(i + 1).offset() > offset) {
                kept.add(boots.get(i));
            }
        }
        return new ConsoleIndex(kept, anchor, next, hostBoot);
    }
}
