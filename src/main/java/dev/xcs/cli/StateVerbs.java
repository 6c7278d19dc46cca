package dev.xcs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The verbs that ask for another state of one domain. */
final class StateVerbs {
    private StateVerbs() {}

    /** One domain and the state it is asked for. */
    @Command
    abstract static class Change extends Verb {
        @Parameters(index = "0", paramLabel = "DOMAIN", description = "A name, uuid or domid.")
        private String domain = "";

        final String domain() {
            return domain;
        }

        static ObjectNode wish(String state) {
            return object().put("state", state);
        }

        final int change(String state) {
            JsonNode changed = daemon().put(daemon().domainPath(domain) + "/state", wish(state));
            return done(changed, sentence(changed));
        }

        static String sentence(JsonNode domain) {
            return domain.path("name").asText() + " is " + domain.path("state").asText();
        }
    }

    /** One that the guest carries out in its own time. */
    @Command
    abstract static class Asked extends Change {
        @Option(
                names = {"-w", "--wait"},
                description = "Return only when the guest has done it.")
        private boolean wait;

        @Option(
                names = "--timeout",
                paramLabel = "SECONDS",
                defaultValue = "60",
                description = "How long --wait waits, 1 to 86400; then the exit code is 6. Default: 60.")
        private int timeoutSeconds;

        final int ask(String state, String asked, String reached) {
            String path = daemon().domainPath(domain());
            JsonNode before = daemon().get(path);
            String name = before.path("name").asText();
            if (!wait) {
                return done(daemon().put(path + "/state", wish(state)), name + asked);
            }
            return done(await(path, state, before), name + reached);
        }

        /** The domain as it is then. */
        private JsonNode await(String path, String state, JsonNode before) {
            Duration timeout = Duration.ofSeconds(Math.max(1, Math.min(timeoutSeconds, 86_400)));
            String late = before.path("name").asText() + " has not done it within " + timeout.toSeconds() + " seconds";
            Deadline deadline = Deadline.in(timeout);
            JsonNode[] after = {before};
            try {
                daemon().put(path + "/state", wish(state), timeout);
            } catch (CommandFailure failure) {
                throw deadline.isOver() && failure.exitCode() == ExitCode.TIMED_OUT
                        ? CommandFailure.of(ExitCode.TIMED_OUT, late)
                        : failure;
            }
            deadline.await(
                    () -> {
                        after[0] = look(path);
                        return isReached(before, after[0]);
                    },
                    late);
            return after[0];
        }

        /** An empty object when it is gone. */
        private JsonNode look(String path) {
            try {
                return daemon().get(path);
            } catch (CommandFailure failure) {
                if (failure.exitCode() == ExitCode.NO_SUCH_DOMAIN) {
                    return object();
                }
                throw failure;
            }
        }

        abstract boolean isReached(JsonNode before, JsonNode after);

        static boolean hasOtherDomid(JsonNode before, JsonNode after) {
            return after.path("domid").asInt() != before.path("domid").asInt();
        }
    }

    @Command(
            name = "start",
            description = "Lets a domain run: one that is paused goes on. Returns when it runs.",
            footer = {"  xcs start web"})
    static final class Start extends Change {
        @Override
        public Integer call() {
            return change("running");
        }
    }

    @Command(
            name = "stop",
            description = {
                "Asks the guest to power off, and returns when it was asked; with --wait when it has.",
                "",
                "What follows is decided by the domain's onPoweroff. A guest that does not listen is ended by xcs destroy."
            },
            footer = {"  xcs stop web", "  xcs stop --wait --timeout 120 web || xcs destroy web"})
    static final class Stop extends Asked {
        private static final Set<String> ENDED = Set.of("shutdown", "crashed");

        @Override
        public Integer call() {
            return ask("shutdown", " was asked to power off", " has powered off");
        }

        @Override
        boolean isReached(JsonNode before, JsonNode after) {
            return after.isEmpty() || ENDED.contains(after.path("state").asText()) || hasOtherDomid(before, after);
        }
    }

    @Command(
            name = "reboot",
            description = {
                "Asks the guest to reboot, and returns when it was asked; with --wait when it runs anew.",
                "",
                "What follows is decided by the domain's onReboot. The domid changes, the uuid does not."
            },
            footer = {"  xcs reboot --wait web"})
    static final class Reboot extends Asked {
        @Override
        public Integer call() {
            return ask("rebooted", " was asked to reboot", " has rebooted");
        }

        @Override
        boolean isReached(JsonNode before, JsonNode after) {
            if (after.isEmpty() || after.path("state").asText().equals("shutdown")) {
                throw CommandFailure.of(ExitCode.REFUSED, "The domain has ended and does not boot again")
                        .because("its onReboot says so");
            }
            return hasOtherDomid(before, after) && after.path("state").asText().equals("running");
        }
    }

    @Command(
            name = "pause",
            description = "Stops a domain's virtual cpus; it keeps its memory. Returns when they stand.",
            footer = {"  xcs pause web"})
    static final class Pause extends Change {
        @Override
        public Integer call() {
            return change("paused");
        }
    }

    @Command(
            name = "unpause",
            description = "Lets a paused domain go on. Returns when it runs.",
            footer = {"  xcs unpause web"})
    static final class Unpause extends Change {
        @Override
        public Integer call() {
            return change("running");
        }
    }

    @Command(
            name = "destroy",
            description = {
                "Ends a domain at once, without asking the guest: what it has not written is lost.",
                "",
                "Returns when Xen does not know the domain any more."
            },
            footer = {"  xcs destroy web"})
    static final class Destroy extends Change {
        @Override
        public Integer call() {
            String path = daemon().domainPath(domain());
            daemon().delete(path);
            String uuid = path.substring(path.lastIndexOf('/') + 1);
            return done(object().put("uuid", uuid).put("destroyed", true), domain() + " is destroyed");
        }
    }
}
