package dev.xcs.hypervisor.sim;

import dev.xcs.model.DeviceNumber;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The vnode disks of a simulated dom0 with NetBSD, vnd(4): each is there until it is unconfigured, which nobody may have it open for. Thread-safe. */
final class VnodeTable implements AutoCloseable {
    /** Of amd64: sys/arch/amd64/conf/majors.amd64. */
    static final int MAJOR = 14;
    /** As many as there are nodes for. */
    static final int UNITS = 16;
    /** What a disk has of partitions there, and which of them is the whole of it. */
    static final int PARTITIONS = 16;

    static final int RAW_PARTITION = 3;

    private static final Logger LOG = LoggerFactory.getLogger(VnodeTable.class);
    private static final int SECTOR = 512;

    private final TreeMap<Integer, Vnode> vnodes = new TreeMap<>();

    /** One in use. */
    static final class Vnode {
        final Path file;
        final long inode;
        final boolean readOnly;
        final long sizeBytes;
        private final FileChannel channel;
        private int openers;

        private Vnode(Path file, long inode, boolean readOnly, FileChannel channel) throws IOException {
            this.file = file;
            this.inode = inode;
            this.readOnly = readOnly;
            this.channel = channel;
            long bytes = channel.size();
            this.sizeBytes = bytes - bytes % SECTOR;
        }
    }

    static DeviceNumber number(int unit) {
        return new DeviceNumber(MAJOR, unit * PARTITIONS + RAW_PARTITION);
    }

    private static int unit(DeviceNumber number) {
        return number.minor() / PARTITIONS;
    }

    synchronized Optional<Vnode> find(int unit) {
        return Optional.ofNullable(vnodes.get(unit));
    }

    /** Gives whether it was free. */
    synchronized boolean configure(int unit, Path file, long inode, boolean readOnly) throws IOException {
        if (vnodes.containsKey(unit)) {
            return false;
        }
        FileChannel channel = readOnly
                ? FileChannel.open(file, StandardOpenOption.READ)
                : FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        vnodes.put(unit, new Vnode(file, inode, readOnly, channel));
        return true;
    }

    /** Gives whether nobody had it open. */
    synchronized boolean unconfigure(int unit) {
        Vnode vnode = vnodes.get(unit);
        if (vnode == null || vnode.openers > 0) {
            return vnode == null;
        }
        vnodes.remove(unit);
        close(vnode);
        return true;
    }

    synchronized Optional<OpenDisk> open(DeviceNumber number) {
        return find(unit(number)).map(vnode -> {
            vnode.openers++;
            return new OpenDisk(vnode.channel, 0, () -> vnode.sizeBytes, SECTOR, vnode.readOnly, () -> release(vnode));
        });
    }

    private synchronized void release(Vnode vnode) {
        vnode.openers--;
    }

    private static void close(Vnode vnode) {
        try {
            vnode.channel.close();
        } catch (IOException e) {
            LOG.warn("{} cannot be closed", vnode.file, e);
        }
    }

    @Override
    public synchronized void close() {
        vnodes.values().forEach(VnodeTable::close);
        vnodes.clear();
    }
}
