package dev.xcs.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.xcs.message.LeaseChanged;
import dev.xcs.model.ConsoleBoot;
import dev.xcs.model.ConsoleLease;
import dev.xcs.model.ConsoleWatcher;
import dev.xcs.model.Problem;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The text frames that a console viewer is sent; told apart by {@code type}. The contract describes them. */
final class ConsoleText {
    /** Where a boot begins, without what only the switch needs. */
    record Boot(int boot, long offset, Instant time) {
        static List<Boot> of(List<ConsoleBoot> boots) {
            return boots.stream()
                    .map(boot -> new Boot(boot.boot(), boot.offset(), boot.time()))
                    .toList();
        }
    }

    /** @param domid null while the domain does not run */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Hello(
            String type,
            UUID uuid,
            @Nullable Integer domid,
            String name,
            int boot,
            long first,
            long next,
            long offset,
            String viewer,
            List<ConsoleWatcher> viewers,
            ConsoleLease lease,
            List<Boot> boots,
            boolean viewOnly,
            boolean shared) {}

    record Viewers(String type, List<ConsoleWatcher> viewers) {}

    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Lease(
            String type,
            @Nullable String holder,
            @Nullable String name,
            String reason,
            @Nullable Instant expires) {}

    record Gap(String type, long from, long to, String reason) {}

    record Restarted(String type, int boot, int domid, long offset) {}

    record Resize(String type, int columns, int rows) {}

    record Stopped(String type, String reason) {}

    record Failure(String type, Problem problem) {}

    @JsonInclude(JsonInclude.Include.ALWAYS)
    record LeaseRefused(
            String type,
            Problem problem,
            @Nullable String holder,
            @Nullable String name) {}

    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Refused(
            String type,
            long offset,
            Problem problem,
            @Nullable String holder,
            @Nullable String name) {}

    record End(String type) {}

    private ConsoleText() {}

    static String viewers(List<ConsoleWatcher> viewers) {
        return Answers.text(new Viewers("viewers", viewers));
    }

    static String lease(LeaseChanged change) {
        ConsoleLease lease = change.lease();
        return Answers.text(new Lease("lease", lease.holder(), lease.name(), change.reason(), lease.expires()));
    }

    static String gap(long from, long to, String reason) {
        return Answers.text(new Gap("gap", from, to, reason));
    }

    static String restarted(int boot, int domid, long offset) {
        return Answers.text(new Restarted("restarted", boot, domid, offset));
    }

    static String resize(int columns, int rows) {
        return Answers.text(new Resize("resize", columns, rows));
    }

    static String stopped(String reason) {
        return Answers.text(new Stopped("stopped", reason));
    }

    static String refused(long offset, Problem problem, ConsoleLease lease) {
        return Answers.text(new Refused("refused", offset, problem, lease.holder(), lease.name()));
    }

    static String leaseRefused(Problem problem, ConsoleLease lease) {
        return Answers.text(new LeaseRefused("lease-refused", problem, lease.holder(), lease.name()));
    }

    static String error(Problem problem) {
        return Answers.text(new Failure("error", problem));
    }

    static String end() {
        return Answers.text(new End("end"));
    }
}
