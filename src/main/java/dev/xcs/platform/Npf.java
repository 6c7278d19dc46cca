package dev.xcs.platform;

import java.util.List;

/**
 * The command lines of NetBSD's packet filter, npfctl(8), for the two dynamic rulesets that are xcsd's. A ruleset lives in the kernel until the host goes
 * down, a reload of the administrator's npf.conf included, but the administrator has to give it its place there: {@link #CONFIGURATION}.
 */
public final class Npf {
    private static final String RULES = "xcs";

    /** Rulesets for translation have that prefix (NPF_RULESET_MAP_PREF of libnpf). */
    private static final String MAPS = "map:xcs";

    /** npfctl has room for so many characters of a rule (npfctl_parse_rule). */
    public static final int LONGEST_RULE = 1023;

    /** What npf.conf has to have: maps are on their own, a ruleset is in the group where it is asked. */
    public static final String CONFIGURATION = "map ruleset \"" + MAPS
            + "\", and in the group default, before the rules of its own, " + "ruleset \"" + RULES + "\"";

    private Npf() {}

    /** @param rule as npf.conf has it, or a map */
    public static List<String> add(String rule) {
        return List.of("npfctl", "rule", rulesetOf(rule), "add", rule);
    }

    /** Finds the rule by its own text. */
    public static List<String> remove(String rule) {
        return List.of("npfctl", "rule", rulesetOf(rule), "rem", rule);
    }

    /** The rules that there are, in the form of {@code show}: not as they were given, but each with {@code on INTERFACE}. */
    public static List<String> listRules() {
        return List.of("npfctl", "rule", RULES, "list");
    }

    private static String rulesetOf(String rule) {
        return rule.startsWith("map ") ? MAPS : RULES;
    }
}
