package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A port of dom0 behind which a guest of a NAT network answers.
 *
 * @param hostAddress the address of dom0 it is open on; absent for every one
 * @param hostPort 1 to 65535
 * @param to the guest's address, in the network's subnet
 * @param port the guest's, 1 to 65535; the same if absent in JSON
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PortForward(Protocol protocol, @Nullable IpAddress hostAddress, int hostPort, IpAddress to, int port) {
    private static final int MAX_PORT = 65535;

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
