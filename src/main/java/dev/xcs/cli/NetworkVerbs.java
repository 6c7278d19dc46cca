package dev.xcs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.xcs.model.IpAddress;
import dev.xcs.model.NetworkKind;
import dev.xcs.model.NetworkSpec;
import dev.xcs.model.PortForward;
import dev.xcs.model.ProblemException;
import dev.xcs.model.Subnet;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The verbs about the networks of the host. */
final class NetworkVerbs {
    private static final String NETWORKS = "/v1/networks";

    private NetworkVerbs() {}

    @Command(
            name = "network-list",
            description = {
                "Lists the networks of xcsd, those of its configuration and those that were made since.",
                "",
                "INTERFACE is the bridge in dom0; --json tells more, the addresses that guests have included."
            },
            footer = {"  xcs network-list", "  xcs --json network-list | jq '.[].leases'"})
    static final class ListNetworks extends Verb {
        @Override
        public Integer call() {
            JsonNode networks = daemon().get(NETWORKS);
            if (json()) {
                printJson(networks);
                return ExitCode.DONE;
            }
            Table table =
                    new Table("NAME", "KIND", "INTERFACE", "UPLINK", ">VLAN", "SUBNET", ">VIFS", "ORIGIN", "PROBLEM");
            networks.forEach(network -> table.row(
                    network.path("name").asText(),
                    network.path("kind").asText(),
                    network.path("interface").asText("-"),
                    network.path("uplink").asText("-"),
                    network.path("vlan").asText("-"),
                    network.path("subnet").asText("-"),
                    network.path("vifs").asText(),
                    network.path("origin").asText(),
                    network.path("problem").asText("-")));
            table.print(out());
            return ExitCode.DONE;
        }
    }

    /** One network. */
    @Command
    abstract static class OfNetwork extends Verb {
        @Parameters(
                index = "0",
                paramLabel = "NAME",
                description = "1 to 32 lower-case letters, digits and -, beginning with a letter.")
        private String name = "";

        @Spec
        @SuppressWarnings("NullAway.Init") // set by picocli
        private CommandSpec spec;

        final String name() {
            if (!NetworkSpec.isName(name)) {
                throw new ParameterException(
                        spec.commandLine(),
                        "NAME is \"" + Visible.line(name) + "\", expected " + NetworkSpec.NAME_EXPECTED);
            }
            return name;
        }
    }

    @Command(
            name = "network-create",
            description = {
                "Makes a network that vifs can be on; it is there again when xcsd is started anew.",
                "",
                "bridge (the default) joins a bridge of dom0 that is named by --bridge, or makes one by --create. nat"
                        + " makes a bridge with a subnet behind dom0's address, with DHCP and DNS. routed has no bridge:"
                        + " dom0 routes each address and answers for it on the uplink. openvswitch is a bridge of Open"
                        + " vSwitch."
            },
            footer = {
                "  xcs network-create lan --bridge xenbr0",
                "  xcs network-create dmz --create --uplink eth1 --vlan 42",
                "  xcs network-create inside --kind nat --subnet 10.80.0.0/24 --forward tcp:8080=10.80.0.5:80",
                "  xcs network-create public --kind routed --uplink eth0 --subnet 198.51.100.0/28",
                "  xcs network-create switched --kind openvswitch --bridge ovsbr0 --vlan 7"
            })
    static final class Create extends OfNetwork {
        @Option(
                names = "--kind",
                paramLabel = "KIND",
                converter = KindConverter.class,
                description = "bridge (default), nat, routed or openvswitch.")
        private @Nullable NetworkKind kind;

        @Option(names = "--bridge", paramLabel = "BRIDGE", description = "The bridge in dom0; xcs-NAME if it is made.")
        private @Nullable String bridge;

        @Option(names = "--create", description = "Make the bridge, and remove it with the network; always so for nat.")
        private boolean create;

        @Option(
                names = "--uplink",
                paramLabel = "INTERFACE",
                description = "dom0's interface that is the way out, or where routed addresses are announced.")
        private @Nullable String uplink;

        @Option(
                names = "--vlan",
                paramLabel = "N",
                description =
                        "1 to 4094: only frames with this tag pass the uplink, or the tag of vifs by openvswitch.")
        private @Nullable Integer vlan;

        @Option(
                names = "--subnet",
                paramLabel = "SUBNET",
                converter = SubnetConverter.class,
                description = "The guests' addresses, 10.80.0.0/24 for example; needed for nat.")
        private @Nullable Subnet subnet;

