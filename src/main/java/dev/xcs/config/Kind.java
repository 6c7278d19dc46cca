package dev.xcs.config;

import dev.xcs.model.ProblemException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/**
 * A kind of value that a key can have.
 *
 * @param label what stands for the value in the help text, for example {@code PORT}
 * @param expected what a good value is, in words
 * @param parser empty for text that is not a good value
 */
public record Kind<T>(String label, String expected, Function<String, Optional<T>> parser) {
    /** What stands between the parts of a list, where it has to be one text. */
    static final String LIST_SEPARATOR = ",";

    private static final String FLAG = "true|false";

    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,10}");
    private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?");
    private static final Pattern IPV4_LOOPBACK = Pattern.compile("127(\\.[0-9]{1,3}){3}");

    /** Whether a file may give it as an array. */
    boolean isList() {
        return label.endsWith(",...");
    }

    /** Whether a file may give it as a boolean. */
    boolean isFlag() {
        return label.equals(FLAG);
    }

    static Kind<Boolean> flag() {
        return new Kind<>(
                FLAG,
                "true or false",
                text -> text.equals("true") || text.equals("false")
                        ? Optional.of(text.equals("true"))
                        : Optional.empty());
    }

    /** What a value of the model reads from text, or refuses. */
    static <T> Kind<T> value(String label, String expected, Function<String, T> reader) {
        return new Kind<>(label, expected, text -> attempt(reader, text));
    }

    private static <T> Optional<T> attempt(Function<String, T> reader, String text) {
        try {
            return Optional.of(reader.apply(text));
        } catch (ProblemException refused) {
            return Optional.empty();
        }
    }

    /** The same, or nothing where the text is empty. */
    Kind<Optional<T>> orNothing() {
        return new Kind<>(
                label,
                expected + ", or nothing",
                text -> text.isEmpty()
                        ? Optional.of(Optional.empty())
                        : parser.apply(text).map(Optional::of));
    }

    /** Several of these, with commas between. */
    Kind<List<T>> several() {
        return new Kind<>(label + ",...", "each " + expected, text -> {
            List<T> read =
                    split(text).stream().map(parser).flatMap(Optional::stream).toList();
            return read.size() == split(text).size() ? Optional.of(read) : Optional.empty();
        });
    }

    /** The first part of a list that is not good; for others all of the text. */
    String culprit(String text) {
        return isList()
                ? split(text).stream()
                        .filter(part -> parser.apply(part).isEmpty())
                        .findFirst()
                        .orElse(text)
                : text;
    }

    /** A regular expression that is looked for in a line. */
    static Kind<String> pattern() {
        return new Kind<>("REGEX", "a regular expression of at most 200 characters", text -> {
            try {
                boolean good =
                        !text.isEmpty() && text.length() <= 200 && text.chars().allMatch(c -> c >= ' ');
                return good ? Optional.of(Pattern.compile(text).pattern()) : Optional.empty();
            } catch (PatternSyntaxException notOne) {
                return Optional.empty();
            }
        });
    }

    static Kind<Integer> port() {
        return count("PORT", 0, 65535, "a port from 0 to 65535, where 0 takes any free one");
    }

    static Kind<Integer> count(int min, int max) {
        return count("N", min, max, "a whole number from " + min + " to " + max);
    }

    private static Kind<Integer> count(String label, int min, int max, String expected) {
        return new Kind<>(
                label,
                expected,
                text -> Optional.of(text)
                        .filter(DIGITS.asMatchPredicate())
                        .map(Long::valueOf)
                        .filter(n -> n >= min && n <= max)
                        .map(Math::toIntExact));
    }

    static Kind<Long> size(String min, String max) {
        long least = Quantity.size(min).orElseThrow();
        long most = Quantity.size(max).orElseThrow();
        return new Kind<>(
                "SIZE",
                "a size from " + min + " to " + max + ", as 4096, 64KiB, 1MiB or 2GiB",
                text -> Quantity.size(text).filter(n -> n >= least && n <= most));
    }

    static Kind<Duration> duration(String min, String max) {
        Duration least = Quantity.duration(min).orElseThrow();
        Duration most = Quantity.duration(max).orElseThrow();
        return new Kind<>(
                "TIME",
                "a time from " + min + " to " + max + " with its unit, as 250ms, 5s, 2m or 1h",
                text -> Quantity.duration(text).filter(d -> d.compareTo(least) >= 0 && d.compareTo(most) <= 0));
    }

    static <E extends Enum<E>> Kind<E> choice(Class<E> type) {
        E[] all = type.getEnumConstants();
        return new Kind<>(
                Arrays.stream(all).map(Kind::word).collect(Collectors.joining("|")),
                "one of " + Arrays.stream(all).map(Kind::word).collect(Collectors.joining(", ")),
                text -> Arrays.stream(all).filter(e -> word(e).equals(text)).findFirst());
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** Loopback only: this version has no transport security, so it refuses to be reached from elsewhere. */
    static Kind<String> loopbackHost() {
        return new Kind<>(
                "HOST",
                "a loopback address (127.0.0.1, ::1 or localhost): this version serves nothing else",
                text -> Optional.of(text).filter(Kind::isLoopback));
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost")
                || host.equals("::1")
                || (IPV4_LOOPBACK.matcher(host).matches() && isAddress(host));
    }

    private static boolean isAddress(String literal) {
        return Arrays.stream(literal.split("\\.")).allMatch(part -> Integer.parseInt(part) <= 255);
    }

    static Kind<List<String>> hostNames() {
        return new Kind<>(
                        "HOST",
                        "the name of a host without port",
                        text -> Optional.of(text).filter(HOST_NAME.asMatchPredicate()))
                .several();
    }

    private static List<String> split(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(LIST_SEPARATOR, -1));
    }

    static Kind<Path> file() {
        return new Kind<>("FILE", "the path of a file", Kind::path);
    }

    static Kind<Path> directory() {
        return new Kind<>("DIR", "the path of a directory", Kind::path);
    }

    static Kind<Optional<Path>> optionalPath(String label, String expected) {
        return new Kind<>(
                label,
                expected,
                text -> text.isEmpty()
                        ? Optional.of(Optional.empty())
                        : path(text).map(Optional::of));
    }

    private static Optional<Path> path(String text) {
        try {
            return Optional.of(text)
                    .filter(t -> !t.isBlank())
                    .map(t -> Path.of(t).toAbsolutePath().normalize());
        } catch (InvalidPathException notAPath) {
            return Optional.empty();
        }
    }
}
