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
        try (XenInterface xc = XenInterface.openDummy(libraries)) {
            try (DomImage plain = DomImage.allocate(xc, layout, null)) {
                // What the library has allocated so far is sizeof(struct xc_dom_image) and little else.
                requireEqual(plain, "alloc_malloc", plain.field(layout.allocMalloc()), layout.expectedAllocMalloc());
            }
            try (DomImage image = DomImage.allocate(xc, layout, CMDLINE)) {
                checkFields(xc, image, layout);
            }
        }
    }

    private static void checkFields(XenInterface xc, DomImage image, DomImageLayout layout) {
        requireLimit(image, "max_kernel_size", DomImageLayout.MAX_KERNEL_SIZE);
        requireLimit(image, "max_module_size", DomImageLayout.MAX_MODULE_SIZE);
        requireLimit(image, "max_devicetree_size", DomImageLayout.MAX_DEVICETREE_SIZE);
        requireEqual(image, "flags", image.field(layout.flags()), DomImageLayout.DEFAULT_FLAGS);
        requireEqual(image, "xch", image.field(layout.xch()), Pointer.nativeValue(xc.handle()));
        // Last: the others have shown that this is a pointer.
        String cmdline = image.stringField(layout.cmdline());
        image.require(cmdline.equals(CMDLINE), "cmdline", cmdline);
    }

    private static void requireLimit(DomImage image, String field, int offset) {
        requireEqual(image, field, image.field(offset), DomImageLayout.DEFAULT_MAX_SIZE);
    }

    private static void requireEqual(DomImage image, String field, long found, long expected) {
        image.require(found == expected, field, found + ", expected " + expected);
    }
}
