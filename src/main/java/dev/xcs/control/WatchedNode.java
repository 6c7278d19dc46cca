package dev.xcs.control;

import dev.xcs.model.ByteRate;
import dev.xcs.model.ControlPayload;
import dev.xcs.model.ControlSubtype;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A xenstore node whose changes are control messages, and which ones: today's handshakes in the classic vocabulary.
 *
 * @param domid the guest it is about, also for a backend's node
 * @param number the device's handle, or the vcpu
 */
record WatchedNode(Kind kind, int domid, long number) {
    enum Kind {
        BLOCK_FRONTEND,
        BLOCK_BACKEND,
        NET_FRONTEND,
        NET_BACKEND,
        NET_RATE,
        SHUTDOWN,
        SYSRQ,
        MEMORY_TARGET,
        VCPU
    }

    /** What a change says. */
    record Meaning(ControlSubtype subtype, ControlPayload payload) {}

    private static final Pattern DEVICE =
            Pattern.compile("/local/domain/(\\d{1,5})/device/(vbd|vif)/(\\d{1,18})/state");
    private static final Pattern BACKEND =
            Pattern.compile("/local/domain/\\d{1,5}/backend/(vbd|qdisk|vif)/(\\d{1,5})/(\\d{1,18})/state");
    private static final Pattern DIRECTORY =
            Pattern.compile("/local/domain/\\d{1,5}/(device/(vbd|vif)|backend/(vbd|qdisk|vif)/\\d{1,5})/\\d{1,18}");
    private static final Pattern RATE =
            Pattern.compile("/local/domain/\\d{1,5}/backend/vif/(\\d{1,5})/(\\d{1,9})/rate");
    private static final Pattern CONTROL = Pattern.compile("/local/domain/(\\d{1,5})/control/(shutdown|sysrq)");
    private static final Pattern TARGET = Pattern.compile("/local/domain/(\\d{1,5})/memory/target");
    private static final Pattern CPU = Pattern.compile("/local/domain/(\\d{1,5})/cpu/(\\d{1,5})/availability");

    private static final int CONNECTED = 4;
    private static final int INITIALISED = 3;
    private static final int CLOSING = 5;

    /** What is read when that changes: the node itself, and the state of a device whose whole directory came or went. */
    static Optional<String> readFor(String path) {
        return DIRECTORY.matcher(path).matches() ? Optional.of(path + "/state") : of(path).map(node -> path);
    }

    /** The node behind a path, empty for all those that say nothing. */
    static Optional<WatchedNode> of(String path) {
        // Every change of any node of any domain comes by here, and most say nothing: their last name tells.
        return switch (path.substring(path.lastIndexOf('/') + 1)) {
            case "state" -> ofDevice(path);
            case "rate" -> ofRate(path);
            case "shutdown", "sysrq" -> ofControl(path);
            case "target" -> ofTarget(path);
            case "availability" -> ofVcpu(path);
            default -> Optional.empty();
        };
    }

    private static Optional<WatchedNode> ofDevice(String path) {
        Matcher matcher = DEVICE.matcher(path);
        if (matcher.matches()) {
            Kind kind = matcher.group(2).equals("vbd") ? Kind.BLOCK_FRONTEND : Kind.NET_FRONTEND;
            return node(kind, matcher.group(1), matcher.group(3));
        }
        matcher = BACKEND.matcher(path);
        if (matcher.matches()) {
            Kind kind = matcher.group(1).equals("vif") ? Kind.NET_BACKEND : Kind.BLOCK_BACKEND;
            return node(kind, matcher.group(2), matcher.group(3));
        }
        return Optional.empty();
    }

    private static Optional<WatchedNode> ofControl(String path) {
        Matcher matcher = CONTROL.matcher(path);
        return matcher.matches()
                ? node(matcher.group(2).equals("sysrq") ? Kind.SYSRQ : Kind.SHUTDOWN, matcher.group(1), "0")
                : Optional.empty();
    }

    private static Optional<WatchedNode> ofRate(String path) {
        Matcher matcher = RATE.matcher(path);
        return matcher.matches() ? node(Kind.NET_RATE, matcher.group(1), matcher.group(2)) : Optional.empty();
    }

    private static Optional<WatchedNode> ofTarget(String path) {
        Matcher matcher = TARGET.matcher(path);
        return matcher.matches() ? node(Kind.MEMORY_TARGET, matcher.group(1), "0") : Optional.empty();
    }

    private static Optional<WatchedNode> ofVcpu(String path) {
        Matcher matcher = CPU.matcher(path);
        return matcher.matches() ? node(Kind.VCPU, matcher.group(1), matcher.group(2)) : Optional.empty();
    }

    /** The node by which a guest is asked to end. */
    static WatchedNode shutdown(int domid) {
        return new WatchedNode(Kind.SHUTDOWN, domid, 0);
    }

