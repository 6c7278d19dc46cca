package dev.xcs.xlcfg;

import dev.xcs.model.VifSpec;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Takes one specification apart into named parameters and flags; there are no others. */
final class VifScanner {
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");

    private static final Set<String> NAMED = Set.of(
            "mac",
            "bridge",
            "ip",
            "rate",
            "mtu",
            "vifname",
            "script",
            "gatewaydev",
            "model",
            "type",
            "backend",
            "trusted");

    /** What xl does not know: by these every vif can be said. */
    private static final Set<String> OURS = Set.of("network", "link", "allow");

    private static final Map<String, String> OTHER_NAMES = Map.of("netdev", "gatewaydev");

    private static final Map<String, String> UNSERVED = Map.of(
            "devid", "no devid: the first vif is 0, and each that is attached gets the lowest number that is free",
            "vlan", "network=... with a network that has this vlan",
            "accel", "no accel, which xl does not serve either");

    /** Flags, each with the value of the parameter {@code trusted}. */
    private static final Map<String, String> FLAGS = Map.of("trusted", "1", "untrusted", "0");

    private final Scanner scanner;
    private final VifDraft draft = new VifDraft();

    VifScanner(String text) {
        this.scanner = new Scanner(VifSyntax.LIST, text);
    }

    VifSpec scan() {
        while (scanner.hasMore()) {
            take(scanner.takePart());
        }
        return draft.finish();
    }

    /** xl skips what is empty. */
    private void take(Parameter whole) {
        String said = whole.value().strip();
        int equals = whole.value().indexOf('=');
        if (equals >= 0) {
            takeNamed(whole, equals);
        } else if (FLAGS.containsKey(said)) {
            draft.set("trusted", whole.withValue(FLAGS.getOrDefault(said, "")));
        } else if (!said.isEmpty()) {
            throw whole.withValue(said).refuse("a name and its value with = between, like bridge=xenbr0");
        }
    }

    private void takeNamed(Parameter whole, int equals) {
        String name = whole.value().substring(0, equals).strip();
        String known = OTHER_NAMES.getOrDefault(name, name);
        if (UNSERVED.containsKey(known)) {
            throw whole.refuse(UNSERVED.getOrDefault(known, ""));
        }
        if (!NAMED.contains(known) && !OURS.contains(known)) {
            throw whole.refuse(
                    NAME.matcher(name).matches()
                            ? "mac, bridge, network, ip, rate, mtu, vifname, script, gatewaydev, model, type, backend,"
                                    + " trusted, link or allow before ="
                            : "a name before =");
        }
        draft.set(known, whole.from(equals + 1).stripped());
    }
}
