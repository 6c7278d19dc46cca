package dev.xcs.hypervisor;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;

/** Pseudo terminals: made for tools that look at a console through one, and those of tools that show one. */
public interface Terminals {
    /** Where there are none. */
    Terminals NONE = new Terminals() {
        @Override
        public Terminal make() {
            throw missing();
        }

        @Override
        public Terminal attach(String path) {
            throw missing();
        }

        private ProblemException missing() {
            return Problem.of(ProblemType.NOT_IMPLEMENTED, "This host has no pseudo terminals")
                    .toException();
        }
    };

    /** A new one in raw mode that nobody has open. */
    Terminal make();

    /**
     * Opens one that another process has made, in raw mode. What is read from it is taken away from whoever else has it open.
     *
     * @param path {@code /dev/pts/N}, or {@code /dev/ttyp0} and the like on NetBSD
     * @throws ProblemException when it is no such path, does not exist, or is no terminal
     */
    Terminal attach(String path);
}
