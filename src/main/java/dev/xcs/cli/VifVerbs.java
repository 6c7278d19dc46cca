package dev.xcs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.xcs.model.ByteRate;
import dev.xcs.model.IpAddress;
import dev.xcs.model.ProblemException;
import dev.xcs.model.VifLink;
import dev.xcs.model.VifSpec;
import dev.xcs.xlcfg.VifSyntax;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The verbs about the network interfaces of a domain. */
final class VifVerbs {
    private static final String NONE = "none";

    private VifVerbs() {}

    /** In any form that xl or xm know. */
    static final class VifConverter implements ITypeConverter<VifSpec> {
        @Override
        public VifSpec convert(String text) {
            try {
                return VifSyntax.parse(text);
            } catch (ProblemException e) {
                throw new TypeConversionException(e.problem().detail());
            }
        }
    }

    /** As the API takes it. */
    static JsonNode body(VifSpec vif) {
        return Daemon.JSON.valueToTree(vif);
    }

    /** One domain's vifs. */
    @Command
    abstract static class OfDomain extends Verb {
        @Parameters(index = "0", paramLabel = "DOMAIN", description = "A name, uuid or domid.")
        private String domain = "";

        final String domain() {
            return domain;
        }

        final String vifs() {
            return daemon().domainPath(domain) + "/vifs";
        }
    }

    /** One vif. */
    @Command
    abstract static class OfVif extends OfDomain {
        @Parameters(index = "1", paramLabel = "VIF", description = "Its number, 0 for the first.")
        private int index;

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        final int index() {
            return index;
        }

        final String vif() {
            if (index < 0) {
                throw refuse("VIF is " + index + ", expected the number of a vif, 0 for the first");
            }
            return vifs() + "/" + index;
        }

        final ParameterException refuse(String why) {
            return new ParameterException(spec.commandLine(), why);
        }
    }

    @Command(
            name = "vif-list",
            description = {
                "Lists the vifs of a domain, whoever attached them.",
                "",
                "RECEIVED and SENT are bytes from the guest's point of view; FILTERED are its frames that were stopped."
            },
            footer = {"  xcs vif-list web", "  xcs --json vif-list web | jq '.[].statistics'"})
    static final class ListVifs extends OfDomain {
        @Override
        public Integer call() {
            JsonNode vifs = daemon().get(vifs());
            if (json()) {
                printJson(vifs);
                return ExitCode.DONE;
            }
            Table table = new Table(
                    ">VIF",
                    "INTERFACE",
                    "STATE",
                    "LINK",
                    "NETWORK",
                    "MAC",
                    "IP",
                    "RATE",
                    ">RECEIVED",
                    ">SENT",
                    ">FILTERED");
            vifs.forEach(vif -> table.row(
                    vif.path("index").asText(),
                    vif.path("interface").asText("-"),
                    vif.path("state").asText(),
                    vif.path("link").asText(),
                    place(vif),
                    vif.path("mac").asText("-"),
                    words(vif.path("ip")),
                    vif.path("rate").asText("-"),
                    vif.path("statistics").path("receivedBytes").asText("-"),
                    vif.path("statistics").path("transmittedBytes").asText("-"),
                    vif.path("statistics").path("filtered").asText("-")));
            table.print(out());
            return ExitCode.DONE;
        }

        private static String words(JsonNode values) {
            List<String> words = new ArrayList<>();
            values.forEach(value -> words.add(value.asText()));
            return words.isEmpty() ? "-" : String.join(" ", words);
        }
    }

    /** The network or the bridge it is on. */
    private static String place(JsonNode vif) {
        return vif.path("network").asText(vif.path("bridge").asText("-"));
    }

    @Command(
            name = "vif-attach",
            description = {
                "Attaches a vif; returns when the guest has it.",
                "",
                "VIF is what stands in the vif list of an xl or xm configuration, or network=NAME for a network of"
                        + " xcsd; several words are one vif, as for xl network-attach, and none at all is one on the"
                        + " default network. A domain that xcsd made keeps it for its next boots."
            },
            footer = {
                "  xcs vif-attach web bridge=xenbr0",
                "  xcs vif-attach web network=inside,rate=10Mb/s",
                "  xcs vif-attach web mac=00:16:3e:01:02:03,bridge=xenbr0,ip=10.0.0.5"
            })
    static final class Attach extends OfDomain {
        @Parameters(index = "1..*", arity = "0..*", paramLabel = "VIF", description = "The vif, in a form of xl or xm.")
        private List<String> words = List.of();

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        @Override
        public Integer call() {
            VifSpec wanted = wanted();
            JsonNode vif = daemon().post(vifs(), body(wanted));
            return done(
                    vif,
                    domain() + " has vif " + vif.path("index").asText() + ", "
                            + vif.path("mac").asText() + " on " + place(vif) + ", "
                            + vif.path("state").asText());
        }

