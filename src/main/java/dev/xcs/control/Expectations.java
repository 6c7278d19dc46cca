package dev.xcs.control;

import dev.xcs.model.ControlMessage;
import dev.xcs.model.ControlSubtype;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** Ties the change that a request made in xenstore to that request, so that it is told once, with who asked. */
final class Expectations {
    private record Key(UUID domain, ControlSubtype subtype) {}

    private record Asker(String request, String requestor) {}

    private final Map<Key, Asker> expected = new HashMap<>();

    void expect(UUID domain, ControlSubtype subtype, String request, String requestor) {
        expected.put(new Key(domain, subtype), new Asker(request, requestor));
    }

    void forget(UUID domain, ControlSubtype subtype, String request) {
        Key key = new Key(domain, subtype);
        Asker asker = expected.get(key);
        if (asker != null && asker.request.equals(request)) {
            expected.remove(key);
        }
    }

    /** The message with who asked for it, if anybody did. */
    ControlMessage attribute(ControlMessage message) {
        Asker asker = message.domain() == null ? null : expected.get(new Key(message.domain(), message.subtype()));
        return asker == null ? message : message.onBehalfOf(asker.request, asker.requestor);
    }
}
