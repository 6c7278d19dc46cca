package dev.xcs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.xcs.model.ControlSubtype;
import dev.xcs.model.RequestOutcome;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The verbs that send a control message down to a guest and wait for its one response. */
final class RequestVerbs {
    private RequestVerbs() {}

    /** A request to one domain. */
    @Command
    abstract static class Request extends Verb {
        @Parameters(index = "0", paramLabel = "DOMAIN", description = "A name, uuid or domid.")
        private String domain = "";

        @Option(
                names = "--deadline",
                paramLabel = "SECONDS",
                defaultValue = "60",
                description = "How long the guest may take; then the exit code is 6. Default: 60.")
        private int deadlineSeconds;

        /** Of a domain that there is, a uuid not excepted. */
        final String path() {
            String path = daemon().domainPath(domain);
            if (DomainName.isUuid(domain)) {
                daemon().get(path);
            }
            return path;
        }

        final String domain() {
            return domain;
        }

        /** Sends it; fails when the outcome is not that it was done. */
        final JsonNode send(String path, ControlSubtype subtype, ObjectNode payload) {
            ObjectNode body = object().put("domain", path.substring(path.lastIndexOf('/') + 1))
                    .put("subtype", subtype.json())
                    .put("deadlineSeconds", deadlineSeconds)
                    .put("requestor", "xcs");
            body.set("payload", payload);
            return Outcome.check(daemon().post("/v1/requests", body, Duration.ofSeconds(deadlineSeconds + 30L)));
        }
    }

    /** What became of a request. */
    static final class Outcome {
        private Outcome() {}

        static JsonNode check(JsonNode outcome) {
            String kind = outcome.path("outcome").asText();
            if (kind.equals(RequestOutcome.Kind.DONE.json())) {
                return outcome;
            }
            boolean timedOut = kind.equals(RequestOutcome.Kind.TIMED_OUT.json());
            JsonNode problem = outcome.path("problem");
            String fallback = timedOut ? "The guest did not answer in time" : "The request was refused";
            CommandFailure failure = CommandFailure.of(
                    timedOut ? ExitCode.TIMED_OUT : ExitCode.REFUSED,
                    problem.path("detail").asText(fallback));
            return fail(
                    problem.path("cause").isTextual()
                            ? failure.because(problem.path("cause").asText())
                            : failure);
        }

        private static JsonNode fail(CommandFailure failure) {
            throw failure;
        }
    }

    @Command(
            name = "sysrq",
            description = {
                "Presses the magic key of a Linux guest together with a letter.",
                "",
                "What it prints is in the guest's console. Needs a guest that listens to control/sysrq in xenstore."
            },
            footer = {"  xcs sysrq web h", "  xcs sysrq web s"})
    static final class Sysrq extends Request {
        @Parameters(index = "1", paramLabel = "KEY", description = "One letter or digit; h lists them all.")
        private String key = "";

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        @Override
        public Integer call() {
            if (!key.matches("[0-9A-Za-z]")) {
                throw new ParameterException(spec.commandLine(), "KEY is \"" + key + "\", expected a letter or digit");
            }
            ObjectNode payload = object().put("kind", "sysrq").put("key", key);
            return done(send(path(), ControlSubtype.SHUTDOWN_SYSRQ, payload), domain() + " has been sent sysrq " + key);
        }
    }

    @Command(
            name = "mem-set",
            description = {
                "Asks a guest to shrink or grow to this much memory by its balloon.",
                "",
                "Returns when the switch says that it has, or that it cannot."
            },
            footer = {"  xcs mem-set web 512", "  xcs mem-set web 1g"})
    static final class MemSet extends Request {
        @Parameters(
                index = "1",
                paramLabel = "SIZE",
                converter = Size.Converter.class,
                description = "In MiB, or as 64m, 1g.")
        private Size size = new Size(0);

        @Override
        public Integer call() {
            ObjectNode payload = object().put("kind", "memory").put("targetKib", size.kib());
            return done(
                    send(path(), ControlSubtype.MEM_REQUEST_SET, payload),
                    domain() + " has been set to " + size.kib() / 1024 + " MiB");
        }
    }

    @Command(
            name = "vcpu-set",
            description = {
                "Asks a guest to have this many of its virtual cpus online.",
                "",
                "The first N stay; the others are sent off one by one, or N is reached upwards. The first that fails ends it."
            },
            footer = {"  xcs vcpu-set web 2"})
    static final class VcpuSet extends Request {
        @Parameters(index = "1", paramLabel = "N", description = "How many, at least 1.")
        private int wanted;

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        @Override
        public Integer call() {
            if (wanted < 1 || wanted > 512) {
                throw new ParameterException(spec.commandLine(), "N is " + wanted + ", expected 1 to 512");
            }
            String path = path();
            int online = daemon().get(path).path("vcpus").asInt();
            JsonNode last = object().put("outcome", RequestOutcome.Kind.DONE.json());
            for (int vcpu = online; vcpu < wanted; vcpu++) {
                last = send(path, ControlSubtype.VCPU_HOTPLUG_ON, payload(vcpu));
            }
            for (int vcpu = online - 1; vcpu >= wanted; vcpu--) {
                last = send(path, ControlSubtype.VCPU_HOTPLUG_OFF, payload(vcpu));
            }
            return done(last, domain() + " has been set to " + wanted + " virtual cpus, from " + online);
        }

        private static ObjectNode payload(int vcpu) {
            return object().put("kind", "vcpu").put("vcpu", vcpu);
        }
    }
}
