package dev.xcs.hypervisor.sim.net;

import dev.xcs.model.IpAddress;
import dev.xcs.model.VifStatistics;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A network interface of the simulated dom0: an end of a wire, or a bridge. Its counters are those of the wire's other end: received is
 * what went out here. Not thread-safe.
 */
public final class Link implements Nic {
    private static final int TAG = 4;

    private final int index;
    private final String device;
    private final Consumer<byte[]> wire;
    private String name;
    private HardwareAddress mac;
    private int mtu = 1500;
    private boolean up;
    private @Nullable Link master;
    private @Nullable Switching bridge;
    private @Nullable Guard guard;
    private int tag;
    private boolean proxy;
    private final Set<IpAddress> proxied = new HashSet<>();

    private long receivedBytes;
    private long receivedPackets;
    private long receiveDrops;
    private long transmittedBytes;
    private long transmittedPackets;
    private long transmitDrops;
    private long transmitErrors;

    /**
     * An end of a wire.
     *
     * @param wire takes what goes out
     */
    public Link(int index, String device, HardwareAddress mac, Consumer<byte[]> wire) {
        this.index = index;
        this.device = device;
        this.name = device;
        this.mac = mac;
        this.wire = wire;
    }

    /**
     * A bridge.
     *
     * @param host gets what is for the host that has it
     */
    public static Link bridge(int index, String name, HardwareAddress mac, IpHost host) {
        Link link = new Link(index, name, mac, frame -> {});
        link.bridge = new Bridge(link, frame -> {
            if (link.up) {
                host.receive(link, frame);
            }
        });
        return link;
    }

    /** A bridge as NetBSD has it, to which {@link #members} leads. */
    public static Link memberBridge(int index, String name, IpHost host, MemberBridge.Filter filter) {
        Link link = new Link(index, name, HardwareAddress.ZERO, frame -> {});
        link.bridge = new MemberBridge(host, filter);
        return link;
    }

    /** Null for all but a bridge of {@link #memberBridge}. */
    public @Nullable MemberBridge members() {
        return bridge instanceof MemberBridge members ? members : null;
    }

    public int index() {
        return index;
    }

    /** What it was called when it was made. */
    public String device() {
        return device;
    }

    @Override
    public String name() {
        return name;
    }

    public void rename(String newName) {
        name = newName;
    }

    @Override
    public HardwareAddress mac() {
        return mac;
    }

    public void mac(HardwareAddress address) {
        mac = address;
    }

    @Override
    public int mtu() {
        return mtu;
    }

    public void mtu(int bytes) {
        mtu = bytes;
    }

    @Override
    public boolean isUp() {
        return up;
    }

    public void up(boolean value) {
        up = value;
    }

    public boolean isBridge() {
        return bridge != null;
    }

    public @Nullable Link master() {
        return master;
    }

    /** Makes it a port of a bridge, or of none, with a tag or {@link Frame#UNTAGGED}. */
    public void master(@Nullable Link newMaster, int newTag) {
        if (master != newMaster) {
            if (master != null && master.bridge != null) {
                master.bridge.remove(this);
            }
            master = newMaster;
            if (newMaster != null && newMaster.bridge != null) {
                newMaster.bridge.add(this);
            }
        } else if (tag != newTag && master != null && master.bridge != null) {
            master.bridge.forget(this);
        }
        tag = newTag;
    }

    int tag() {
        return tag;
    }

    public void guard(@Nullable Guard newGuard) {
        guard = newGuard;
    }

    /** Whether the host answers here in the place of one that it reaches through another interface. */
    boolean isProxyFor(IpAddress wanted) {
        return proxied.contains(wanted) || (proxy && wanted.isV4());
    }

    /** Whether the host answers here for all of IPv4 that it reaches through other interfaces. */
    public void proxy(boolean value) {
        proxy = value;
    }

    /** For which addresses beside that the host answers here; may be changed. */
    public Set<IpAddress> proxied() {
        return proxied;
    }

    /** From the host that has it. */
    @Override
    public void transmit(byte[] frame) {
        if (bridge != null) {
            if (up) {
                bridge.forward(null, frame);
            }
        } else if (!isMasters(frame)) {
            send(frame);
        }
    }

    private boolean isMasters(byte[] frame) {
        return up && master != null && master.up && master.bridge != null && master.bridge.output(this, frame);
    }

    /** Out on the wire, or lost. */
    void send(byte[] frame) {
        if (!up || (guard != null && guard.isSilent())) {
            return;
        }
        if (frame.length > mtu + Frame.HEADER + TAG) {
            receiveDrops++;
            return;
        }
        receivedPackets++;
        receivedBytes += frame.length;
        wire.accept(frame);
    }

    /** In from the wire; to the bridge that it is a port of, or to the host. */
    public void arrive(byte[] frame, IpHost host) {
        transmittedPackets++;
        transmittedBytes += frame.length;
        if (!up) {
            transmitDrops++;
        } else if (guard == null || guard.passes(frame)) {
            Link over = master;
            if (over == null) {
                host.receive(this, frame);
            } else if (over.up && over.bridge != null) {
                over.bridge.forward(this, frame);
            }
        }
    }

    /** The other end did not take a frame that was counted as received. */
    public void refused(int bytes) {
        receivedPackets--;
        receivedBytes -= bytes;
        receiveDrops++;
    }

    /** The other end sent what is no frame. */
    public void broken() {
        transmitErrors++;
    }

    public VifStatistics statistics() {
        return new VifStatistics(
                receivedBytes,
                receivedPackets,
                receiveDrops,
                0,
                transmittedBytes,
                transmittedPackets,
                transmitDrops,
                transmitErrors,
                guard == null ? 0 : guard.stopped());
    }
}
