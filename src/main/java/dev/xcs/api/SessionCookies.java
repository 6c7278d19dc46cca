package dev.xcs.api;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a browser carries after it has logged in: the time it ends, a nonce, and a code of both that only the holder of the admin token can make. Nothing is
 * kept, so a session outlives the daemon as the token does, and ends with the token.
 */
final class SessionCookies {
    /** So that a code for something else is never one for a session. */
    private static final String PURPOSE = "session ";

    private static final Pattern SHAPE = Pattern.compile("(([0-9]{1,12})\\.[A-Za-z0-9_-]{43})\\.([A-Za-z0-9_-]{43})");

    private final AdminToken token;
    private final InstantSource clock;
    private final Duration lifetime;

    SessionCookies(AdminToken token, InstantSource clock, Duration lifetime) {
        this.token = token;
        this.clock = clock;
        this.lifetime = lifetime;
    }

    String issue() {
        String content = clock.instant().plus(lifetime).getEpochSecond() + "." + Secrets.generate();
        return content + "." + token.code(PURPOSE + content);
    }

    boolean accepts(String cookie) {
        Matcher parts = SHAPE.matcher(cookie);
        return parts.matches()
                && Secrets.same(token.code(PURPOSE + parts.group(1)), parts.group(3))
                && clock.instant().isBefore(Instant.ofEpochSecond(Long.parseLong(parts.group(2))));
    }
}
