package dev.xcs.config;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;

/** Says which setting is to be changed when a server cannot listen: what the system says names neither host nor port. */
public final class ListenFailure {
    private ListenFailure() {}

    /** @param section of the settings that hold the host and the port: {@code api} or {@code management} */
    public static ProblemException of(String section, String host, int port, Throwable why) {
        Problem problem = Problem.of(
                        ProblemType.CONFLICT,
                        section + ".port: " + port + " of " + section + ".host " + Problem.quote(host)
                                + " cannot be listened on: " + why.getMessage())
                .withField(section + ".port")
                .withCause("another process may listen there already: stop it, or choose another port by --" + section
                        + "-port");
        return new ProblemException(problem, why);
    }
}
