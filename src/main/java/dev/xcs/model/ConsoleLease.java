package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who may write to a console now.
 *
 * @param holder the viewer's id; null when nobody does
 * @param name how it is shown
 * @param expires when it is taken back if nothing is typed until then
 * @param idleSeconds how long that is
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ConsoleLease(
        @Nullable String holder,
        @Nullable String name,
        @Nullable Instant expires,
        long idleSeconds) {}
