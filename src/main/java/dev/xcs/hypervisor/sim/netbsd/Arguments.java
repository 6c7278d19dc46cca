package dev.xcs.hypervisor.sim.netbsd;

import java.util.List;

/** What a program was called with, word by word. */
final class Arguments {
    private final List<String> words;
    private int at;

    Arguments(List<String> words) {
        this.words = words;
    }

    boolean isEmpty() {
        return at == words.size();
    }

    String next() {
        if (isEmpty()) {
            throw new ProgramFailure("usage: " + words + " lacks an argument");
        }
        return words.get(at++);
    }

    /** Takes a word if it is the next. */
    boolean skip(String word) {
        boolean there = !isEmpty() && words.get(at).equals(word);
        at += there ? 1 : 0;
        return there;
    }

    void require(String... expected) {
        for (String word : expected) {
            if (!skip(word)) {
                throw new ProgramFailure("usage: expected " + word + " in " + words);
            }
        }
    }

    int number() {
        String word = next();
        try {
            return Integer.parseInt(word);
        } catch (NumberFormatException e) {
            throw new ProgramFailure(word + ": bad value");
        }
    }

    /** Nothing may be left that nobody understood. */
    void end() {
        if (!isEmpty()) {
            throw new ProgramFailure(next() + ": bad value");
        }
    }
}
