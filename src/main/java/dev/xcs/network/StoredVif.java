package dev.xcs.network;

import dev.xcs.device.DevicePaths;
import dev.xcs.model.ByteRate;
import dev.xcs.model.IpAddress;
import dev.xcs.model.MacAddress;
import dev.xcs.model.ProblemException;
import dev.xcs.model.VifSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A vif as xenstore has it, whoever attached it.
 *
 * @param values of the back-end's nodes, those of {@link #KEYS} that there are
 */
record StoredVif(int domid, int index, Map<String, String> values) {
    private static final Logger LOG = LoggerFactory.getLogger(StoredVif.class);

    /** The node that names xcsd's network; only ours have it. */
    static final String NETWORK = "xcs-network";

    /** What is read of each back-end. */
    static final String[] KEYS = {"mac", "ip", "bridge", "rate", "mtu", "vifname", "script", "state", "online", NETWORK
    };

    StoredVif {
        values = Map.copyOf(values);
    }

    String value(String key) {
        return values.getOrDefault(key, "");
    }

    /** It was asked for, and the guest has let go of it: only what it left is there. */
    boolean isGivenUp() {
        return value("online").equals("0") && value("state").equals("6");
    }

    DevicePaths paths() {
        return new DevicePaths(KeptVif.KIND, domid, index);
    }

    Optional<MacAddress> mac() {
        return Optional.ofNullable(parsed("mac", MacAddress::parse));
    }

    /** Its addresses, those that its network gave it included. */
    List<IpAddress> addresses() {
        List<IpAddress> all = parsed(
                "ip",
                text -> Arrays.stream(text.strip().split("\\s+"))
                        .map(IpAddress::parse)
                        .toList());
        return all == null ? List.of() : all;
    }

    /** As it would have to be asked for; what xcsd cannot read is left out. */
    VifSpec spec() {
        String network = text(NETWORK);
        return VifSpec.of(
                network,
                network == null
                        ? parsed("bridge", text -> VifSpec.onBridge(text).bridge())
                        : null,
                mac().orElse(null),
                addresses(),
                ByteRate.ofNode(value("rate")).orElse(null),
                parsed("mtu", Integer::valueOf),
                text("vifname"),
                null,
                null,
                null,
                null,
                null,
                null);
    }

    private @Nullable String text(String key) {
        return values.get(key);
    }

    private <T> @Nullable T parsed(String key, Function<String, T> parser) {
        String text = value(key);
        if (text.isEmpty()) {
            return null;
        }
        try {
            return parser.apply(text);
        } catch (ProblemException | IllegalArgumentException e) {
            LOG.debug("{}/{} is not shown: {}", paths().backend(), key, e.getMessage());
            return null;
        }
    }
}
