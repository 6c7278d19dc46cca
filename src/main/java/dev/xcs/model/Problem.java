package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A failure as a value; becomes {@code application/problem+json} (RFC 9457) unchanged.
 *
 * @param type stable kind, see {@link ProblemType}
 * @param detail one sentence for a person: what was wrong, with the value, and what was expected
 * @param field the offending field of the request, if one is to blame
 * @param step the step of the operation that failed, for example {@code build}
 * @param call the hypercall, library function or xenstore operation that failed
 * @param argument the argument it failed on
 * @param errno the C errno, if one was given
 * @param errnoText what that errno means
 * @param cause the likely cause, in words an operator can act on
 * @param retryable whether the same request can succeed later without a change
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(
        value = {"title", "status"},
        allowGetters = true,
        ignoreUnknown = true)
public record Problem(
        ProblemType type,
        String detail,
        @Nullable String field,
        @Nullable String step,
        @Nullable String call,
        @Nullable String argument,
        @Nullable Integer errno,
        @Nullable String errnoText,
        @Nullable String cause,
        boolean retryable) {
    private static final Set<Integer> UNSEEN = Set.of(
            (int) Character.CONTROL,
            (int) Character.FORMAT,
            (int) Character.SURROGATE,
            (int) Character.LINE_SEPARATOR,
            (int) Character.PARAGRAPH_SEPARATOR);

    public static Problem of(ProblemType type, String detail) {
        return new Problem(type, detail, null, null, null, null, null, null, null, false);
    }

    /** A field of a request that cannot be accepted: names the field, the value and what was expected. */
    public static Problem invalidField(String field, @Nullable Object value, String expected) {
        return of(ProblemType.INVALID_FIELD, field + ": " + quote(value) + ", expected " + expected)
                .withField(field);
    }

    /** The value as it may be shown: quoted, {@link #printable}, or the word nothing. */
    public static String quote(@Nullable Object value) {
        if (value == null) {
            return "nothing";
        }
        if (!(value instanceof CharSequence text)) {
            return value.toString();
        }
        return '"' + printable(text) + '"';
    }

    /** The text as it may be shown: what cannot be seen, and halves of surrogate pairs, escaped; cut after 80 characters. */
    public static String printable(CharSequence text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().limit(80).forEach(c -> {
            if (UNSEEN.contains(Character.getType(c))) {
                out.append(String.format("\\u%04x", c));
            } else {
                out.appendCodePoint(c);
            }
        });
        return out.append(text.codePoints().skip(80).findAny().isPresent() ? "…" : "")
                .toString();
    }

    @JsonProperty
    public String title() {
        return type.title();
    }

    @JsonProperty
    public int status() {
        return type.status();
    }

    /** The same of a field that stands elsewhere; the detail names that place. */
    public Problem atField(String place) {
        String old = field + ": ";
        Problem moved = detail.startsWith(old) ? withDetail(place + ": " + detail.substring(old.length())) : this;
        return moved.withField(place);
    }

    private Problem withDetail(String value) {
        return new Problem(type, value, field, step, call, argument, errno, errnoText, cause, retryable);
    }

    /** The same told as another kind of failure. */
    public Problem withType(ProblemType value) {
        return new Problem(value, detail, field, step, call, argument, errno, errnoText, cause, retryable);
    }

    public Problem withField(String value) {
        return new Problem(type, detail, value, step, call, argument, errno, errnoText, cause, retryable);
    }

    /**
     * The same problem of a value inside another: the field, and the detail where it begins with it, say where.
     *
     * @param place with its final separator: {@code disks[2].}
     */
    public Problem within(String place) {
        return field == null ? this : atField(place + field);
    }

    public Problem withStep(String value) {
        return new Problem(type, detail, field, value, call, argument, errno, errnoText, cause, retryable);
    }

    public Problem withCall(String newCall, @Nullable String newArgument) {
        return new Problem(type, detail, field, step, newCall, newArgument, errno, errnoText, cause, retryable);
    }

    public Problem withErrno(int value, String text) {
        return new Problem(type, detail, field, step, call, argument, value, text, cause, retryable);
    }

    public Problem withCause(String value) {
        return new Problem(type, detail, field, step, call, argument, errno, errnoText, value, retryable);
    }

    public Problem asRetryable() {
        return new Problem(type, detail, field, step, call, argument, errno, errnoText, cause, true);
    }

    public ProblemException toException() {
        return new ProblemException(this);
    }
}
