package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A port of dom0 behind which a guest of a NAT network answers. As text it is {@code tcp:8080=10.80.0.5:80}, or with the address of dom0
 * {@code udp:192.0.2.1:53=10.80.0.5}.
 *
 * @param hostAddress the address of dom0 it is open on; absent for every one
 * @param hostPort 1 to 65535
 * @param to the guest's address, in the network's subnet
 * @param port the guest's, 1 to 65535; the same if absent in JSON
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PortForward(Protocol protocol, @Nullable IpAddress hostAddress, int hostPort, IpAddress to, int port) {
    public static final int MAX_PORT = 65535;

    public static final String EXPECTED = "a forward like tcp:8080=10.80.0.5:80 or udp:192.0.2.1:53=10.80.0.5";

    private static final String V4 = "\\d{1,3}(?:\\.\\d{1,3}){3}";
    private static final Pattern FORM = Pattern.compile(
            "(tcp|udp):(?:(?<host>" + V4 + "):)?(?<hostPort>\\d{1,5})=(?<to>" + V4 + ")(?::(?<port>\\d{1,5}))?");

    /** @throws ProblemException naming the component that cannot be accepted */
    public PortForward {
        check("hostPort", hostPort);
        check("port", port);
        if (!to.isV4()) {
            throw Problem.invalidField("to", to, "an IPv4 address").toException();
        }
        if (hostAddress != null && !hostAddress.isV4()) {
            throw Problem.invalidField("hostAddress", hostAddress, "an IPv4 address")
                    .toException();
        }
    }

    @JsonCreator
    public static PortForward of(
            @JsonProperty("protocol") @Nullable Protocol protocol,
            @JsonProperty("hostAddress") @Nullable IpAddress hostAddress,
            @JsonProperty("hostPort") int hostPort,
            @JsonProperty("to") IpAddress to,
            @JsonProperty("port") @Nullable Integer port) {
        return new PortForward(
                protocol == null ? Protocol.TCP : protocol, hostAddress, hostPort, to, port == null ? hostPort : port);
    }

    /** @throws ProblemException of the field {@code forward} */
    public static PortForward parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw Problem.invalidField("forward", text, EXPECTED).toException();
        }
        String host = form.group("host");
        String port = form.group("port");
        try {
            return of(
                    Protocol.ofJson(form.group(1)),
                    host == null ? null : IpAddress.parse(host),
                    Integer.parseInt(form.group("hostPort")),
                    IpAddress.parse(form.group("to")),
                    port == null ? null : Integer.valueOf(port));
        } catch (ProblemException e) {
            throw new ProblemException(Problem.invalidField("forward", text, EXPECTED), e);
        }
    }

    /** As {@link #parse} reads it. */
    public String text() {
        return protocol.json() + ":" + (hostAddress == null ? "" : hostAddress + ":") + hostPort + "=" + to
                + (port == hostPort ? "" : ":" + port);
    }

    /** Whether both would answer at the same port of dom0. */
    public boolean clashesWith(PortForward other) {
        return protocol == other.protocol
                && hostPort == other.hostPort
                && (hostAddress == null || other.hostAddress == null || hostAddress.equals(other.hostAddress));
    }

    private static void check(String field, int port) {
        if (port < 1 || port > MAX_PORT) {
            throw Problem.invalidField(field, port, "a port, 1 to " + MAX_PORT).toException();
        }
    }

    /** In JSON the names are in lower case. */
    public enum Protocol {
        TCP,
        UDP;

        @JsonValue
        public String json() {
            return name().toLowerCase(Locale.ROOT);
        }

        @JsonCreator
        public static Protocol ofJson(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }
}
