package dev.xcs.hypervisor.sim.guest;

import dev.xcs.hypervisor.sim.guest.BlockFront.Io;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** What the disk commands do to a disk. */
final class DiskWork {
    private static final int SECTOR = BlkifRing.SECTOR;
    private static final long DISCARD_SECTORS = 2048;

    private DiskWork() {}

    /** Where bytes go that were read. */
    interface Sink {
        void take(Guest guest, byte[] bytes, int offset, int length);

        default void end(Guest guest) {}
    }

    /** Reads a part of a disk; it need not begin or end with a sector. */
    static DiskProgram.Work read(long start, long length, Sink sink) {
        return new DiskProgram.Work() {
            private long at = start;
            private final long end = start + length;

            @Override
            public @Nullable Io next(Guest guest) {
                if (at >= end) {
                    sink.end(guest);
                    return null;
                }
                return covering(at, Math.min(end - at, BlockFront.MOST_BYTES - SECTOR));
            }

            @Override
            public void done(Guest guest, Io io) {
                int offset = (int) (at - io.sector() * SECTOR);
                int count = (int) Math.min(end - at, io.data().length - offset);
                sink.take(guest, io.data(), offset, count);
                at += count;
            }
        };
    }

    /** A read of the sectors that some bytes are in. */
    private static Io covering(long at, long length) {
        long first = at / SECTOR;
        long last = (at + length - 1) / SECTOR;
        return new Io(BlkifRing.READ, first, new byte[(int) (last - first + 1) * SECTOR], 0);
    }

    /** Writes bytes anywhere: the sectors are read, changed and written. */
    static DiskProgram.Work write(long start, byte[] bytes) {
        return new DiskProgram.Work() {
            private int written;
            private @Nullable Io changed;

            @Override
            public @Nullable Io next(Guest guest) {
                int left = bytes.length - written;
                if (changed != null || left == 0) {
                    return changed;
                }
                return covering(start + written, Math.min(left, BlockFront.MOST_BYTES - SECTOR));
            }

            @Override
            public void done(Guest guest, Io io) {
                if (io.operation() == BlkifRing.WRITE) {
                    written += count(io);
                    changed = null;
                } else {
                    System.arraycopy(bytes, written, io.data(), offset(io), count(io));
                    changed = new Io(BlkifRing.WRITE, io.sector(), io.data(), 0);
                }
            }

            private int offset(Io io) {
                return (int) (start + written - io.sector() * SECTOR);
            }

            private int count(Io io) {
                return Math.min(bytes.length - written, io.data().length - offset(io));
            }
        };
    }

    /** Whole sectors, a bounded number with each request. */
    static DiskProgram.Work discard(long firstSector, long sectors) {
        return new DiskProgram.Work() {
            private long done;

            @Override
            public @Nullable Io next(Guest guest) {
                long count = Math.min(DISCARD_SECTORS, sectors - done);
                done += count;
                return count == 0 ? null : new Io(BlkifRing.DISCARD, firstSector + done - count, new byte[0], count);
            }
        };
    }

    /** Text as it is; NUL is left out, and what no terminal shows becomes a dot. */
    static final class Printer implements Sink {
        @Override
        public void take(Guest guest, byte[] bytes, int offset, int length) {
            StringBuilder text = new StringBuilder();
            for (int i = offset; i < offset + length; i++) {
                char c = (char) (bytes[i] & 0xff);
                if (c != 0) {
                    text.append(c >= ' ' && c < 0x7f || c == '\n' || c == '\t' ? c : '.');
                }
            }
            guest.terminal().print(text.toString());
        }

        @Override
        public void end(Guest guest) {
            guest.terminal().print("\n");
        }
    }

    /** Prints the sum at the end, as md5sum does. */
    record Digester(MessageDigest digest, String path) implements Sink {
        @Override
        public void take(Guest guest, byte[] bytes, int offset, int length) {
            digest.update(bytes, offset, length);
        }

        @Override
        public void end(Guest guest) {
            guest.terminal().print(HexFormat.of().formatHex(digest.digest()) + "  " + path + "\n");
        }
    }
}
