package dev.xcs.hypervisor.netbsd;

import java.util.List;

/**
 * What a vnode disk was made of.
 *
 * @param device and inode by which the file is known
 */
record VnodeEntry(String file, boolean readOnly, long device, long inode) {
    List<String> lines() {
        return List.of("file " + file, "mode " + (readOnly ? "ro" : "rw"), "device " + device, "inode " + inode);
    }

    static VnodeEntry parse(List<String> lines) {
        return new VnodeEntry(
                value(lines, "file "),
                value(lines, "mode ").equals("ro"),
                Long.parseLong("0" + value(lines, "device ")),
                Long.parseLong("0" + value(lines, "inode ")));
    }

    private static String value(List<String> lines, String key) {
        return lines.stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()))
                .findFirst()
                .orElse("");
    }
}
