package dev.xcs.platform;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what the command {@code disklabel} of NetBSD and OpenBSD prints: fields with a colon, then one line for each partition with
 * size and offset in sectors (disklabel(8), section "disklabel file format" in disklabel(5)).
 */
public final class DisklabelReader {
    private static final Pattern FIELD = Pattern.compile("(bytes/sector|total sectors):\\s*(\\S+).*");
    private static final Pattern HEADING = Pattern.compile("(\\d{1,3}) partitions:");
    private static final Pattern PARTITION = Pattern.compile("\\s*([a-p]):\\s+(\\S+)\\s+(\\S+)\\s+(\\S.*)");
    private static final Pattern ANY_PARTITION = Pattern.compile("\\s*[a-zA-Z]:\\s.*");
    /** Fourteen digits of sectors are bytes that a long holds. */
    private static final Pattern COUNT = Pattern.compile("\\d{1,14}");

    private static final int MAX_SECTOR_BYTES = 1 << 16;

    private final String device;
    private final List<Disklabel.Partition> partitions = new ArrayList<>();
    private long sectorBytes;
    private long totalSectors;
    private boolean headed;

    private DisklabelReader(String device) {
        this.device = device;
    }

    /**
     * @param device what the command was asked about, for refusals
     * @throws ProblemException naming the device and the line that is not understood
     */
    public static Disklabel read(String device, String text) {
        return new DisklabelReader(device).read(text);
    }

    private Disklabel read(String text) {
        text.lines().forEach(this::take);
        if (!headed) {
            throw Disklabel.refuse(device, "what disklabel says of it is none: " + Problem.quote(text.strip()));
        }
        if (sectorBytes <= 0 || sectorBytes > MAX_SECTOR_BYTES) {
            throw Disklabel.refuse(device, "bytes/sector is " + sectorBytes + ", expected 1 to " + MAX_SECTOR_BYTES);
        }
        return new Disklabel(device, (int) sectorBytes, totalSectors, partitions);
    }

    private void take(String line) {
        if (HEADING.matcher(line.strip()).matches()) {
            headed = true;
        } else if (headed) {
            partition(line);
        } else {
            field(line);
        }
    }

    private void field(String line) {
        Matcher field = FIELD.matcher(line);
        if (!field.matches()) {
            return;
        }
        long value = count(field.group(2), line);
        if ("total sectors".equals(field.group(1))) {
            totalSectors = value;
        } else {
            sectorBytes = value;
        }
    }

    private void partition(String line) {
        Matcher found = PARTITION.matcher(line);
        if (found.matches()) {
            String type = found.group(4).split("\\s", 2)[0];
            partitions.add(new Disklabel.Partition(
                    found.group(1).charAt(0), count(found.group(2), line), count(found.group(3), line), type));
        } else if (ANY_PARTITION.matcher(line).matches()) {
            throw unreadable(line);
        }
    }

    private long count(String digits, String line) {
        if (!COUNT.matcher(digits).matches()) {
            throw unreadable(line);
        }
        return Long.parseLong(digits);
    }

    private ProblemException unreadable(String line) {
        return Disklabel.refuse(device, "this line of its disklabel cannot be read: " + Problem.quote(line.strip()));
    }
}
