package dev.xcs.xlcfg;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;

/**
 * A part of a disk specification, with its place.
 *
 * @param column of its first character, counted from 1
 */
record Parameter(String value, int column) {
    static final String FIELD = "disks";

    /** What is wrong here: shows the part and says what was expected. */
    ProblemException refuse(String expected) {
        return problem(column, (value.isEmpty() ? "nothing" : Problem.quote(value)) + ", expected " + expected);
    }

    static ProblemException problem(int column, String what) {
        return Problem.of(ProblemType.INVALID_FIELD, FIELD + ": column " + column + ": " + what)
                .withField(FIELD)
                .toException();
    }
}
