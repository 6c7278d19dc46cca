package dev.xcs.hypervisor.xen.acpi;

/**
 * The fixed description table (ACPI 5.2.9) of revision 5. The ports are those that Xen's own tables name; in a PVH guest nobody answers
 * there, which is what the boot flags say of VGA and of the real-time clock.
 */
final class Fadt {
    static final int BYTES = 268;
    private static final int REVISION = 5;

    private static final int SCI_INTERRUPT = 9;
    private static final int PM1A_EVENT = 0xb000;
    private static final int PM1A_CONTROL = 0xb004;
    private static final int GPE0 = 0xafe0;
    private static final int RESET_PORT = 0xcf9;
    private static final int RESET_VALUE = 6;
    /** No C2 and no C3: latencies above what the specification allows for them. */
    private static final int NO_C_STATE = 0xfff;
    /** VGA not present, CMOS RTC not present. */
    private static final int BOOT_ARCHITECTURE = 0x24;
    /** WBINVD, C1, no fixed power button, sleep button and RTC, a timer of 32 bits, and the platform clock is the one to trust. */
    private static final int FLAGS = 0x8175;

    private Fadt() {}

    static byte[] bytes(long facs, long dsdt) {
        return new Table("FACP", REVISION, BYTES)
                .int32(36, facs)
                .int32(40, dsdt)
                .int16(46, SCI_INTERRUPT)
                .int32(56, PM1A_EVENT)
                .int32(64, PM1A_CONTROL)
                .int32(80, GPE0)
                .int8(88, 4)
                .int8(89, 2)
                .int8(92, 4)
                .int16(96, NO_C_STATE)
                .int16(98, NO_C_STATE)
                .int16(109, BOOT_ARCHITECTURE)
                .int32(112, FLAGS)
                .ioRegister(116, 8, RESET_PORT)
                .int8(128, RESET_VALUE)
                .int64(132, facs)
                .int64(140, dsdt)
                .ioRegister(148, 32, PM1A_EVENT)
                .ioRegister(172, 16, PM1A_CONTROL)
                .sealed();
    }
}
