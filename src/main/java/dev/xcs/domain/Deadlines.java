package dev.xcs.domain;

import java.time.Duration;

/**
 * How long things may take.
 *
 * @param hypercall one short call to the native verticle
 * @param build filling a guest's memory; it cannot be interrupted, so this is only for a build that never ends
 * @param destroy the hypercall that frees a guest's memory
 * @param react how long a guest may take to react to a shutdown request; libxl's own is 60 s
 * @param gone how long a destroyed domain may stay listed, and how long its nodes are tried to be removed
 * @param finish how long operations under way are waited for when the daemon stops
 * @param answerDestroy when whoever asked for a destroy is told that it goes on
 */
record Deadlines(
        Duration hypercall,
        Duration build,
        Duration destroy,
        Duration react,
        Duration gone,
        Duration answerDestroy,
        Duration finish) {
    static final Deadlines DEFAULT = new Deadlines(
            Duration.ofSeconds(10),
            Duration.ofMinutes(10),
            Duration.ofMinutes(2),
            Duration.ofSeconds(60),
            Duration.ofSeconds(10),
            Duration.ofSeconds(25),
            Duration.ofSeconds(3));
}
