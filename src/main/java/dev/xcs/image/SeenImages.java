package dev.xcs.image;

import dev.xcs.model.ImageReport;
import dev.xcs.model.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What was found out about the files that were looked at last, so that each state of a file is looked at once. Safe for any thread; one
 * thread at a time looks, as that takes up to 45 MiB of memory.
 */
public final class SeenImages {
    private static final int MAX_SEEN = 64;
    private static final String STATE = "unix:dev,ino,size,lastModifiedTime,ctime";

    private final Map<String, ImageReport> seen = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ImageReport> eldest) {
            return size() > MAX_SEEN;
        }
    };

    /**
     * Looks at all of a file. Blocks.
     *
     * @throws ProblemException of type BAD_IMAGE, which names the field
     */
    public ImageReport inspect(String field, String path) {
        return seen("all ", path, () -> ImageInspector.inspect(field, path));
    }

    /**
     * Looks at the headers of a file. Blocks.
     *
     * @throws ProblemException of type BAD_IMAGE, which names the field
     */
    public ImageReport glance(String field, String path) {
        return seen("headers ", path, () -> {
            try (BootFile file = BootFile.open(field, path)) {
                return ImageInspector.glance(file);
            }
        });
    }

    /** By the state that the file was in before it was opened: one that is replaced meanwhile is looked at again. */
    private ImageReport seen(String what, String path, Supplier<ImageReport> look) {
        Optional<String> state = state(path).map(what::concat);
        Optional<ImageReport> known = state.flatMap(this::find);
        return known.orElseGet(() -> look(state, look));
    }

    private synchronized ImageReport look(Optional<String> state, Supplier<ImageReport> look) {
        Optional<ImageReport> known = state.flatMap(this::find);
        if (known.isPresent()) {
            return known.get();
        }
        ImageReport report = look.get();
        state.ifPresent(key -> keep(key, report));
        return report;
    }

    private Optional<ImageReport> find(String state) {
        synchronized (seen) {
            return Optional.ofNullable(seen.get(state));
        }
    }

    private void keep(String state, ImageReport report) {
        synchronized (seen) {
            seen.put(state, report);
        }
    }

    private static Optional<String> state(String path) {
        try {
            return Optional.of(path + " " + Files.readAttributes(Path.of(path), STATE));
        } catch (IOException | InvalidPathException | UnsupportedOperationException e) {
            // Opening it will say why.
            return Optional.empty();
        }
    }
}
