package dev.xcs.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An amount of memory as it is written: MiB, or with k, m, g or t. */
record Size(long kib) {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,12})([kmgt]?)(i?b)?");
    /** 16 TiB, the most that the API takes. */
    private static final long MAX_KIB = 1L << 34;

    static Size parse(String text) {
        Matcher form = FORM.matcher(text.toLowerCase(Locale.ROOT));
        if (!form.matches()) {
            throw new TypeConversionException(
                    "\"" + Visible.line(text) + "\" is no size, expected MiB or a number with k, m, g or t: 64m, 1g");
        }
        long factor = switch (form.group(2)) {
            case "k" -> 1;
            case "g" -> 1 << 20;
            case "t" -> 1 << 30;
            default -> 1 << 10;
        };
        long number = Long.parseLong(form.group(1));
        if (number == 0 || number > MAX_KIB / factor) {
            throw new TypeConversionException("\"" + text + "\": expected more than nothing and at most 16t");
        }
        return new Size(number * factor);
    }

    long wholeMib() {
        if (kib % 1024 != 0) {
            throw CommandFailure.of(ExitCode.USAGE, kib + "k is no whole number of MiB");
        }
        return kib / 1024;
    }

    /** For the command line. */
    static final class Converter implements ITypeConverter<Size> {
        @Override
        public Size convert(String text) {
            return parse(text);
        }
    }
}
