package dev.xcs.console;

import dev.xcs.model.ConsoleWatcher;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who looks at one console, in the order they came. */
final class Audience {
    private final Map<String, ConsoleWatcher> viewers = new LinkedHashMap<>();
    private int count;

    /** @param name null for the login's name and the viewer's number */
    ConsoleWatcher join(@Nullable String name, String login, boolean viewOnly, Instant now) {
        count++;
        String id = "v" + count;
        ConsoleWatcher viewer = new ConsoleWatcher(id, name == null ? login + " " + count : name, now, !viewOnly);
        viewers.put(id, viewer);
        return viewer;
    }

    boolean leave(String id) {
        return viewers.remove(id) != null;
    }

    /** @throws dev.xcs.model.ProblemException when there is no such viewer, or none any more */
    ConsoleWatcher viewer(String id) {
        ConsoleWatcher viewer = viewers.get(id);
        if (viewer == null) {
            throw Problem.of(ProblemType.NOT_FOUND, "There is no viewer " + Problem.quote(id) + " of this console")
                    .toException();
        }
        return viewer;
    }

    List<ConsoleWatcher> all() {
        return List.copyOf(viewers.values());
    }

    boolean isEmpty() {
        return viewers.isEmpty();
    }
}
