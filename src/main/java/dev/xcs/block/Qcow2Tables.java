package dev.xcs.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Where a qcow2 keeps its tables (docs/interop/qcow2.txt of QEMU). QEMU reads zeros for a table that a copy cut short has lost, and
 * so would give a guest an empty disk.
 */
final class Qcow2Tables {
    private static final int HEADER_BYTES = 60;
    private static final int CLUSTER_BITS = 20;
    private static final int L1_ENTRIES = 36;
    private static final int L1_OFFSET = 40;
    private static final int REFCOUNT_OFFSET = 48;
    private static final int REFCOUNT_CLUSTERS = 56;
    private static final int MAX_CLUSTER_BITS = 21;

    private Qcow2Tables() {}

    /** Whether the file ends before its tables do. */
    static boolean cutShort(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
            while (header.hasRemaining() && channel.read(header) >= 0) {}
            if (header.hasRemaining()) {
                return true;
            }
            long mapped = header.getLong(L1_OFFSET) + Integer.toUnsignedLong(header.getInt(L1_ENTRIES)) * Long.BYTES;
            int clusterBits = Math.min(header.getInt(CLUSTER_BITS), MAX_CLUSTER_BITS);
            // QEMU refuses more clusters than that by itself.
            long counted = header.getLong(REFCOUNT_OFFSET)
                    + (Integer.toUnsignedLong(header.getInt(REFCOUNT_CLUSTERS)) << clusterBits);
            return Math.max(mapped, counted) > channel.size();
        }
    }
}
