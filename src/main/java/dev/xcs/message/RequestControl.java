package dev.xcs.message;

import dev.xcs.bus.Address;
import dev.xcs.bus.BusMessage;
import dev.xcs.model.ControlPayload;
import dev.xcs.model.ControlSubtype;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Asks that a request is carried down to a domain; answered exactly once, at the latest at its deadline. */
public record RequestControl(
        @Nullable String session,
        String requestor,
        UUID domain,
        ControlSubtype subtype,
        ControlPayload payload,
        long deadlineMillis)
        implements BusMessage {
    public static final Address<RequestControl, RequestAnswered> ADDRESS = new Address<>("xcs.control.request");
}
