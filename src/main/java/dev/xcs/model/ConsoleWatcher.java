package dev.xcs.model;

import java.time.Instant;

/**
 * Somebody who looks at a console.
 *
 * @param writes whether it may write, when it has the lease
 */
public record ConsoleWatcher(String id, String name, Instant since, boolean writes) {}
