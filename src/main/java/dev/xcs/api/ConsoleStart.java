package dev.xcs.api;

import dev.xcs.model.ConsoleBoot;
import dev.xcs.model.ConsoleState;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which part of a console somebody wants: from an offset, its last bytes, or from (and for the log: only) one boot. */
final class ConsoleStart {
    static final int DEFAULT_LAST = 64 * 1024;
    private static final Predicate<String> NUMBER = text -> text.matches("\\d{1,18}");
    private static final Predicate<String> BOOT = text -> text.matches("-?\\d{1,9}");

    private final @Nullable Long offset;
    private final @Nullable Long last;
    private final @Nullable Integer boot;

    private ConsoleStart(@Nullable Long offset, @Nullable Long last, @Nullable Integer boot) {
        this.offset = offset;
        this.last = last;
        this.boot = boot;
    }

    /** The parameters offset, last and boot, of which at most one may be given. */
    static ConsoleStart of(QueryFields query) {
        String offset = query.text("offset", NUMBER, "an offset");
        String last = query.text("last", NUMBER, "a number of bytes");
        String boot = query.text("boot", BOOT, "the number of a boot; 0 for this one, -1 for the one before");
        if ((offset == null ? 0 : 1) + (last == null ? 0 : 1) + (boot == null ? 0 : 1) > 1) {
            throw Problem.invalidField(
                            offset == null ? "last" : "offset",
                            offset == null ? String.valueOf(last) : offset,
                            "only one of offset, last and boot")
                    .toException();
        }
        return new ConsoleStart(
                offset == null ? null : Long.valueOf(offset),
                last == null ? null : Long.valueOf(last),
                boot == null ? null : Integer.valueOf(boot));
    }

    static QueryFields query(MultiMap parameters, String... more) {
        Set<String> known = new java.util.TreeSet<>(List.of(more));
        known.addAll(List.of("offset", "last", "boot"));
        return new QueryFields(parameters, known);
    }

    /** Whether nothing was said. */
    boolean isOpen() {
        return offset == null && last == null && boot == null;
    }

    /** The first offset that is wanted; may be one that is not kept any more. */
    long from(ConsoleState state, long defaultLast) {
        if (offset != null) {
            return Math.min(offset, state.next());
        }
        if (boot != null) {
            return boot(state).offset();
        }
        return Math.max(state.first(), state.next() - (last == null ? defaultLast : last));
    }

    /** The offset before which it ends: that of the boot after the one that is wanted, if there is one. */
    long to(ConsoleState state) {
        if (boot == null) {
            return state.next();
        }
        int wanted = boot(state).boot();
        return state.boots().stream()
                .filter(one -> one.boot() > wanted)
                .mapToLong(ConsoleBoot::offset)
                .min()
                .orElse(state.next());
    }

    private ConsoleBoot boot(ConsoleState state) {
        int asked = boot == null ? 0 : boot;
        int wanted = asked <= 0 ? state.boot() + asked : asked;
        return state.boots().stream()
                .filter(one -> one.boot() == wanted)
                .findFirst()
                .orElseThrow(() -> missing(wanted, state));
    }

    private static RuntimeException missing(int wanted, ConsoleState state) {
        boolean was = wanted > 0 && wanted < state.boot();
        String there = state.boots().isEmpty()
                ? "there was none yet"
                : "kept are " + state.boots().get(0).boot() + " to " + state.boot();
        return Problem.of(
                        was ? ProblemType.GONE : ProblemType.NOT_FOUND,
                        "boot: nothing is kept of boot " + wanted + ", " + there)
                .withField("boot")
                .toException();
    }
}
