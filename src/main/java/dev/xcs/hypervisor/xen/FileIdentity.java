package dev.xcs.hypervisor.xen;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What tells one state of a file from any other without reading it: device, inode, size, and the times of change of contents and
 * inode. A copy has another inode; contents that change while their time is put back still change the inode.
 */
final class FileIdentity {
    private static final List<String> ATTRIBUTES = List.of("dev", "ino", "size", "lastModifiedTime", "ctime");

    private FileIdentity() {}

    /** Five numbers in hexadecimal, joined by hyphens. */
    static String of(Path file) throws IOException {
        Map<String, Object> found = Files.readAttributes(file, "unix:" + String.join(",", ATTRIBUTES));
        return ATTRIBUTES.stream().map(name -> hex(found.get(name))).collect(Collectors.joining("-"));
    }

    private static String hex(@Nullable Object value) {
        if (value instanceof FileTime time) {
            return Long.toHexString(time.to(TimeUnit.NANOSECONDS));
        }
        return value instanceof Number number ? Long.toHexString(number.longValue()) : "0";
    }
}
