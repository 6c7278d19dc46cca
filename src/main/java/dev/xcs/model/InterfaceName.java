package dev.xcs.model;

import java.util.regex.Pattern;

/** What a network interface of dom0 can be called. */
public final class InterfaceName {
    /** IFNAMSIZ less the closing zero, of Linux and of NetBSD alike. */
    public static final int MAX_LENGTH = 15;

    public static final String EXPECTED =
            "the name of an interface: 1 to " + MAX_LENGTH + " letters, digits, dots, - and _, beginning with a letter";

    /** Narrower than the kernel's own rule, so that it is safe in every file and command. */
    private static final Pattern FORM = Pattern.compile("[A-Za-z][A-Za-z0-9._-]{0,14}");

    private InterfaceName() {}

    public static boolean isValid(String text) {
        return FORM.matcher(text).matches();
    }

    /** @throws ProblemException of that field */
    public static String check(String field, String text) {
        if (!isValid(text)) {
            throw Problem.invalidField(field, text, EXPECTED).toException();
        }
        return text;
    }
}
