package dev.xcs.platform;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.util.List;
import java.util.Optional;

/**
 * A BSD disklabel: the one table that says how large a disk and its partitions are.
 *
 * @param device as it was asked for, for refusals
 * @param sectorBytes the unit of all that follows
 * @param totalSectors of the whole disk
 */
public record Disklabel(String device, int sectorBytes, long totalSectors, List<Partition> partitions) {
    /** A guest's disk is made of these. */
    private static final int GUEST_SECTOR_BYTES = 512;

    /** NetBSD keeps 32 bits of it, and this where they do not suffice. */
    private static final long MORE_THAN_FITS = 0xffffffffL;

    public Disklabel {
        partitions = List.copyOf(partitions);
    }

    /**
     * A part of the disk.
     *
     * @param type the file system, {@code unused} where there is none
     */
    public record Partition(char letter, long sizeSectors, long offsetSectors, String type) {}

    public Optional<Partition> partition(char letter) {
        return partitions.stream().filter(part -> part.letter() == letter).findFirst();
    }

    /** Of the whole disk. */
    public long sizeBytes() {
        if (totalSectors == MORE_THAN_FITS) {
            throw refuse(device, "its label cannot say how large it is: more than " + MORE_THAN_FITS + " sectors");
        }
        return bytes(device, totalSectors);
    }

    /**
     * Of one partition.
     *
     * @throws ProblemException when it is not there, empty, beyond the disk's end or not made of whole sectors of 512 bytes
     */
    public long sizeBytes(char letter) {
        String name = device + " partition " + letter;
        Partition found =
                partition(letter).orElseThrow(() -> refuse(name, "the disklabel does not have it, but " + letters()));
        long end = found.offsetSectors() + found.sizeSectors();
        if (end > totalSectors && totalSectors != MORE_THAN_FITS) {
            throw refuse(name, "it ends at sector " + end + ", beyond the disk's " + totalSectors);
        }
        return bytes(name, found.sizeSectors());
    }

    private long bytes(String name, long sectors) {
        if (sectors == 0) {
            throw refuse(name, "its size is 0");
        }
        long size = Math.multiplyExact(sectors, (long) sectorBytes);
        if (size % GUEST_SECTOR_BYTES != 0) {
            throw refuse(name, "its size is " + size + ", expected a multiple of " + GUEST_SECTOR_BYTES);
        }
        return size;
    }

    private String letters() {
        StringBuilder all = new StringBuilder();
        partitions.forEach(part -> all.append(all.isEmpty() ? "" : ", ").append(part.letter()));
        return all.isEmpty() ? "none" : all.toString();
    }

    static ProblemException refuse(String device, String why) {
        return Problem.of(ProblemType.INVALID_FIELD, device + ": " + why)
                .withCall("disklabel", device)
                .toException();
    }
}
