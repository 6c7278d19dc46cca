package dev.xcs.model;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;

/** What a control message carries; in JSON an object whose {@code kind} names the record. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ControlPayload.Empty.class, name = "empty"),
    @JsonSubTypes.Type(value = ControlPayload.ConsoleActivity.class, name = "console-activity"),
    @JsonSubTypes.Type(value = ControlPayload.Milestone.class, name = "milestone"),
    @JsonSubTypes.Type(value = ControlPayload.Share.class, name = "share"),
    @JsonSubTypes.Type(value = ControlPayload.DeviceStatus.class, name = "device-status"),
    @JsonSubTypes.Type(value = ControlPayload.Sysrq.class, name = "sysrq"),
    @JsonSubTypes.Type(value = ControlPayload.Memory.class, name = "memory"),
    @JsonSubTypes.Type(value = ControlPayload.Vcpu.class, name = "vcpu"),
    @JsonSubTypes.Type(value = ControlPayload.Lifecycle.class, name = "lifecycle"),
    @JsonSubTypes.Type(value = ControlPayload.LogLine.class, name = "log-line"),
    @JsonSubTypes.Type(value = ControlPayload.Disk.class, name = "disk"),
    @JsonSubTypes.Type(value = ControlPayload.DiskRemoval.class, name = "disk-removal"),
    @JsonSubTypes.Type(value = ControlPayload.DiskSize.class, name = "disk-size"),
    @JsonSubTypes.Type(value = ControlPayload.Vif.class, name = "vif"),
    @JsonSubTypes.Type(value = ControlPayload.VifRemoval.class, name = "vif-removal"),
    @JsonSubTypes.Type(value = ControlPayload.VifRate.class, name = "vif-rate")
})
public sealed interface ControlPayload {
    /** Everything is said by the subtype. */
    record Empty() implements ControlPayload {}

    /**
     * The guest printed; never the bytes themselves.
     *
     * @param bytes how many since the last such message
     * @param offset of the byte after the last one, since the domain was made
     */
    record ConsoleActivity(long bytes, long offset) implements ControlPayload {}

    /** The boot reached a point: {@code first-byte}, {@code login} and the like. */
    record Milestone(String name) implements ControlPayload {}

    /**
     * A link to a console.
     *
     * @param right view or write
     * @param usesLeft how often it can still be used
     * @param reason why it was refused
     */
    record Share(
            String id, String right, int usesLeft, @Nullable String reason) implements ControlPayload {}

    /**
     * A virtual device's state, as xenbus tells it.
     *
     * @param handle the device's number: virtual device number of a vbd, index of a vif
     * @param xenbusState 0 to 8 as in public/io/xenbus.h
     * @param status the classic interface status: 0 closed, 1 disconnected, 2 connected, 3 changed
     */
    record DeviceStatus(long handle, int xenbusState, int status) implements ControlPayload {}

    /** One letter of the guest kernel's magic key. */
    record Sysrq(String key) implements ControlPayload {}

    /** @param targetKib what the guest is asked to shrink or grow to */
    record Memory(long targetKib) implements ControlPayload {}

    record Vcpu(int vcpu) implements ControlPayload {}

    /**
     * The domain's life.
     *
     * @param state the state it is in now, nothing when it is gone
     * @param reason why it ended
     */
    record Lifecycle(
            String name,
            @Nullable DomainState state,
            @Nullable ShutdownReason reason) implements ControlPayload {}

    /**
     * A line of the hypervisor's own log.
     *
     * @param offset of its first byte since Xen booted, as far as it is known
     */
    record LogLine(String text, long offset) implements ControlPayload {}

    /** A disk that is to be attached. */
    record Disk(DiskSpec disk) implements ControlPayload {}

    /**
     * A disk that is to be taken away.
     *
     * @param vdev what the guest calls it, or its virtual device number
     * @param force whether also when the guest does not give it up
     */
    record DiskRemoval(String vdev, boolean force) implements ControlPayload {}

    /** @param sizeBytes what the disk is to grow to */
    record DiskSize(String vdev, long sizeBytes) implements ControlPayload {}

    /** A vif that is to be attached. */
    record Vif(VifSpec vif) implements ControlPayload {}

    /**
     * A vif that is to be taken away.
     *
     * @param force whether also when the guest does not give it up
     */
    record VifRemoval(int index, boolean force) implements ControlPayload {}

    /** @param rate how fast the guest may send from now on; absent for no limit */
    record VifRate(int index, @Nullable ByteRate rate) implements ControlPayload {}
}
