package dev.xcs.hypervisor.xen.net;

import dev.xcs.model.InterfaceName;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A switch of the kernel that a network needs, and what it was before xcsd turned it.
 *
 * @param path below /proc/sys, for example {@code net/ipv4/ip_forward}
 * @param value as the network needs it
 * @param before what it was, for when no network needs it any more; empty if xcsd did not turn it
 */
public record Sysctl(String path, int value, Optional<Integer> before) {
    /** How it is written as the name of a chain without rules, where it outlives the daemon. */
    private static final Pattern FORM = Pattern.compile("sysctl/(\\d+)/(\\d+|kept)/(net/[A-Za-z0-9._/-]+)");

    public static Sysctl needed(String path, int value) {
        return new Sysctl(path, value, Optional.empty());
    }

    public static Sysctl ofInterface(String family, String interfaceName, String key, int value) {
        return needed("net/" + family + "/conf/" + InterfaceName.check("name", interfaceName) + "/" + key, value);
    }

    public static Optional<Sysctl> parse(String chain) {
        Matcher form = FORM.matcher(chain);
        return form.matches()
                ? Optional.of(new Sysctl(
                        form.group(3),
                        Integer.parseInt(form.group(1)),
                        form.group(2).equals("kept") ? Optional.empty() : Optional.of(Integer.parseInt(form.group(2)))))
                : Optional.empty();
    }

    public Sysctl turnedFrom(int old) {
        return new Sysctl(path, value, Optional.of(old));
    }

    public String chain() {
        return "sysctl/" + value + "/" + before.map(String::valueOf).orElse("kept") + "/" + path;
    }
}
