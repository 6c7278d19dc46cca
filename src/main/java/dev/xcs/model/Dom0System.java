package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The operating system that the control domain runs. In JSON the names are in lower case. */
public enum Dom0System {
    LINUX("Linux"),
    NETBSD("NetBSD");

    private final String sysname;

    Dom0System(String sysname) {
        this.sysname = sysname;
    }

    /** What {@code uname -s} prints. */
    public String sysname() {
        return sysname;
    }

    /**
     * By what {@code uname -s} prints, which Java has as {@code os.name}.
     *
     * @throws ProblemException of type IMPOSSIBLE for a system that Xen's tools are not made for
     */
    public static Dom0System ofSysname(String sysname) {
        for (Dom0System system : values()) {
            if (system.sysname.equals(sysname)) {
                return system;
            }
        }
        throw Problem.of(
                        ProblemType.IMPOSSIBLE,
                        "the system is " + Problem.quote(sysname) + ", expected Linux or NetBSD as control domain")
                .toException();
    }

    /** @throws ProblemException of the field {@code dom0} */
    @JsonCreator
    public static Dom0System ofJson(String text) {
        for (Dom0System system : values()) {
            if (system.json().equals(text)) {
                return system;
            }
        }
        throw Problem.invalidField("dom0", text, "linux or netbsd").toException();
    }

    @JsonValue
    public String json() {
        return name().toLowerCase(Locale.ROOT);
    }
}
