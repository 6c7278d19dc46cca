package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The operating system of a guest, as far as it decides what its disks are called. In JSON the names are in lower case. */
public enum GuestOs {
    LINUX,
    NETBSD,
    FREEBSD,
    OPENBSD,
    PLAN9,
    MINIOS,
    WINDOWS,
    UNKNOWN;

    @JsonValue
    public String json() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The system that an operator names: in any case, with blanks, hyphens or underscores inside, {@code other} for unknown.
     *
     * @throws ProblemException for any other name
     */
    @JsonCreator
    public static GuestOs of(String name) {
        return find(name)
                .orElseThrow(() -> Problem.invalidField("guestOs", name, "one of " + choices())
                        .toException());
    }

    /** The system that a kernel's ELF note names, {@code NetBSD} for example: never fails, as any text may stand there. */
    public static GuestOs ofNote(@Nullable String note) {
        return Optional.ofNullable(note).flatMap(GuestOs::find).orElse(UNKNOWN);
    }

    private static Optional<GuestOs> find(String name) {
        String bare = name.strip().toLowerCase(Locale.ROOT).replaceAll("[ _-]", "");
        String known = bare.equals("other") ? UNKNOWN.json() : bare;
        return Arrays.stream(values()).filter(os -> os.json().equals(known)).findFirst();
    }

    private static String choices() {
        return Arrays.stream(values()).map(GuestOs::json).collect(Collectors.joining(", "));
    }
}
