package dev.xcs.platform;

import dev.xcs.model.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An interface as NetBSD's ifconfig shows it.
 *
 * @param place in the list, from 1: ifconfig does not tell the kernel's own number
 * @param mac null where it has none
 */
public record NetbsdLink(
        String name,
        int place,
        boolean up,
        int mtu,
        @Nullable String mac,
        List<IpAddress> addresses,
        Counters in,
        Counters out) {
    public NetbsdLink {
        addresses = List.copyOf(addresses);
    }

    /** What went through in one direction. */
    public record Counters(long packets, long bytes, long errors, long drops) {
        public static final Counters NONE = new Counters(0, 0, 0, 0);
    }
}
