package dev.xcs.cli;

import java.util.regex.Pattern;

/** What a person writes for a domain: a uuid, a domid, a name, or {@code name:} and {@code domid:} to say which. */
final class DomainName {
    private static final Pattern UUID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    private static final Pattern DOMID = Pattern.compile("[0-9]{1,5}");
    private static final int MAX_LENGTH = 64;

    private DomainName() {}

    static boolean isUuid(String text) {
        return UUID.matcher(text).matches();
    }

    /** As the API looks it up. A number is a domid, as xl takes it. */
    static String lookup(String text) {
        String lookup = text;
        if (!text.startsWith("name:") && !text.startsWith("domid:")) {
            lookup = (DOMID.matcher(text).matches() ? "domid:" : "name:") + text;
        }
        int length = lookup.length() - lookup.indexOf(':') - 1;
        if (length < 1 || length > MAX_LENGTH) {
            throw CommandFailure.of(
                    ExitCode.USAGE, "\"" + Visible.line(text) + "\" is no domain, expected a name, uuid or domid");
        }
        return lookup;
    }
}
