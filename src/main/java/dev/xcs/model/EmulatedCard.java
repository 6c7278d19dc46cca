package dev.xcs.model;

import java.util.List;

/**
 * The network card that an HVM guest sees of a vif before it has Xen's own drivers. Its device model makes it and its interface in dom0; those
 * that a guest boots with have one, those that are attached later do not.
 */
public final class EmulatedCard {
    /** What QEMU has a card of; xl knows no list and leaves it to QEMU. */
    public static final List<String> MODELS =
            List.of("rtl8139", "e1000", "e1000e", "ne2k_pci", "pcnet", "i82551", "virtio-net-pci", "vmxnet3");

    /** A vif without one, which xl calls {@code type=vif}. */
    public static final String NONE = "none";

    public static final String MODEL_EXPECTED = "one of " + String.join(", ", MODELS) + " or " + NONE;

    /** As many as fit beside everything else on a PC's bus, and have their ROMs' memory. */
    public static final int MOST = 8;

    private EmulatedCard() {}

    /** Whether a vif that an HVM guest boots with has one. What a hotplug script does is not known to work with two interfaces. */
    public static boolean isOf(int index, VifSpec vif) {
        return index < MOST && !NONE.equals(vif.model()) && vif.script() == null;
    }

    /** xl's default is a card that every system knows. */
    public static String model(VifSpec vif) {
        String model = vif.model();
        return model == null ? MODELS.get(0) : model;
    }

    /** What its interface in dom0 is called; 15 characters at most, as the kernel wants it. */
    public static String interfaceName(int domid, int index) {
        return "vif" + domid + "." + index + "-emu";
    }
}
