package dev.xcs.image;

import dev.xcs.model.Compression;
import dev.xcs.model.ImageFormat;
import dev.xcs.model.ImageReport;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Firmware for UEFI: volumes (PI specification, volume 3: EFI_FIRMWARE_VOLUME_HEADER) whose drivers are in sections packed by LZMA. Since 2021 edk2
 * builds its common OVMF without Xen's drivers, and with that a guest is silent for ever; OvmfXen.dsc has them, in files that begin as an ELF for PVH.
 */
public final class UefiFirmware {
    private static final String WITH_XEN = "UEFI firmware with Xen's drivers";
    private static final String WITHOUT_XEN = "UEFI firmware without Xen's drivers";

    private static final int SIGNATURE_AT = 40;
    private static final int SIGNATURE = 0x4856465f; // _FVH
    /** LzmaCustomDecompressGuid (MdeModulePkg), EE4E5898-3914-4259-9D6E-DC7BD79403CF, as two little-endian halves. */
    private static final long LZMA_LOW = 0x42593914ee4e5898L;

    private static final long LZMA_HIGH = 0xcf0394d77bdc6e9dL;
    /** Before the GUID: size and type (EFI_COMMON_SECTION_HEADER); after it where the data begin, from the section's start. */
    private static final int HEADER_BYTES = 4;

    private static final int DATA_OFFSET_AT = HEADER_BYTES + 16;
    private static final int SECTION_GUID_DEFINED = 2;
    /** The largest flash that a PC has room for below its reset vector, and what is read of it at once. */
    private static final long SEARCHED = 16L << 20;

    private static final int CHUNK = 1 << 20;
    private static final int MAX_SECTIONS = 8;

    private UefiFirmware() {}

    /** Whether an image that begins so is one. */
    static boolean begins(ByteBuffer head) {
        return head.remaining() >= SIGNATURE_AT + 4 && head.getInt(SIGNATURE_AT) == SIGNATURE;
    }

    /** What it is called, by what is packed in it. */
    static Findings look(BootFile file) {
        boolean xen = sections(file).stream().anyMatch(start -> hasXen(file, start));
        return new Findings(ImageFormat.UEFI, Compression.NONE).isCalled(xen ? WITH_XEN : WITHOUT_XEN);
    }

    /** Where data begin that may be packed by LZMA; the GUID is in the unpacker's own code too. */
    private static List<Long> sections(BootFile file) {
        List<Long> found = new ArrayList<>();
        long end = Math.min(file.size(), SEARCHED);
        for (long at = 0; at < end; at += CHUNK) {
            ByteBuffer chunk = file.read(at, CHUNK + HEADER_BYTES + DATA_OFFSET_AT + 2);
            for (int i = HEADER_BYTES; i < CHUNK + HEADER_BYTES && i + 18 <= chunk.limit(); i++) {
                if (chunk.getLong(i) == LZMA_LOW
                        && chunk.getLong(i + 8) == LZMA_HIGH
                        && chunk.get(i - 1) == SECTION_GUID_DEFINED
                        && found.size() < MAX_SECTIONS) {
                    found.add(at + i - HEADER_BYTES + Short.toUnsignedInt(chunk.getShort(i + 16)));
                }
            }
        }
        return found;
    }

    private static boolean hasXen(BootFile file, long start) {
        try (UnpackedBytes inside = UnpackedBytes.of(file, Compression.LZMA, start, file.size() - start)) {
            return ProductMark.in(inside).contains(ProductMark.XEN_BUS);
        } catch (UnpackedBytes.Incomplete | ProblemException notPacked) {
            return false;
        }
    }

    /**
     * Refuses firmware that a guest of Xen cannot start with.
     *
     * @param report of the file, which came from that field of a request or is meant by it
     * @throws ProblemException of type BAD_IMAGE
     */
    public static void requireXen(String field, ImageReport report) {
        boolean ofXen = report.format() == ImageFormat.ELF && Boolean.TRUE.equals(report.pvh());
        if (ofXen || WITH_XEN.equals(report.product())) {
            return;
        }
        String what = report.format() == ImageFormat.UEFI
                ? "is " + report.product() + ", with which no guest would start"
                : "is no UEFI firmware";
        throw Problem.of(ProblemType.BAD_IMAGE, field + ": " + Problem.quote(report.path()) + " " + what)
                .withField(field)
                .withStep("image")
                .withCause(
                        "it takes OVMF that is built from OvmfXen.dsc, or Debian 11's: those of later Debians have no part for Xen;"
                                + " domain.hvm-uefi says which file it is")
                .toException();
    }
}
