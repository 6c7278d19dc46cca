package dev.xcs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.xcs.model.ProblemType;
import java.util.ArrayList;
import java.util.List;

/** Why a verb did not do what was asked: a problem as the API tells it, and the exit code that follows from it. */
final class CommandFailure extends RuntimeException {
    private final int exitCode;
    private final transient ObjectNode problem;

    private CommandFailure(int exitCode, ObjectNode problem) {
        super(problem.path("detail").asText());
        this.exitCode = exitCode;
        this.problem = problem;
    }

    /** A failure on this side. */
    static CommandFailure of(int exitCode, String detail) {
        return new CommandFailure(
                exitCode, JsonNodeFactory.instance.objectNode().put("detail", detail));
    }

    /** A failure on this side that is a problem as the API tells it. */
    static CommandFailure of(int exitCode, ObjectNode problem) {
        return new CommandFailure(exitCode, problem);
    }

    /** The same with the likely cause, or what to do about it. */
    CommandFailure because(String cause) {
        return new CommandFailure(exitCode, problem.deepCopy().put("cause", cause));
    }

    /** What the API answered; {@code aboutDomain} when a 404 means that there is no such domain. */
    static CommandFailure answered(int status, JsonNode body, boolean aboutDomain) {
        ObjectNode problem = body.isObject() ? body.deepCopy() : JsonNodeFactory.instance.objectNode();
        if (!problem.path("detail").isTextual()) {
            problem.put("detail", "The daemon answered with HTTP status " + status + " and no reason");
        }
        return new CommandFailure(exitCode(status, problem, aboutDomain), problem);
    }

    private static int exitCode(int status, JsonNode problem, boolean aboutDomain) {
        if (status == ProblemType.UNAUTHENTICATED.status() || status == ProblemType.FORBIDDEN.status()) {
            return ExitCode.NOT_AUTHORISED;
        }
        if (status == ProblemType.TIMEOUT.status()) {
            return ExitCode.TIMED_OUT;
        }
        boolean missing = status == ProblemType.NOT_FOUND.status()
                && ProblemType.NOT_FOUND.uri().equals(problem.path("type").asText());
        return missing && aboutDomain ? ExitCode.NO_SUCH_DOMAIN : ExitCode.REFUSED;
    }

    int exitCode() {
        return exitCode;
    }

    ObjectNode problem() {
        return problem;
    }

    /** For a person: the detail, then where it failed, the cause, and whether to try again. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("xcs: " + Visible.line(problem.path("detail").asText()));
        List<String> more = new ArrayList<>();
        if (problem.path("call").isTextual()) {
            more.add("call: " + Visible.line(problem.path("call").asText()));
        }
        if (problem.path("cause").isTextual()) {
            more.add("cause: " + Visible.line(problem.path("cause").asText()));
        }
        if (problem.path("retryable").asBoolean()) {
            more.add("trying again can help");
        }
        if (!more.isEmpty()) {
            lines.add("xcs: " + String.join("; ", more));
        }
        return lines;
    }
}
