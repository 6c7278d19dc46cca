package dev.xcs.control;

import dev.xcs.model.Binding;
import dev.xcs.model.ControlType;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** All sessions, bounded, each kept for its grace time while nobody reads it; and who holds which lock. */
final class SessionTable {
    static final int MAX_SESSIONS = 256;
    static final int MAX_BINDINGS = 1024;
    static final int MAX_LOCKS = 1024;
    static final long MAX_GRACE_SECONDS = 3600;
    private static final int ID_BYTES = 32;

    private final SecureRandom random = new SecureRandom();
    private final Map<String, Session> sessions = new LinkedHashMap<>();
    private final Clock clock;

    SessionTable(Clock clock) {
        this.clock = clock;
    }

    Session open(String name, long graceSeconds, long position) {
        return open(name, graceSeconds, List.of(), position);
    }

    Session open(String name, long graceSeconds, List<Binding> bindings, long position) {
        expire();
        if (bindings.size() > MAX_BINDINGS) {
            throw Problem.of(
                            ProblemType.TOO_MANY,
                            "bindings: " + bindings.size() + " of them, expected at most " + MAX_BINDINGS)
                    .withField("bindings")
                    .toException();
        }
        if (name.isBlank() || name.length() > 64 || name.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
            throw Problem.invalidField("name", name, "1 to 64 printable characters")
                    .toException();
        }
        if (graceSeconds < 0 || graceSeconds > MAX_GRACE_SECONDS) {
            throw Problem.invalidField("graceSeconds", graceSeconds, "0 to " + MAX_GRACE_SECONDS)
                    .toException();
        }
        if (sessions.size() >= MAX_SESSIONS) {
            throw Problem.of(ProblemType.TOO_MANY, "There are " + MAX_SESSIONS + " sessions already; close one")
                    .asRetryable()
                    .toException();
        }
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        Session session = new Session(
                Base64.getUrlEncoder().withoutPadding().encodeToString(id),
                name,
                graceSeconds * 1000,
                position,
                clock.millis());
        session.bindAll(bindings, position);
        sessions.put(session.id(), session);
        return session;
    }

    Session get(String id) {
        expire();
        Session session = sessions.get(id);
        if (session == null) {
            throw Problem.of(ProblemType.NOT_FOUND, "There is no such session, or its grace time is over")
                    .withField("session")
                    .toException();
        }
        return session;
    }

    void close(String id) {
        get(id);
        sessions.remove(id);
    }

    void detach(String id, String stream) {
        Optional.ofNullable(sessions.get(id)).ifPresent(session -> session.detach(stream, clock.millis()));
    }

    void bind(Session session, Binding binding, long after) {
        if (!session.isBound(binding) && session.bindingCount() >= MAX_BINDINGS) {
            throw Problem.of(ProblemType.TOO_MANY, "A session can hold " + MAX_BINDINGS + " bindings")
                    .toException();
        }
        session.bind(binding, after);
    }

    /** Gives the lock to a session; refused while another holds it. Idempotent for the holder. */
    void lock(Session session, Binding pair) {
        if (pair.domain() == null || pair.type() == null) {
            throw Problem.invalidField("lock", pair, "one domain and one type, no wildcard")
                    .toException();
        }
        refuseWhenLocked(session.id(), pair.domain(), pair.type());
        if (session.locks().size() >= MAX_LOCKS && !session.locks().contains(pair)) {
            throw Problem.of(ProblemType.TOO_MANY, "A session can hold " + MAX_LOCKS + " locks")
                    .toException();
        }
        session.locks().add(pair);
    }

    /** Throws the problem that names the holder when a session other than this one holds the lock of a domain and type. */
    void refuseWhenLocked(@Nullable String sender, UUID domain, ControlType type) {
        expire();
        Binding pair = new Binding(domain, type);
        for (Session session : sessions.values()) {
            if (!session.id().equals(sender) && session.locks().contains(pair)) {
                throw new ProblemException(Problem.of(
                                ProblemType.CONFLICT,
                                "Requests of type " + type + " to domain " + domain
                                        + " are reserved by the session of \"" + session.name() + "\"")
                        .withField("type")
                        .asRetryable());
            }
        }
    }

    /** Forgets every session whose grace time is over. */
    void expire() {
        long now = clock.millis();
        for (Iterator<Session> each = sessions.values().iterator(); each.hasNext(); ) {
            if (each.next().expired(now)) {
                each.remove();
            }
        }
    }

    /**
     * How many messages the session that has most before it has still to be given, wanted or not.
     *
     * @param next the number that the next message will have
     */
    long furthestBehind(long next) {
        return sessions.values().stream()
                .mapToLong(session -> Math.max(0, next - 1 - session.resumesAfter()))
                .max()
                .orElse(0);
    }

    int size() {
        return sessions.size();
    }
}
