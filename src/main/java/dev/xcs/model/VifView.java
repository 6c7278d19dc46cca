package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A network interface of a domain as it shows.
 *
 * @param index from 0: the guest's first interface
 * @param mac absent where the domain has no boot and none was asked for
 * @param ip the addresses it may send from; those it was given by xcsd included
 * @param interfaceName its name in dom0, {@code interface} in JSON; absent where the domain has no boot
 * @param managed whether xcsd attached it
 * @param statistics absent where nobody counts
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record VifView(
        int index,
        @Nullable String network,
        @Nullable String bridge,
        @Nullable MacAddress mac,
        List<IpAddress> ip,
        @Nullable ByteRate rate,
        @Nullable Integer mtu,
        @Nullable String vifname,
        @Nullable String script,
        @Nullable String gatewayDev,
        @Nullable String model,
        boolean trusted,
        VifLink link,
        Set<VifAllowance> allow,
        @JsonProperty("interface") @Nullable String interfaceName,
        DiskState state,
        boolean managed,
        @Nullable VifStatistics statistics) {
    public VifView {
        ip = List.copyOf(ip);
        allow = Collections.unmodifiableSet(new TreeSet<>(allow));
    }

    public static VifView of(
            int index,
            VifSpec spec,
            @Nullable String interfaceName,
            DiskState state,
            boolean managed,
            @Nullable VifStatistics statistics) {
        return new VifView(
                index,
                spec.network(),
                spec.bridge(),
                spec.mac(),
                spec.ip(),
                spec.rate(),
                spec.mtu(),
                spec.vifname(),
                spec.script(),
                spec.gatewayDev(),
                spec.model(),
                spec.trusted(),
                spec.link(),
                spec.allow(),
                interfaceName,
                state,
                managed,
                statistics);
    }
}