    /** The node by which a guest is given a key. */
    static WatchedNode sysrq(int domid) {
        return new WatchedNode(Kind.SYSRQ, domid, 0);
    }

    private static Optional<WatchedNode> node(Kind kind, String domid, String number) {
        return Optional.of(new WatchedNode(kind, Integer.parseInt(domid), Long.parseLong(number)));
    }

    /**
     * What it means that the node's value is now another.
     *
     * @param before null for a node that is seen for the first time
     * @param now null for a node that is gone
     */
    Optional<Meaning> meaning(@Nullable String before, @Nullable String now) {
        switch (kind) {
            case BLOCK_FRONTEND:
            case BLOCK_BACKEND:
            case NET_FRONTEND:
            case NET_BACKEND:
                return device(now == null ? 0 : number(now));
            case NET_RATE:
                return now == null ? Optional.empty() : ByteRate.ofNode(now).map(this::limit);
            case SHUTDOWN:
                return shutdown(before, now);
            case SYSRQ:
                return now == null || now.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Meaning(ControlSubtype.SHUTDOWN_SYSRQ, new ControlPayload.Sysrq(now)));
            case MEMORY_TARGET:
                return now == null
                        ? Optional.empty()
                        : Optional.of(
                                new Meaning(ControlSubtype.MEM_REQUEST_SET, new ControlPayload.Memory(number(now))));
            case VCPU:
                return now == null ? Optional.empty() : Optional.of(vcpu(now.equals("online")));
        }
        return Optional.empty();
    }

    private Meaning limit(ByteRate rate) {
        return new Meaning(ControlSubtype.NETIF_BE_CREDITLIMIT, new ControlPayload.VifRate((int) number, rate));
    }

    private Meaning vcpu(boolean online) {
        return new Meaning(
                online ? ControlSubtype.VCPU_HOTPLUG_ON : ControlSubtype.VCPU_HOTPLUG_OFF,
                new ControlPayload.Vcpu((int) number));
    }

    private static Optional<Meaning> shutdown(@Nullable String before, @Nullable String now) {
        if (now == null || now.isEmpty()) {
            return before == null || before.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Meaning(ControlSubtype.SHUTDOWN_ACKNOWLEDGED, new ControlPayload.Empty()));
        }
        ControlSubtype subtype = switch (now) {
            case "reboot" -> ControlSubtype.SHUTDOWN_REBOOT;
            case "suspend" -> ControlSubtype.SHUTDOWN_SUSPEND;
            default -> ControlSubtype.SHUTDOWN_POWEROFF;
        };
        return Optional.of(new Meaning(subtype, new ControlPayload.Empty()));
    }

    /** XenbusState of either end as the classic handshake: see the table in the javadoc of {@link ControlRouter}. */
    private Optional<Meaning> device(long xenbusState) {
        int status = xenbusState == CONNECTED ? 2 : xenbusState == 0 || xenbusState > CLOSING ? 0 : 1;
        ControlPayload payload = new ControlPayload.DeviceStatus(number, (int) xenbusState, status);
        boolean block = kind == Kind.BLOCK_FRONTEND || kind == Kind.BLOCK_BACKEND;
        boolean front = kind == Kind.BLOCK_FRONTEND || kind == Kind.NET_FRONTEND;
        return Optional.of(
                new Meaning(front ? frontend(block, (int) xenbusState) : backend(block, (int) xenbusState), payload));
    }

    private static ControlSubtype frontend(boolean block, int state) {
        if (state == INITIALISED) {
            return block ? ControlSubtype.BLKIF_FE_INTERFACE_CONNECT : ControlSubtype.NETIF_FE_INTERFACE_CONNECT;
        }
        if (state == CLOSING) {
            return block ? ControlSubtype.BLKIF_FE_INTERFACE_DISCONNECT : ControlSubtype.NETIF_FE_INTERFACE_DISCONNECT;
        }
        return block ? ControlSubtype.BLKIF_FE_INTERFACE_STATUS : ControlSubtype.NETIF_FE_INTERFACE_STATUS;
    }

    private static ControlSubtype backend(boolean block, int state) {
        if (state == 0) {
            return block ? ControlSubtype.BLKIF_BE_DESTROY : ControlSubtype.NETIF_BE_DESTROY;
        }
        if (state < CONNECTED) {
            return block ? ControlSubtype.BLKIF_BE_CREATE : ControlSubtype.NETIF_BE_CREATE;
        }
        if (state == CONNECTED) {
            return block ? ControlSubtype.BLKIF_BE_CONNECT : ControlSubtype.NETIF_BE_CONNECT;
        }
        return block ? ControlSubtype.BLKIF_BE_DISCONNECT : ControlSubtype.NETIF_BE_DISCONNECT;
    }

    private static long number(String value) {
        try {
            return Long.parseLong(value.strip());
        } catch (NumberFormatException notANumber) {
            return 0;
        }
    }
}
