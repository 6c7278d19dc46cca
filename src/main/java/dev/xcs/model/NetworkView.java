package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A network of this host as it shows: what was asked for, and what became of it.
 *
 * @param origin who asked for it
 * @param interfaceName the bridge in dom0 that its vifs are on, {@code interface} in JSON; absent where it has none
 * @param address dom0's own on it; absent for none
 * @param vifs how many vifs are on it now
 * @param problem why it does not work; absent if it does
 * @param leases the addresses that its guests have from it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NetworkView(
        String name,
        NetworkKind kind,
        @Nullable String bridge,
        boolean create,
        @Nullable String uplink,
        @Nullable Integer vlan,
        @Nullable Subnet subnet,
        boolean dhcp,
        @Nullable String domain,
        Map<String, IpAddress> hosts,
        List<PortForward> forwards,
        @Nullable Integer mtu,
        Origin origin,
        @JsonProperty("interface") @Nullable String interfaceName,
        @Nullable IpAddress address,
        int vifs,
        @Nullable String problem,
        List<Lease> leases) {
    public NetworkView {
        hosts = Collections.unmodifiableMap(new TreeMap<>(hosts));
        forwards = List.copyOf(forwards);
        leases = List.copyOf(leases);
    }

    public static NetworkView of(
            NetworkSpec spec,
            Origin origin,
            @Nullable String interfaceName,
            @Nullable IpAddress address,
            int vifs,
            @Nullable String problem,
            List<Lease> leases) {
        return new NetworkView(
                spec.name(),
                spec.kind(),
                spec.bridge(),
                spec.create(),
                spec.uplink(),
                spec.vlan(),
                spec.subnet(),
                spec.dhcp(),
                spec.domain(),
                spec.hosts(),
                spec.forwards(),
                spec.mtu(),
                origin,
                interfaceName,
                address,
                vifs,
                problem,
                leases);
    }

    /** In JSON the names are in lower case. */
    public enum Origin {
        CONFIG,
        API;

        @JsonValue
        public String json() {
            return name().toLowerCase(Locale.ROOT);
        }

        @JsonCreator
        public static Origin ofJson(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }
}
