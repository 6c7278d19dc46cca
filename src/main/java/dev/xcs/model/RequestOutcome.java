package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The one response to a request that was sent down.
 *
 * @param request its id, unique on this host
 * @param problem why it was refused or what timed out
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RequestOutcome(
        String request, Kind outcome, @Nullable Problem problem) {
    /** In JSON in lower case, with a hyphen. */
    public enum Kind {
        DONE,
        REFUSED,
        TIMED_OUT;

        @JsonValue
        public String json() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
