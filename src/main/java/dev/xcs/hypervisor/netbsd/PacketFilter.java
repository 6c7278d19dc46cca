package dev.xcs.hypervisor.netbsd;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.platform.Npf;
import java.util.List;

/** NPF's dynamic rulesets. */
final class PacketFilter {
    private static final String UNKNOWN_RULE = "rule was not found";
    private static final String UNKNOWN_RULESET = "not found";

    private final Commands commands;

    PacketFilter(Commands commands) {
        this.commands = commands;
    }

    void add(List<String> rules) {
        rules.forEach(this::add);
    }

    private void add(String rule) {
        if (rule.length() > Npf.LONGEST_RULE) {
            throw Problem.of(
                            ProblemType.IMPOSSIBLE,
                            "npfctl takes rules of at most " + Npf.LONGEST_RULE + " characters, this one has "
                                    + rule.length() + ": give the vif fewer addresses")
                    .withField("ip")
                    .withCall("npfctl", rule.substring(0, 80))
                    .toException();
        }
        List<String> command = Npf.add(rule);
        CommandRunner.Result result = commands.attempt(command);
        if (result.status() != 0) {
            Problem failure = Commands.failure(command, result);
            boolean noRuleset = result.errors().contains(UNKNOWN_RULESET);
            throw (noRuleset ? failure.withCause("/etc/npf.conf has to have " + Npf.CONFIGURATION) : failure)
                    .toException();
        }
    }

    /** Those that are not there, because somebody flushed NPF, are as good as removed. */
    void remove(List<String> rules) {
        for (String rule : rules) {
            List<String> command = Npf.remove(rule);
            CommandRunner.Result result = commands.attempt(command);
            boolean gone =
                    result.errors().contains(UNKNOWN_RULE) || result.errors().contains(UNKNOWN_RULESET);
            if (result.status() != 0 && !gone) {
                throw Commands.failure(command, result).toException();
            }
        }
    }

    /** Whether as many rules as these are there for an interface. */
    boolean has(String interfaceName, List<String> rules) {
        if (rules.isEmpty()) {
            return true;
        }
        CommandRunner.Result listed = commands.attempt(Npf.listRules());
        String on = " on " + interfaceName + " ";
        long there = listed.output()
                .lines()
                .filter(line -> (" " + line + " ").contains(on))
                .count();
        return listed.status() == 0 && there == rules.size();
    }
}
