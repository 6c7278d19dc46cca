package dev.xcs.hypervisor.sim.net;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A learning bridge. A port with a tag belongs to that VLAN and its frames have no tag of their own; all others carry every VLAN, as
 * those of a bridge without VLANs do. Not thread-safe.
 */
public final class Bridge implements Switching {
    /** Linux's default ageing time. */
    private static final long AGE_NANOS = TimeUnit.SECONDS.toNanos(300);

    private record Key(int vlan, HardwareAddress mac) {}

    private record Place(Link port, long seenNanos) {}

    private final Link self;
    private final Consumer<byte[]> up;
    private final List<Link> ports = new ArrayList<>();
    private final Map<Key, Place> places = new HashMap<>();

    /** @param up gets what is for the host that has the bridge */
    Bridge(Link self, Consumer<byte[]> up) {
        this.self = self;
        this.up = up;
    }

    List<Link> ports() {
        return List.copyOf(ports);
    }

    @Override
    public void add(Link port) {
        ports.add(port);
    }

    @Override
    public void remove(Link port) {
        ports.remove(port);
        forget(port);
    }

    @Override
    public void forget(Link port) {
        places.values().removeIf(place -> place.port().equals(port));
    }

    @Override
    public void forward(@Nullable Link from, byte[] bytes) {
        Frame frame = Frame.parse(bytes);
        if (frame == null || (from != null && from.tag() != Frame.UNTAGGED && frame.vlan() != Frame.UNTAGGED)) {
            return;
        }
        Frame inside = from == null || from.tag() == Frame.UNTAGGED ? frame : frame.withVlan(from.tag());
        if (from != null && !frame.from().isGroup()) {
            places.put(new Key(inside.vlan(), frame.from()), new Place(from, System.nanoTime()));
        }
        if (from != null && (frame.to().isGroup() || frame.to().equals(self.mac()))) {
            up.accept(inside.encode());
        }
        if (frame.to().equals(self.mac())) {
            return;
        }
        Link known = frame.to().isGroup() ? null : placeOf(inside);
        if (known != null) {
            send(known, from, inside);
        } else {
            ports().forEach(port -> send(port, from, inside));
        }
    }

    private @Nullable Link placeOf(Frame frame) {
        Place place = places.get(new Key(frame.vlan(), frame.to()));
        return place == null || System.nanoTime() - place.seenNanos() > AGE_NANOS ? null : place.port();
    }

    private static void send(Link port, @Nullable Link from, Frame frame) {
        boolean reached = port.tag() == Frame.UNTAGGED || port.tag() == frame.vlan();
        if (!port.equals(from) && reached) {
            port.send((port.tag() == Frame.UNTAGGED ? frame : frame.withVlan(Frame.UNTAGGED)).encode());
        }
    }
}
