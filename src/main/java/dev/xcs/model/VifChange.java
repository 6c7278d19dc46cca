package dev.xcs.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be changed of a vif while its guest runs; what is absent stays.
 *
 * @param network the network to move it to; at most one of this and the bridge
 * @param unlimited whether the rate limit is taken away
 */
public record VifChange(
        @Nullable String network,
        @Nullable String bridge,
        @Nullable List<IpAddress> ip,
        @Nullable VifLink link,
        @Nullable ByteRate rate,
        boolean unlimited) {
    public VifChange {
        ip = ip == null ? null : List.copyOf(ip);
    }

    /** Another rate limit, or none. */
    public static VifChange limit(@Nullable ByteRate rate) {
        return new VifChange(null, null, null, null, rate, rate == null);
    }

    public VifSpec appliedTo(VifSpec spec) {
        VifSpec changed = network == null && bridge == null ? spec : spec.moved(network, bridge);
        changed = ip == null ? changed : changed.withIp(ip);
        changed = link == null ? changed : changed.withLink(link);
        return rate == null && !unlimited ? changed : changed.withRate(rate);
    }
}
