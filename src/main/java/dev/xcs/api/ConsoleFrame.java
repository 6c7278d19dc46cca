package dev.xcs.api;

import dev.xcs.model.Problem;
import java.util.UUID;

/** The text frames that a console viewer is sent; told apart by {@code type}. The contract describes them. */
final class ConsoleFrame {
    record Hello(String type, UUID uuid, int domid, long offset, int replayBytes) {}

    record Gap(String type, long from, long to) {}

    record Restarted(String type, int domid) {}

    record Failure(String type, Problem problem) {}

    record End(String type) {}

    private ConsoleFrame() {}

    static String hello(UUID uuid, int domid, long offset, int replayBytes) {
        return Answers.text(new Hello("hello", uuid, domid, offset, replayBytes));
    }

    static String gap(long from, long to) {
        return Answers.text(new Gap("gap", from, to));
    }

    static String restarted(int domid) {
        return Answers.text(new Restarted("restarted", domid));
    }

    static String refused(Problem problem) {
        return Answers.text(new Failure("refused", problem));
    }

    static String error(Problem problem) {
        return Answers.text(new Failure("error", problem));
    }

    static String end() {
        return Answers.text(new End("end"));
    }
}
