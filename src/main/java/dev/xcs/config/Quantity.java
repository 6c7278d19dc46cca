package dev.xcs.config;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers with a unit, as they are written in the configuration. */
final class Quantity {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,12})([A-Za-z]*)");
    private static final Map<String, Long> BYTES =
            Map.of("", 1L, "B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);
    private static final Map<String, Long> MILLIS = Map.of("ms", 1L, "s", 1000L, "m", 60_000L, "h", 3_600_000L);

    private Quantity() {}

    /** Bytes of {@code 4096}, {@code 64KiB}, {@code 1MiB} or {@code 2GiB}. */
    static Optional<Long> size(String text) {
        return parse(text, BYTES);
    }

    /** {@code 250ms}, {@code 5s}, {@code 2m} or {@code 1h}; the unit is needed. */
    static Optional<Duration> duration(String text) {
        return parse(text, MILLIS).map(Duration::ofMillis);
    }

    private static Optional<Long> parse(String text, Map<String, Long> units) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        // Twelve digits times 2^30 (or an hour) is still below 2^70: guard the product.
        return Optional.ofNullable(units.get(form.group(2))).flatMap(unit -> product(form.group(1), unit));
    }

    private static Optional<Long> product(String digits, long unit) {
        long number = Long.parseLong(digits);
        return number > Long.MAX_VALUE / unit ? Optional.empty() : Optional.of(number * unit);
    }
}
