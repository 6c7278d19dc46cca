package dev.xcs.xlcfg;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a specification has said so far, each parameter with its place. */
final class Draft {
    private static final Set<String> DOM0 = Set.of("", "0", "Domain-0");

    private final Parameter absent;
    private final Set<String> verbatim;
    private final Map<String, Parameter> given = new HashMap<>();

    /** @param verbatim parameters whose blanks are part of them */
    Draft(String list, Set<String> verbatim) {
        this.absent = new Parameter(list, "", 1);
        this.verbatim = verbatim;
    }

    /** Whether something stood in its place, be it nothing at all: then the default is meant. */
    boolean has(String name) {
        return given.containsKey(name);
    }

    boolean isEmpty(String name) {
        return value(name).isEmpty();
    }

    void set(String name, Parameter parameter) {
        Parameter said = verbatim.contains(name)
                ? parameter
                : parameter.withValue(parameter.value().strip());
        Parameter before = at(name);
        if (!before.value().isEmpty() && !before.value().equals(said.value())) {
            throw said.refuse(
                    name + " only once: it is " + Problem.quote(before.value()) + " at column " + before.column());
        }
        given.put(name, said);
    }

    Parameter at(String name) {
        return given.getOrDefault(name, absent);
    }

    String value(String name) {
        return at(name).value();
    }

    @Nullable
    String orNull(String name) {
        return isEmpty(name) ? null : value(name);
    }

    /** Refuses every other value that was given. */
    void allow(String name, Set<String> values, String expected) {
        if (has(name) && !values.contains(value(name))) {
            throw at(name).refuse(expected);
        }
    }

    void allowOnlyDom0() {
        allow("backend", DOM0, "Domain-0: back-ends in other domains are not served");
    }

    /** @param end where it would stand if it is missing */
    void require(String name, Parameter end, String expected) {
        if (isEmpty(name)) {
            throw (has(name) ? at(name) : end).refuse(expected);
        }
    }

    /** A refusal of the values themselves, with the place of the parameter that is called like its field. */
    ProblemException placed(ProblemException refused) {
        Problem problem = refused.problem();
        boolean isPlaced = absent.list().equals(problem.field());
        return isPlaced ? refused : at(String.valueOf(problem.field())).refused(problem);
    }
}
