package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.math.BigInteger;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How fast a guest may send: a number of bytes in every interval. As text it is xl's {@code 10Mb/s}, {@code 250KB/s}, {@code 1MB/s@20ms}:
 * {@code b} is a bit, {@code B} a byte; K, M and G are powers of 1000, as libxlu has it (xlu_vif_parse_rate).
 *
 * @param bytesPerSecond at least 1
 * @param intervalMicros how often the credit is given; xl's default is 50 ms
 */
public record ByteRate(long bytesPerSecond, long intervalMicros) {
    /** As xl. */
    public static final long DEFAULT_INTERVAL_MICROS = 50_000;

    private static final Pattern FORM = Pattern.compile("(\\d{1,19})([GMK]?)([Bb])/s(?:@(\\d{1,12})([mu]?)s?)?");
    private static final Pattern NODE = Pattern.compile("(\\d{1,18})\\s*,\\s*(\\d{1,18})");
    private static final String EXPECTED =
            "a rate like 10Mb/s, 250KB/s or 1MB/s@20ms, of at least one byte in an interval";

    /** The node of xenstore holds 32 bits of bytes for an interval, and as many of microseconds. */
    private static final long MAX = 0xffff_ffffL;

    /** @throws ProblemException of the field {@code rate} */
    public ByteRate {
        boolean good = bytesPerSecond > 0 && intervalMicros > 0 && intervalMicros <= MAX;
        BigInteger bytes = BigInteger.valueOf(bytesPerSecond)
                .multiply(BigInteger.valueOf(intervalMicros))
                .divide(BigInteger.valueOf(1_000_000));
        if (!good || bytes.signum() <= 0 || bytes.compareTo(BigInteger.valueOf(MAX)) > 0) {
            throw Problem.invalidField("rate", print(bytesPerSecond, intervalMicros), EXPECTED)
                    .toException();
        }
    }

    /** @throws ProblemException of the field {@code rate} */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static ByteRate parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw Problem.invalidField("rate", text, EXPECTED).toException();
        }
        long unit = switch (form.group(2)) {
            case "G" -> 1_000_000_000L;
            case "M" -> 1_000_000L;
            case "K" -> 1000L;
            default -> 1L;
        };
        BigInteger amount = new BigInteger(form.group(1)).multiply(BigInteger.valueOf(unit));
        if (form.group(3).equals("b")) {
            amount = amount.shiftRight(3);
        }
        try {
            return new ByteRate(amount.longValueExact(), interval(form));
        } catch (ArithmeticException | ProblemException e) {
            throw new ProblemException(Problem.invalidField("rate", text, EXPECTED), e);
        }
    }

    private static long interval(Matcher form) {
        if (form.group(4) == null) {
            return DEFAULT_INTERVAL_MICROS;
        }
        long number = Long.parseLong(form.group(4));
        return switch (form.group(5)) {
            case "m" -> number * 1000;
            case "u" -> number;
            default -> number * 1_000_000;
        };
    }

    /**
     * What {@link #node} gave, or another toolstack wrote.
     *
     * @return empty for what is no rate
     */
    public static Optional<ByteRate> ofNode(String text) {
        Matcher form = NODE.matcher(text.strip());
        if (!form.matches()) {
            return Optional.empty();
        }
        long interval = Long.parseLong(form.group(2));
        try {
            long bytes = Math.multiplyExact(Long.parseLong(form.group(1)), 1_000_000L);
            return interval == 0 ? Optional.empty() : Optional.of(new ByteRate(bytes / interval, interval));
        } catch (ArithmeticException | ProblemException e) {
            return Optional.empty();
        }
    }

    /** As netback reads it in xenstore: bytes in an interval, and the interval in microseconds. */
    public String node() {
        return bytesPerInterval() + "," + intervalMicros;
    }

    /** What netback lets pass in one interval. */
    public long bytesPerInterval() {
        return BigInteger.valueOf(bytesPerSecond)
                .multiply(BigInteger.valueOf(intervalMicros))
                .divide(BigInteger.valueOf(1_000_000))
                .longValueExact();
    }

    @JsonValue
    @Override
    public String toString() {
        return print(bytesPerSecond, intervalMicros);
    }

    /** In the greatest units that say it exactly. */
    private static String print(long bytes, long interval) {
        String rate = in(bytes, "", "K", "M", "G") + "B/s";
        return interval == DEFAULT_INTERVAL_MICROS ? rate : rate + "@" + in(interval, "u", "m", "") + "s";
    }

    private static String in(long number, String... units) {
        int unit = 0;
        long left = number;
        while (left != 0 && left % 1000 == 0 && unit < units.length - 1) {
            left /= 1000;
            unit++;
        }
        return left + units[unit];
    }
}
