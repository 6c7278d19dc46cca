package dev.xcs.hypervisor;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import java.util.regex.Pattern;

/** What the other end of a pseudo terminal may be called. It is said by somebody else, and opened with the rights of this process. */
public final class TerminalPath {
    private static final Pattern PATH = Pattern.compile("/dev/pts/[0-9]{1,7}|/dev/tty[p-zP-T][0-9a-zA-Z]");

    private TerminalPath() {}

    /** The path itself, when it can be one of a pseudo terminal of Linux or NetBSD. */
    public static String checked(String path) {
        if (!PATH.matcher(path).matches()) {
            throw Problem.of(
                            ProblemType.IMPOSSIBLE,
                            Problem.quote(path) + " is no pseudo terminal, expected /dev/pts/N, or /dev/ttyp0 and the"
                                    + " like")
                    .toException();
        }
        return path;
    }
}
