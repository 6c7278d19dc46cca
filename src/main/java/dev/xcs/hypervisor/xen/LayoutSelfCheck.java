package dev.xcs.hypervisor.xen;

import com.sun.jna.Pointer;

/**
 * Proves at start, without a hypercall, that libxenguest has the structure that the layout says: a wrong offset would write into
 * the builder's state in the middle of a build.
 */
final class LayoutSelfCheck {
    private static final String CMDLINE = "xcs self-check";

    private LayoutSelfCheck() {}

    static void run(XenLibraries libraries, DomImageLayout layout) {
        try (XenInterface xc = XenInterface.openDummy(libraries);
                DomImage image = DomImage.allocate(xc, layout, CMDLINE)) {
            // The library counts sizeof(struct xc_dom_image) in here, and has already counted the command line's copy.
            long allocated = image.field(layout.allocMalloc());
            long expected = layout.expectedAllocMalloc();
            image.require(allocated >= expected && allocated <= expected + 128, "alloc_malloc", allocated);
            requireLimit(image, "max_kernel_size", DomImageLayout.MAX_KERNEL_SIZE);
            requireLimit(image, "max_module_size", DomImageLayout.MAX_MODULE_SIZE);
            requireLimit(image, "max_devicetree_size", DomImageLayout.MAX_DEVICETREE_SIZE);
            long flags = image.field(layout.flags());
            image.require(flags == DomImageLayout.DEFAULT_FLAGS, "flags", flags);
            long owner = image.field(layout.xch());
            image.require(owner == Pointer.nativeValue(xc.handle()), "xch", owner);
            String cmdline = image.stringField(layout.cmdline());
            image.require(cmdline.equals(CMDLINE), "cmdline", cmdline);
        }
    }

    private static void requireLimit(DomImage image, String field, int offset) {
        long value = image.field(offset);
        image.require(value == DomImageLayout.DEFAULT_MAX_SIZE, field, value);
    }
}
