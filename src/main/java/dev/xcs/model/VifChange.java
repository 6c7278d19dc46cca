package dev.xcs.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be changed of a vif while its guest runs; what is absent stays.
 *
 * @param network the network to move it to; at most one of this and the bridge
 * @param bridge the bridge to move it to
 * @param ip its addresses from now on, instead of those it has; none for any
 * @param rate how fast the guest may send from now on
 * @param unlimited whether the rate limit is taken away
 */
public record VifChange(
        @Nullable String network,
        @Nullable String bridge,
        @Nullable List<IpAddress> ip,
        @Nullable VifLink link,
        @Nullable ByteRate rate,
        boolean unlimited) {
    public static final VifChange NOTHING = new VifChange(null, null, null, null, null, false);

    /** @throws ProblemException naming the component that cannot be accepted */
    public VifChange {
        ip = ip == null ? null : List.copyOf(ip);
        VifSpec.checkPlace(network, bridge);
        VifSpec.checkAddresses(ip == null ? List.of() : ip);
        if (unlimited && rate != null) {
            throw Problem.invalidField("rate", rate.toString(), "no rate where the limit is taken away")
                    .toException();
        }
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
