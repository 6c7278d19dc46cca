package dev.xcs.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.xcs.model.Binding;
import dev.xcs.model.ControlMessage;
import dev.xcs.model.EventBatch;
import dev.xcs.model.Problem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a stream of events says besides the messages; told apart by {@code record}. The contract describes them. */
final class EventRecord {
    /** Where whoever has lost messages begins anew. */
    static final String RESYNC = "/v1/domains";

    /**
     * What follows, and from where.
     *
     * @param bindings {@code *} stands for every domain or type
     * @param next sequence number of the first message that can follow
     */
    record Filter(String record, List<ShownBinding> bindings, long next) {
        static Filter of(List<Binding> bindings, long next) {
            return new Filter("filter", bindings.stream().map(ShownBinding::of).toList(), next);
        }
    }

    record Message(String record, ControlMessage message) {
        static Message of(ControlMessage message) {
            return new Message("message", message);
        }
    }

    record Gap(String record, long lostFrom, long lostTo, String resync) {
        static Gap of(EventBatch batch) {
            return new Gap("gap", batch.lostFrom(), batch.lostTo(), RESYNC);
        }
    }

    record Heartbeat(String record) {
        static final Heartbeat BEAT = new Heartbeat("heartbeat");
    }

    /** @param reason done, displaced, closed, stopping or failed */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record End(String record, String reason, @Nullable Problem problem) {
        static End of(String reason) {
            return new End("end", reason, null);
        }
    }

    record Failure(String record, Problem problem) {
        static Failure of(Problem problem) {
            return new Failure("error", problem);
        }
    }

    private EventRecord() {}
}