        @Option(names = "--no-dhcp", description = "For nat: give the guests no addresses and no names.")
        private boolean noDhcp;

        @Option(
                names = "--domain",
                paramLabel = "DOMAIN",
                description = "For nat: the DNS domain of the guests' names.")
        private @Nullable String domain;

        @Option(
                names = "--host",
                paramLabel = "HOST=IP",
                converter = HostConverter.class,
                description = "For nat: a further name that is answered. May be given several times.")
        private List<Map.Entry<String, IpAddress>> hosts = List.of();

        @Option(
                names = "--forward",
                paramLabel = "FORWARD",
                converter = ForwardConverter.class,
                description = "For nat: a port of dom0 behind which a guest answers, tcp:8080=10.80.0.5:80, or on one"
                        + " address of dom0, udp:192.0.2.1:53=10.80.0.5. May be given several times.")
        private List<PortForward> forwards = List.of();

        @Option(names = "--mtu", paramLabel = "N", description = "Of the bridge and of its vifs; 1500 by default.")
        private @Nullable Integer mtu;

        @Override
        public Integer call() {
            JsonNode network = daemon().post(NETWORKS, body());
            return done(
                    network,
                    network.path("name").asText() + " is there, "
                            + network.path("kind").asText() + ", "
                            + network.path("interface").asText("without a bridge")
                            + (network.has("problem")
                                    ? ", but: " + network.path("problem").asText()
                                    : ""));
        }

        private ObjectNode body() {
            ObjectNode body = object().put("name", name());
            put(body, "kind", kind);
            put(body, "bridge", bridge);
            put(body, "create", create ? Boolean.TRUE : null);
            put(body, "uplink", uplink);
            put(body, "vlan", vlan);
            put(body, "subnet", subnet);
            put(body, "dhcp", noDhcp ? Boolean.FALSE : null);
            put(body, "domain", domain);
            if (!hosts.isEmpty()) {
                ObjectNode named = body.putObject("hosts");
                hosts.forEach(host -> named.put(host.getKey(), host.getValue().text()));
            }
            if (!forwards.isEmpty()) {
                ArrayNode all = body.putArray("forwards");
                forwards.forEach(forward -> all.add(Daemon.JSON.<JsonNode>valueToTree(forward)));
            }
            put(body, "mtu", mtu);
            return body;
        }

        private static void put(ObjectNode body, String field, @Nullable Object value) {
            if (value != null) {
                body.set(field, Daemon.JSON.valueToTree(value));
            }
        }
    }

    @Command(
            name = "network-delete",
            description = "Removes a network that no vif is on, and all that was made in dom0 for it.",
            footer = "  xcs network-delete inside")
    static final class Delete extends OfNetwork {
        @Override
        public Integer call() {
            daemon().delete(NETWORKS + "/" + name());
            return done(object().put("name", name()), name() + " is gone");
        }
    }

    private static <T> T parsed(String text, Function<String, T> parser) {
        try {
            return parser.apply(text);
        } catch (ProblemException e) {
            throw new TypeConversionException(e.problem().detail());
        }
    }

    /** In lower case, as the API has them. */
    static final class KindConverter implements ITypeConverter<NetworkKind> {
        @Override
        public NetworkKind convert(String text) {
            return Arrays.stream(NetworkKind.values())
                    .filter(kind -> kind.json().equals(text))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("\"" + Visible.line(text) + "\", expected one of "
                            + Arrays.stream(NetworkKind.values())
                                    .map(NetworkKind::json)
                                    .collect(Collectors.joining(", "))));
        }
    }

    /** {@code 10.80.0.0/24}. */
    static final class SubnetConverter implements ITypeConverter<Subnet> {
        @Override
        public Subnet convert(String text) {
            return parsed(text, Subnet::parse);
        }
    }

    /** {@code registry=10.80.0.7}. */
    static final class HostConverter implements ITypeConverter<Map.Entry<String, IpAddress>> {
        @Override
        public Map.Entry<String, IpAddress> convert(String text) {
            return parsed(text, NetworkSpec::hostOf);
        }
    }

    /** {@code tcp:8080=10.80.0.5:80}. */
    static final class ForwardConverter implements ITypeConverter<PortForward> {
        @Override
        public PortForward convert(String text) {
            return parsed(text, PortForward::parse);
        }
    }
}
