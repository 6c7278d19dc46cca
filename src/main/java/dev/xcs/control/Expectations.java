package dev.xcs.control;

import dev.xcs.model.ControlMessage;
import dev.xcs.model.ControlPayload;
import dev.xcs.model.ControlSubtype;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Ties the change that a request made to that request, so that it is told once, with who asked. Several may ask the same at once: each
 * change is tied to the oldest request for it that no change is tied to yet.
 */
final class Expectations {
    private record Key(UUID domain, ControlSubtype effect) {}

    private static final class Asker {
        private final String request;
        private final String requestor;
        private final ControlPayload payload;
        private boolean met;

        Asker(String request, String requestor, ControlPayload payload) {
            this.request = request;
            this.requestor = requestor;
            this.payload = payload;
        }

        boolean isFor(ControlMessage message) {
            return payload instanceof ControlPayload.Empty
                    || message.payload() instanceof ControlPayload.Lifecycle
                    || payload.equals(message.payload());
        }
    }

    private final Map<Key, List<Asker>> expected = new HashMap<>();

    void expect(UUID domain, ControlSubtype subtype, ControlPayload payload, String request, String requestor) {
        expected.computeIfAbsent(new Key(domain, effect(subtype)), none -> new ArrayList<>(1))
                .add(new Asker(request, requestor, payload));
    }

    /** Gives a tie up, and whether a change was ever tied to the request. */
    boolean forget(UUID domain, ControlSubtype subtype, String request) {
        Key key = new Key(domain, effect(subtype));
        List<Asker> askers = expected.getOrDefault(key, List.of());
        boolean met = askers.stream().anyMatch(asker -> asker.met && asker.request.equals(request));
        expected.computeIfPresent(key, (same, all) -> {
            all.removeIf(asker -> asker.request.equals(request));
            return all.isEmpty() ? null : all;
        });
        return met;
    }

    /** What tells that such a request was carried out. */
    private static ControlSubtype effect(ControlSubtype request) {
        return switch (request) {
            case DOMAIN_PAUSE, DOMAIN_UNPAUSE -> ControlSubtype.DOMAIN_CHANGED;
            case DOMAIN_DESTROY -> ControlSubtype.DOMAIN_ENDED;
            default -> request;
        };
    }

    /** The message with who asked for it, if anybody did. */
    ControlMessage attribute(ControlMessage message) {
        if (message.domain() == null) {
            return message;
        }
        for (Asker asker : expected.getOrDefault(new Key(message.domain(), message.subtype()), List.of())) {
            if (!asker.met && asker.isFor(message)) {
                asker.met = true;
                return message.onBehalfOf(asker.request, asker.requestor);
            }
        }
        return message;
    }
}
