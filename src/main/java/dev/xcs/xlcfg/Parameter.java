package dev.xcs.xlcfg;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;

/**
 * A part of a specification, with its place.
 *
 * @param list what the specification stands in: {@code disks} or {@code vifs}
 * @param column of its first character, counted from 1
 */
record Parameter(String list, String value, int column) {
    /** What is wrong here: shows the part and says what was expected. */
    ProblemException refuse(String expected) {
        return problem(list, column, (value.isEmpty() ? "nothing" : Problem.quote(value)) + ", expected " + expected);
    }

    /** What somebody else refused, with its place. */
    ProblemException refused(Problem problem) {
        return problem(list, column, problem.detail());
    }

    static ProblemException problem(String list, int column, String what) {
        return Problem.of(ProblemType.INVALID_FIELD, list + ": column " + column + ": " + what)
                .withField(list)
                .toException();
    }

    Parameter withValue(String other) {
        return new Parameter(list, other, column);
    }

    /** What is left of it from there on. */
    Parameter from(int index) {
        return new Parameter(list, value.substring(index), column + value.codePointCount(0, index));
    }

    /** Without blanks around it; its place is that of what is left, or as it was where nothing is. */
    Parameter stripped() {
        int blanks = value.length() - value.stripLeading().length();
        return value.isBlank() ? withValue("") : from(blanks).withValue(value.strip());
    }
}
