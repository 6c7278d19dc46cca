package dev.xcs.image;

import dev.xcs.model.Compression;
import dev.xcs.model.GuestOs;
import dev.xcs.model.ImageReport;

/**
 * What a kernel file is to the builder, by its headers and the beginning of what is packed in it: what libxenguest does not load is
 * refused here. {@link ImageInspector} tells everything else.
 *
 * @param size of the file, in bytes
 */
public record KernelImage(Format format, long size) {
    /** The containers that a kernel may come in. */
    public enum Format {
        /** An x86 ELF, loaded as it is. */
        ELF(false),
        /** A gzip file with an ELF inside. */
        GZIP(true),
        /** Linux' own container (Documentation/arch/x86/boot.rst). */
        BZIMAGE(true),
        /** Plan 9's own format, which is wrapped into an ELF ({@link ElfWrapping}). */
        A_OUT(false);

        private final boolean compressed;

        Format(boolean compressed) {
            this.compressed = compressed;
        }

        public boolean compressed() {
            return compressed;
        }
    }

    /** Checks a kernel at a path; the field it came from is {@code kernel}. */
    public static KernelImage inspect(String path) {
        try (BootFile file = BootFile.open("kernel", path)) {
            return inspect(file);
        }
    }

    /** Checks an open file. */
    public static KernelImage inspect(BootFile file) {
        return new KernelImage(format(file, ImageInspector.glance(file)), file.size());
    }

    /** The same, by what was seen before of a file that has not changed since. */
    public static KernelImage inspect(BootFile file, SeenImages seen) {
        return new KernelImage(format(file, seen.glance("kernel", file.path().toString())), file.size());
    }

    private static Format format(BootFile file, ImageReport image) {
        boolean packed = image.compression() != Compression.NONE;
        return switch (image.format()) {
            case ELF -> {
                if (packed && image.compression() != Compression.GZIP) {
                    throw file.refuse("is packed by " + image.compression().json()
                            + ", which Xen's builder unpacks only inside a bzImage");
                }
                yield packed ? Format.GZIP : Format.ELF;
            }
            case BZIMAGE -> {
                if (image.guestOs() == GuestOs.UNKNOWN) {
                    throw file.refuse("is a bzImage without a kernel in it");
                }
                yield Format.BZIMAGE;
            }
            case PLAN9 -> {
                if (packed) {
                    throw file.refuse(
                            "is a Plan 9 a.out packed by " + image.compression().json() + ", expected it as it is");
                }
                AOutKernel.read(file);
                yield Format.A_OUT;
            }
            default ->
                throw file.refuse("is of the format " + image.format().json() + ", which Xen's builder does not load");
        };
    }
}
