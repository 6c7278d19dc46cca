package dev.xcs.xlcfg;

import dev.xcs.model.EmulatedCard;
import dev.xcs.model.VifAllowance;
import dev.xcs.model.VifLink;
import dev.xcs.model.VifSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Vif specifications as text. Read is what xl-network-configuration(5) describes, {@code mac=00:16:3e:01:02:03,bridge=xenbr0}, and xm's, with
 * blanks around what the commas and the = part. An empty one is a vif on the default bridge or network. More than xl we have
 * {@code network=}, {@code link=down} and {@code allow=}; several addresses or allowances have blanks between.
 */
public final class VifSyntax {
    static final String LIST = "vifs";

    private VifSyntax() {}

    /**
     * @throws dev.xcs.model.ProblemException of the field {@code vifs}, its detail naming the column (from 1) and what stands there
     */
    public static VifSpec parse(String text) {
        return new VifScanner(text).scan();
    }

    /** What {@link #parse} reads back as an equal specification; xl reads it as well where it has nothing of ours. */
    public static String print(VifSpec vif) {
        List<String> parts = new ArrayList<>();
        add(parts, "mac", vif.mac());
        add(parts, "bridge", vif.bridge());
        add(parts, "network", vif.network());
        add(parts, "ip", joined(vif.ip()));
        add(parts, "rate", vif.rate());
        add(parts, "mtu", vif.mtu());
        add(parts, "vifname", vif.vifname());
        add(parts, "script", vif.script());
        add(parts, "gatewaydev", vif.gatewayDev());
        boolean isEmulated = !EmulatedCard.NONE.equals(vif.model());
        add(parts, isEmulated ? "model" : "type", isEmulated ? vif.model() : "vif");
        if (!vif.trusted()) {
            parts.add("untrusted");
        }
        add(parts, "link", vif.link() == VifLink.UP ? null : vif.link().json());
        add(parts, "allow", joined(vif.allow().stream().map(VifAllowance::json).toList()));
        return String.join(",", parts);
    }

    private static void add(List<String> parts, String name, @Nullable Object value) {
        if (value != null) {
            parts.add(name + "=" + value);
        }
    }

    private static @Nullable String joined(List<?> values) {
        return values.isEmpty() ? null : values.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }
}
