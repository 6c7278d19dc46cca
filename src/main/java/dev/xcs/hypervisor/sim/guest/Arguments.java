package dev.xcs.hypervisor.sim.guest;

import dev.xcs.model.IpAddress;
import dev.xcs.model.ProblemException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The words of a command: options of one letter with a value each, and the others. */
final class Arguments {
    private final Map<String, String> options = new HashMap<>();
    private final List<String> words = new ArrayList<>();

    /**
     * @param letters of the options that have a value
     * @param flags of those that have none
     */
    Arguments(List<String> args, String letters, String flags) {
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            boolean option = arg.matches("-[A-Za-z]");
            if (option && letters.contains(arg.substring(1)) && i + 1 < args.size()) {
                options.put(arg.substring(1), args.get(++i));
            } else if (option && flags.contains(arg.substring(1))) {
                options.put(arg.substring(1), "");
            } else {
                words.add(arg);
            }
        }
    }

    /** Those that belong to no option. */
    List<String> words() {
        return words;
    }

    boolean has(String letter) {
        return options.containsKey(letter);
    }

    Optional<String> text(String letter) {
        return Optional.ofNullable(options.get(letter));
    }

    /** An option that is a whole number; empty if it is none, which is a usage error. */
    Optional<Integer> number(String letter, int otherwise) {
        String text = options.getOrDefault(letter, String.valueOf(otherwise));
        return text.matches("[0-9]{1,9}") ? Optional.of(Integer.parseInt(text)) : Optional.empty();
    }

    /** An option in seconds, as nanoseconds; empty if it is none, which is a usage error. */
    Optional<Long> nanos(String letter, String otherwise) {
        String text = options.getOrDefault(letter, otherwise);
        return text.matches("[0-9]{1,6}(\\.[0-9]{1,3})?")
                ? Optional.of((long) (Double.parseDouble(text) * 1e9))
                : Optional.empty();
    }

    static Optional<IpAddress> address(String text) {
        try {
            return Optional.of(IpAddress.parse(text));
        } catch (ProblemException e) {
            return Optional.empty();
        }
    }
}