        private VifSpec wanted() {
            try {
                return VifSyntax.parse(String.join(",", words));
            } catch (ProblemException e) {
                throw new ParameterException(spec.commandLine(), e.problem().detail());
            }
        }
    }

    @Command(
            name = "vif-detach",
            description = "Takes a vif away; returns when the guest has given it up.",
            footer = {"  xcs vif-detach web 1", "  xcs vif-detach web 1 --force"})
    static final class Detach extends OfVif {
        @Option(names = "--force", description = "Also when the guest does not give it up.")
        private boolean force;

        @Override
        public Integer call() {
            daemon().delete(vif() + (force ? "?force=true" : ""));
            return done(object().put("index", index()), domain() + " has no vif " + index() + " any more");
        }
    }

    @Command(
            name = "vif-set",
            description = "Changes a vif while the guest runs; what no option names stays.",
            footer = {
                "  xcs vif-set web 0 --network inside",
                "  xcs vif-set web 0 --rate 10Mb/s@20ms",
                "  xcs vif-set web 0 --rate none",
                "  xcs vif-set web 0 --link down"
            })
    static final class Change extends OfVif {
        @Option(names = "--network", paramLabel = "NAME", description = "Move it to this network of xcsd.")
        private @Nullable String network;

        @Option(names = "--bridge", paramLabel = "BRIDGE", description = "Move it to this bridge of dom0.")
        private @Nullable String bridge;

        @Option(
                names = "--rate",
                paramLabel = "RATE",
                description =
                        "How fast the guest may send, 10Mb/s for example, or 1MB/s@20ms; none takes the limit away.")
        private @Nullable String rate;

        @Option(
                names = "--link",
                paramLabel = "LINK",
                converter = LinkConverter.class,
                description = "up or down: whether frames pass.")
        private @Nullable VifLink link;

        @Option(
                names = "--ip",
                paramLabel = "ADDRESS",
                description =
                        "An address it may send from, instead of those it has; may be given several times. none for"
                                + " any.")
        private @Nullable List<String> ip;

        @Override
        public Integer call() {
            ObjectNode change = change();
            if (change.isEmpty()) {
                throw refuse(
                        "There is nothing to change: one of --network, --bridge, --rate, --link and --ip is needed");
            }
            JsonNode vif = daemon().patch(vif(), change);
            return done(
                    vif,
                    "vif " + index() + " of " + domain() + " is "
                            + vif.path("link").asText() + " on " + place(vif) + ", "
                            + (vif.has("rate") ? "at most " + vif.path("rate").asText() : "without a limit"));
        }

        private ObjectNode change() {
            ObjectNode change = object();
            if (network != null) {
                change.put("network", network);
            }
            if (bridge != null) {
                change.put("bridge", bridge);
            }
            if (rate != null) {
                change.put("rate", rate.equals(NONE) ? null : checked(rate));
            }
            if (link != null) {
                change.put("link", link.json());
            }
            if (ip != null) {
                addresses(change.putArray("ip"), ip);
            }
            return change;
        }

        private String checked(String text) {
            try {
                return ByteRate.parse(text).toString();
            } catch (ProblemException e) {
                throw refuse(e.problem().detail());
            }
        }

        private void addresses(ArrayNode all, List<String> texts) {
            if (texts.equals(List.of(NONE))) {
                return;
            }
            for (String text : texts) {
                try {
                    all.add(IpAddress.parse(text).text());
                } catch (ProblemException e) {
                    throw refuse(e.problem().detail());
                }
            }
        }
    }

    /** In lower case, as the API has them. */
    static final class LinkConverter implements ITypeConverter<VifLink> {
        @Override
        public VifLink convert(String text) {
            for (VifLink link : VifLink.values()) {
                if (link.json().equals(text.toLowerCase(Locale.ROOT))) {
                    return link;
                }
            }
            throw new TypeConversionException("\"" + Visible.line(text) + "\", expected up or down");
        }
    }
}
