package dev.xcs.hypervisor.sim;

import dev.xcs.image.BootFile;
import dev.xcs.image.ImageInspector;
import dev.xcs.image.Ramdisk;
import dev.xcs.model.ImageReport;

/** What the builder of real Xen would say to the files of a guest. */
final class KernelFile {
    private KernelFile() {}

    /** Throws a problem of type BAD_IMAGE that names field and path. */
    static void check(String path) {
        try (BootFile file = BootFile.open("kernel", path)) {
            ImageReport image = ImageInspector.glance(file);
            boolean none = Boolean.FALSE.equals(image.pv()) && Boolean.FALSE.equals(image.pvh());
            if (none) {
                throw file.refuse("is a file of the format " + image.format().json()
                        + ", but not a kernel for Xen: it has neither Xen notes nor __xen_guest");
            }
        }
    }

    static void checkRamdisk(String path, int memoryMib) {
        Ramdisk.inspect(path, memoryMib);
    }
}
