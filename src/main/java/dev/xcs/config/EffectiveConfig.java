package dev.xcs.config;

import java.util.List;

/**
 * The configuration that is in force.
 *
 * @param lines one for each key, {@code api.port = "8080" (default)}, secrets hidden: what the log shows at start
 */
public record EffectiveConfig(DaemonConfig config, List<String> lines) {
    public EffectiveConfig {
        lines = List.copyOf(lines);
    }
}
