package dev.xcs.image;

import dev.xcs.image.unpack.Unpacking;
import dev.xcs.model.Compression;
import dev.xcs.model.GuestOs;
import dev.xcs.model.ImageFormat;
import dev.xcs.model.ImageReport;
import dev.xcs.model.ProblemException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says what a kernel file is, or refuses it with the offset of what is wrong. Blocks while it reads: up to a second for a large compressed
 * kernel.
 */
public final class ImageInspector {
    private static final int HEAD_BYTES = 4096;

    private final BootFile file;
    private final FileBytes bytes;
    private final boolean thorough;

    private ImageInspector(BootFile file, boolean thorough) {
        this.file = file;
        this.bytes = new FileBytes(file);
        this.thorough = thorough;
    }

    /**
     * Looks at all of it: what is packed is unpacked to its end.
     *
     * @throws ProblemException of type BAD_IMAGE
     */
    public static ImageReport inspect(BootFile file) {
        return new ImageInspector(file, true).look();
    }

    /** The same of the file at a path, which came from that field of a request. */
    public static ImageReport inspect(String field, String path) {
        try (BootFile file = BootFile.open(field, path)) {
            return inspect(file);
        }
    }

    /**
     * The same in no time: of what is packed only the first 64 KiB are looked at, so that its notes stay unknown.
     *
     * @throws ProblemException of type BAD_IMAGE
     */
    public static ImageReport glance(BootFile file) {
        return new ImageInspector(file, false).look();
    }

    private ImageReport look() {
        ByteBuffer head = file.read(0, HEAD_BYTES);
        Compression compression = Unpacking.of(head);
        if (compression != Compression.NONE) {
            try (UnpackedBytes inside = UnpackedBytes.of(file, compression, 0, file.size())) {
                return whole(inside, compression).report(file);
            }
        }
        if (!ElfImage.begins(head) && BzImage.begins(head)) {
            return bzImage().report(file);
        }
        return whole(bytes, compression).report(file);
    }

    /** An image without a container around it. */
    private Findings whole(ImageBytes image, Compression compression) {
        ByteBuffer head = image.read(0, HEAD_BYTES);
        if (ElfImage.begins(head)) {
            return elf(image, new Findings(ImageFormat.ELF, compression));
        }
        if (Plan9Image.begins(head)) {
            Plan9Image plan9 = Plan9Image.open(image);
            finish(image, null);
            // Once more: now it is known where the bytes end.
            Plan9Image.open(image);
            return new Findings(ImageFormat.PLAN9, compression)
                    .runs(GuestOs.PLAN9)
                    .on(plan9.architecture())
                    .beginsAt(plan9.entry());
        }
        return compression == Compression.NONE && UefiFirmware.begins(head)
                ? UefiFirmware.look(file)
                : multiboot(image, compression);
    }

    private Findings multiboot(ImageBytes image, Compression compression) {
        List<MultibootHeader> headers = MultibootHeader.find(image);
        for (MultibootHeader header : headers) {
            if (header.entry().isPresent()) {
                finish(image, null);
                return new Findings(ImageFormat.MULTIBOOT, compression)
                        .on("x86_32")
                        .hasMultiboot(versions(headers))
                        .beginsAt(header.entry().getAsLong());
            }
        }
        throw file.refuse(
                compression == Compression.NONE
                        ? "is not a kernel: neither an ELF, nor a bzImage, nor a Plan 9 a.out, nor a multiboot image,"
                                + " nor one of them packed, nor UEFI firmware"
                        : "is packed by " + compression.json() + ", but there is no kernel inside");
    }

    private static List<Integer> versions(List<MultibootHeader> headers) {
        return headers.stream().map(MultibootHeader::version).toList();
    }

    private Findings bzImage() {
        BzImage image = BzImage.open(bytes);
        Findings findings = new Findings(ImageFormat.BZIMAGE, image.compression()).isCalled(image.version());
        if (!image.hasPayload()) {
            return findings.on("x86_32").beginsAt(image.entry());
        }
        findings.runs(GuestOs.LINUX);
        try (UnpackedBytes inside =
                UnpackedBytes.of(file, image.compression(), image.payload(), image.payloadBytes())) {
            if (!ElfImage.begins(inside.read(0, HEAD_BYTES))) {
                throw file.refuse("is a bzImage, but what is packed at offset 0x" + Long.toHexString(image.payload())
                        + " is no ELF");
            }
            return elf(inside, findings);
        }
    }

    private Findings elf(ImageBytes image, Findings findings) {
        ElfImage elf = ElfImage.open(image);
        findings.on(elf.architecture()).beginsAt(elf.entry());
        findings.hasMultiboot(versions(MultibootHeader.find(image)));
        boolean packed = image instanceof UnpackedBytes;
        if (packed && !thorough) {
            return findings.isUnread("only its headers were looked at");
        }
        try {
            ElfImage.Notes notes = elf.notes();
            findings.says(notes.xen()).isCalled(notes.linux());
        } catch (UnpackedBytes.Incomplete e) {
            return findings.isUnread(reason(e));
        }
        if (finish(image, findings)) {
            elf.checkPlaces();
            findings.isCalled(findings.isNamed() ? null : product(image, findings));
        }
        return findings;
    }

    /** Unpacks what is left; false if it cannot be told whether that is well. */
    private boolean finish(ImageBytes image, @Nullable Findings findings) {
        if (image instanceof UnpackedBytes packed && thorough) {
            try {
                packed.finish();
            } catch (UnpackedBytes.Incomplete e) {
                if (findings != null) {
                    findings.isIncomplete(reason(e));
                }
                return false;
            }
        }
        return true;
    }

    private static String reason(UnpackedBytes.Incomplete e) {
        return "only the first " + (e.position() >> 20) + " MiB of what is packed were looked at: " + e.getMessage();
    }

    private static @Nullable String product(ImageBytes image, Findings findings) {
        Set<ProductMark> marks = ProductMark.in(image);
        if (marks.contains(ProductMark.XEN)) {
            return marks.contains(ProductMark.XEN_SHIM) && findings.has(XenNote.PHYS32_ENTRY) ? "xen-shim" : "xen";
        }
        return marks.contains(ProductMark.HVMLOADER) ? "hvmloader" : null;
    }
}
