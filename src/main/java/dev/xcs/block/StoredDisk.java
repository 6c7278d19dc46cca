package dev.xcs.block;

import dev.xcs.model.DeviceNumber;
import dev.xcs.model.DiskAccess;
import dev.xcs.model.DiskDevice;
import dev.xcs.model.DiskFormat;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.ProblemException;
import dev.xcs.model.VirtualDevice;
import dev.xcs.platform.Dom0;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A disk as xenstore has it, whoever attached it.
 *
 * @param dom0 in whose notation it is written
 * @param backend its back-end's directory
 * @param values of the back-end's nodes, those of {@link #KEYS} that there are
 */
record StoredDisk(Dom0 dom0, int domid, int number, String backend, Map<String, String> values) {
    private static final Logger LOG = LoggerFactory.getLogger(StoredDisk.class);

    /** What is read of each back-end. */
    static final String[] KEYS = {
        "params",
        "format",
        "mode",
        "dev",
        "device-type",
        "state",
        "physical-device",
        "sectors",
        "script",
        VbdNodes.TOOLSTACK
    };

    /** Sectors are of 512 bytes on the wire, whatever sector-size says (public/io/blkif.h). */
    private static final int WIRE_SECTOR = 512;

    StoredDisk {
        values = Map.copyOf(values);
    }

    String value(String key) {
        return values.getOrDefault(key, "");
    }

    boolean isQemus() {
        return backend.startsWith(VbdPaths.QEMU_BACKENDS);
    }

    boolean writes() {
        return value("mode").startsWith("w");
    }

    Optional<DeviceNumber> device() {
        String text = value("physical-device");
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(dom0.deviceNumber(text));
        } catch (NumberFormatException e) {
            LOG.warn("{}/physical-device is no device number: {}", backend, text);
            return Optional.empty();
        }
    }

    /** The path in dom0 that it is made of; of QEMU's without the format in front. */
    String target() {
        String params = value("params");
        return isQemus() ? params.substring(params.indexOf(':') + 1) : params;
    }

    Optional<Long> sizeBytes() {
        String sectors = value("sectors");
        return sectors.matches("\\d{1,15}") ? Optional.of(Long.parseLong(sectors) * WIRE_SECTOR) : Optional.empty();
    }

    /** As it would have to be asked for; empty if it is nothing that xcsd could make. */
    Optional<DiskSpec> spec() {
        boolean cdrom = value("device-type").equals("cdrom");
        String name = value("dev").isEmpty() ? Integer.toString(number) : value("dev");
        try {
            return Optional.of(DiskSpec.of(
                    target().isEmpty() ? null : target(),
                    name,
                    format(),
                    writes() && !cdrom ? DiskAccess.RW : DiskAccess.RO,
                    cdrom ? DiskDevice.CDROM : DiskDevice.DISK,
                    null,
                    null,
                    null,
                    null,
                    null));
        } catch (ProblemException e) {
            LOG.debug("{} is not shown: {}", backend, e.getMessage());
            return Optional.empty();
        }
    }

    private DiskFormat format() {
        String params = value("params");
        String text = isQemus() ? params.substring(0, Math.max(0, params.indexOf(':'))) : value("format");
        try {
            return DiskFormat.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            // xl writes none for the kernel's back-end, and aio for QEMU's raw.
            return DiskFormat.RAW;
        }
    }

    VirtualDevice virtualDevice() {
        return new VirtualDevice(number);
    }
}
