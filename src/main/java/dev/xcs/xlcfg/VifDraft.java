package dev.xcs.xlcfg;

import dev.xcs.model.ByteRate;
import dev.xcs.model.EmulatedCard;
import dev.xcs.model.IpAddress;
import dev.xcs.model.MacAddress;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.VifAllowance;
import dev.xcs.model.VifLink;
import dev.xcs.model.VifSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a vif specification says, and the vif that it makes. */
final class VifDraft {
    private static final Pattern WORD = Pattern.compile("\\S+");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
    private static final Pattern ADDRESS_FIELD = Pattern.compile("ip\\[(\\d+)]");

    /** As xl's own parser and people write truth. */
    private static final Set<String> YES = Set.of("", "1", "true", "yes", "on");

    private static final Set<String> NO = Set.of("0", "false", "no", "off");

    private final Draft said = new Draft(VifSyntax.LIST, Set.of());

    void set(String name, Parameter parameter) {
        said.set(name, parameter);
    }

    VifSpec finish() {
        said.allowOnlyDom0();
        said.allow("type", Set.of("", "ioemu", "vif", "netfront"), "ioemu or vif");
        List<Parameter> addresses = words(said.at("ip"));
        try {
            return VifSpec.of(
                    said.orNull("network"),
                    said.orNull("bridge"),
                    read("mac", MacAddress::parse),
                    addresses.stream().map(VifDraft::address).toList(),
                    read("rate", ByteRate::parse),
                    mtu(),
                    said.orNull("vifname"),
                    said.orNull("script"),
                    said.orNull("gatewaydev"),
                    model(),
                    trusted(),
                    link(),
                    words(said.at("allow")).stream().map(VifDraft::allowance).collect(Collectors.toSet()));
        } catch (ProblemException e) {
            throw placed(e, addresses);
        }
    }

    /** Fields that are called otherwise than their parameters, and single addresses, have their places too. */
    private ProblemException placed(ProblemException refused, List<Parameter> addresses) {
        Problem problem = refused.problem();
        String field = String.valueOf(problem.field());
        Matcher address = ADDRESS_FIELD.matcher(field);
        if (address.matches()) {
            return addresses.get(Integer.parseInt(address.group(1))).refused(problem);
        }
        return field.equals("gatewayDev") ? said.at("gatewaydev").refused(problem) : said.placed(refused);
    }

    /** Without an emulated card there is no model of one, whatever is said. */
    private @Nullable String model() {
        boolean isEmulated = said.isEmpty("type") || said.value("type").equals("ioemu");
        return isEmulated ? said.orNull("model") : EmulatedCard.NONE;
    }

    private <T> @Nullable T read(String name, Function<String, T> reader) {
        String value = said.orNull(name);
        return value == null ? null : reader.apply(value);
    }

    private @Nullable Integer mtu() {
        String value = said.value("mtu");
        if (value.isEmpty()) {
            return null;
        }
        if (!NUMBER.matcher(value).matches()) {
            throw said.at("mtu").refuse(VifSpec.MTU_EXPECTED);
        }
        return Integer.valueOf(value);
    }

    private boolean trusted() {
        String value = said.value("trusted");
        if (!YES.contains(value) && !NO.contains(value)) {
            throw said.at("trusted").refuse("1 or 0");
        }
        return YES.contains(value);
    }

    private VifLink link() {
        return switch (said.value("link")) {
            case "", "up" -> VifLink.UP;
            case "down" -> VifLink.DOWN;
            default -> throw said.at("link").refuse("up or down");
        };
    }

    private static IpAddress address(Parameter word) {
        try {
            return IpAddress.parse(word.value());
        } catch (ProblemException e) {
            throw word.refused(e.problem());
        }
    }

    private static VifAllowance allowance(Parameter word) {
        try {
            return VifAllowance.ofJson(word.value());
        } catch (ProblemException e) {
            throw word.refused(e.problem());
        }
    }

    private static List<Parameter> words(Parameter whole) {
        List<Parameter> words = new ArrayList<>();
        Matcher word = WORD.matcher(whole.value());
        while (word.find()) {
            words.add(whole.from(word.start()).withValue(word.group()));
        }
        return words;
    }
}
