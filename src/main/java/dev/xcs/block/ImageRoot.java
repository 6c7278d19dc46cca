package dev.xcs.block;

import dev.xcs.model.Problem;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The one directory that files for disks have to be in, where the operator wants that. Devices are not files: they are as they are.
 *
 * @param directory null for no such limit; then paths have to be absolute
 */
record ImageRoot(@Nullable Path directory) {
    /** The path to look at: a relative one is below the root. */
    String resolve(String target) {
        if (directory != null) {
            return directory.resolve(target).normalize().toString();
        }
        if (!target.startsWith("/")) {
            throw Problem.invalidField("target", target, "an absolute path: no block.image-root is set")
                    .toException();
        }
        return target;
    }

    /**
     * @param realPath of a file that is really meant, after all links
     * @throws dev.xcs.model.ProblemException of type INVALID_FIELD if it is outside
     */
    void check(String target, String realPath) {
        if (directory != null && !Path.of(realPath).startsWith(directory)) {
            throw Problem.invalidField("target", target, "a file in " + directory + " (block.image-root)")
                    .withCause("it is " + realPath)
                    .toException();
        }
    }
}
