package dev.xcs.image;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a kernel can do without or needs, by the bits that Xen has for it (xen/include/public/features.h). */
enum XenFeature {
    WRITABLE_PAGE_TABLES(0),
    WRITABLE_DESCRIPTOR_TABLES(1),
    AUTO_TRANSLATED_PHYSMAP(2),
    SUPERVISOR_MODE_KERNEL(3),
    PAE_PGDIR_ABOVE_4GB(4),
    MMU_PT_UPDATE_PRESERVE_AD(5),
    HIGHMEM_ASSIST(6),
    GNTTAB_MAP_AVAIL_BITS(7),
    HVM_CALLBACK_VECTOR(8),
    HVM_SAFE_PVCLOCK(9),
    HVM_PIRQS(10),
    DOM0(11),
    MEMORY_OP_VNODE_SUPPORTED(13),
    ARM_SMCCC_SUPPORTED(14),
    LINUX_RSDP_UNRESTRICTED(15),
    NOT_DIRECT_MAPPED(16),
    DIRECT_MAPPED(17);

    private static final int MAX = 64;

    private final int bit;

    XenFeature(int bit) {
        this.bit = bit;
    }

    /**
     * All that a kernel names.
     *
     * @param text of the note FEATURES: names with {@code |} between, needed ones after {@code !}
     * @param supported of the note SUPPORTED_FEATURES, a mask
     */
    static List<String> of(String text, long supported) {
        Set<String> names = new LinkedHashSet<>();
        Arrays.stream(text.split("\\|"))
                .filter(name -> !name.isBlank())
                .limit(MAX)
                .forEach(names::add);
        for (int i = 0; i < Integer.SIZE; i++) {
            if ((supported >> i & 1) != 0) {
                String name = name(i);
                if (!names.contains("!" + name)) {
                    names.add(name);
                }
            }
        }
        return new ArrayList<>(names);
    }

    private static String name(int bit) {
        return Arrays.stream(values())
                .filter(feature -> feature.bit == bit)
                .map(feature -> feature.name().toLowerCase(Locale.ROOT))
                .findFirst()
                .orElse("feature_" + bit);
    }
}
