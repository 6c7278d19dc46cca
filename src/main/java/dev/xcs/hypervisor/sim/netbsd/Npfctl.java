package dev.xcs.hypervisor.sim.netbsd;

import dev.xcs.hypervisor.sim.net.Npf;
import java.util.List;

/** The program npfctl(8), as far as it is about dynamic rules (usr.sbin/npf/npfctl/npf_cmd.c). */
final class Npfctl {
    private static final String MAP = "map:";

    private final NetbsdKernel kernel;
    private long lastId;

    Npfctl(NetbsdKernel kernel) {
        this.kernel = kernel;
    }

    String run(Arguments words) {
        words.require("rule");
        String ruleset = words.next();
        String command = words.next();
        boolean maps = ruleset.startsWith(MAP);
        String rule = command.equals("list") ? "" : words.next();
        words.end();
        boolean fits = rule.startsWith("map ") == maps;
        if (!rule.isEmpty() && !fits) {
            throw new ProgramFailure("npfctl: could not parse the rule");
        }
        if (!kernel.rulesets().contains(ruleset)) {
            throw new ProgramFailure("npfctl: ruleset \"" + ruleset + "\" not found");
        }
        return run(kernel.npf(), command, maps, rule);
    }

    private String run(Npf npf, String command, boolean maps, String rule) {
        switch (command) {
            case "add" -> {
                try {
                    npf.add(rule);
                } catch (IllegalArgumentException e) {
                    throw new ProgramFailure("npfctl: " + e.getMessage());
                }
                return "OK " + Long.toHexString(++lastId) + "\n";
            }
            case "rem" -> {
                if (!npf.remove(rule)) {
                    throw new ProgramFailure("npfctl: rule was not found");
                }
                return "";
            }
            case "list" -> {
                List<String> listed = maps ? npf.maps() : npf.rules();
                StringBuilder text = new StringBuilder();
                listed.forEach(line -> text.append(line).append(" # id=\"1\"\n"));
                return text.toString();
            }
            default -> throw new ProgramFailure("usage: npfctl rule \"rule-name\" { add | rem } <rule-syntax>");
        }
    }
}
