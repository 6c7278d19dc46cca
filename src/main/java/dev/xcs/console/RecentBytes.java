package dev.xcs.console;

import dev.xcs.journal.ConsoleHistory;
import dev.xcs.message.ConsoleFrame;
import dev.xcs.model.ConsoleBoot;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The last that was read of a console which others read too, in memory; an offset counts what was read here. Of one event loop. */
final class RecentBytes {
    private final ByteRing kept;
    private final List<ConsoleBoot> boots = new ArrayList<>();
    private long next;

    /** @param limit in bytes; more than comes at once */
    RecentBytes(int limit) {
        this.kept = new ByteRing(limit);
    }

    /** What comes next is of this boot; whether it is another than before. */
    boolean booted(int domid, Instant now) {
        int last = boots.size() - 1;
        if (last >= 0 && boots.get(last).domid() == domid) {
            return false;
        }
        boots.add(new ConsoleBoot(last < 0 ? 1 : boots.get(last).boot() + 1, domid, next, now));
        return true;
    }

    /** Keeps bytes and gives them back with their offset, as {@link ConsoleFrame} has it. */
    Buffer append(Buffer bytes) {
        byte[] all = bytes.getBytes();
        kept.drop(Math.max(0, all.length - kept.room()));
        kept.append(all, 0, all.length);
        Buffer frame = ConsoleFrame.of(next, all, all.length);
        next += all.length;
        while (boots.size() > 1 && boots.get(1).offset() <= first()) {
            boots.remove(0);
        }
        return frame;
    }

    private long first() {
        return next - kept.size();
    }

    ConsoleHistory.Extent extent() {
        return new ConsoleHistory.Extent(first(), next, boots);
    }

    /** The first bytes that are kept from an offset on, at most so many, as {@link ConsoleFrame} has it. */
    Buffer read(long from, int atMost) {
        long begin = Math.min(next, Math.max(from, first()));
        int skip = (int) (begin - first());
        byte[] all = kept.peek((int) Math.min(kept.size(), (long) skip + atMost));
        return Buffer.buffer().appendLong(begin).appendBytes(all, skip, all.length - skip);
    }
}
