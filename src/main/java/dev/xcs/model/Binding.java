package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which control messages somebody wants: those of a domain or of all, of a type or of all.
 *
 * @param domain nothing for every domain and the host
 * @param type nothing for every type
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Binding(@Nullable UUID domain, @Nullable ControlType type) {
    /** Everything. */
    public static final Binding ALL = new Binding(null, null);

    public boolean matches(ControlMessage message) {
        return (domain == null || domain.equals(message.domain())) && (type == null || type == message.type());
    }
}
