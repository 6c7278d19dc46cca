package dev.xcs.api;

import dev.xcs.message.CreateDomain;
import dev.xcs.model.ProblemException;
import java.util.Optional;

/**
 * A domain that is asked for.
 *
 * @param bootloader what was named instead of a kernel
 */
record NewDomain(CreateDomain create, Optional<Bootloader> bootloader) {
    /** Why it could not be created, in the words of the request. */
    Throwable explain(Throwable failure) {
        return bootloader
                .<Throwable>map(loader -> new ProblemException(loader.explain(ProblemException.of(failure)), failure))
                .orElse(failure);
    }
}
