package dev.xcs.api;

import dev.xcs.model.DiskAccess;
import dev.xcs.model.DiskChange;
import dev.xcs.model.DiskDevice;
import dev.xcs.model.DiskFormat;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** Request bodies about disks, checked field by field; the contract says the same in its schemas. */
final class DiskRequest {
    private static final int MAX_DISKS = 128;
    private static final String PATH_EXPECTED = "a path without control characters";
    private static final String MEDIUM_EXPECTED = "a path, or null for an empty drive";
    private static final long MAX_BYTES = 1L << 60;

    private DiskRequest() {}

    static List<DiskSpec> disks(RequestFields fields) {
        return fields.objects("disks", MAX_DISKS, "objects with target and vdev", DiskRequest::disk);
    }

    static DiskSpec disk(Buffer body) {
        RequestFields fields = RequestFields.of(body);
        DiskSpec disk = disk(fields);
        fields.finish();
        return disk;
    }

    /** What the specification itself refuses is told with everything else that is wrong. */
    static DiskSpec disk(RequestFields fields) {
        String target = fields.textOrNull("target", text -> true, PATH_EXPECTED);
        String vdev = fields.requiredText("vdev", text -> true, "a name like xvda");
        DiskFormat format = fields.choice("format", DiskFormat.values(), DiskFormat::json);
        DiskAccess access = fields.choice("access", DiskAccess.values(), DiskAccess::json);
        DiskDevice device = fields.choice("device", DiskDevice.values(), DiskDevice::json);
        String script = fields.text("script", text -> true, PATH_EXPECTED);
        Boolean discard = fields.flagOrNull("discard");
        boolean directIoSafe = fields.flag("directIoSafe");
        boolean override = fields.flag("override");
        if (fields.isGood()) {
            try {
                return DiskSpec.of(target, vdev, format, access, device, script, discard, directIoSafe, null, override);
            } catch (ProblemException e) {
                fields.refuse(e.problem());
            }
        }
        return DiskSpec.of("/", "xvda");
    }

    /** Either {@code target} or {@code sizeBytes}. */
    static DiskChange change(Buffer body) {
        RequestFields fields = RequestFields.of(body);
        boolean medium = fields.has("target");
        String target = fields.textOrNull("target", text -> true, MEDIUM_EXPECTED);
        Long size = fields.longOrNull("sizeBytes", 512, MAX_BYTES);
        fields.finish();
        if (medium == (size != null)) {
            throw Problem.invalidField("target", medium ? target : null, "either target or sizeBytes")
                    .toException();
        }
        return medium ? DiskChange.insert(target) : DiskChange.resize(size == null ? 0 : size);
    }
}
