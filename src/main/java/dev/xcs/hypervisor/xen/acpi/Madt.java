package dev.xcs.hypervisor.xen.acpi;

/** The interrupt controllers (ACPI 5.2.12): one local APIC for each vcpu. Without it Linux has no timer, and no second processor. */
final class Madt {
    private static final int REVISION = 2;
    private static final long LOCAL_APIC_BASE = 0xfee0_0000L;
    private static final int PC_AT_COMPATIBLE = 1;
    private static final int ENTRIES_AT = 44;
    private static final int LOCAL_APIC = 0;
    private static final int LOCAL_APIC_BYTES = 8;
    private static final int ENABLED = 1;

    private Madt() {}

    static int length(int vcpus) {
        return ENTRIES_AT + LOCAL_APIC_BYTES * vcpus;
    }

    static byte[] bytes(int vcpus) {
        Table table = new Table("APIC", REVISION, length(vcpus))
                .int32(Table.HEADER_BYTES, LOCAL_APIC_BASE)
                .int32(Table.HEADER_BYTES + 4, PC_AT_COMPATIBLE);
        for (int vcpu = 0; vcpu < vcpus; vcpu++) {
            int at = ENTRIES_AT + LOCAL_APIC_BYTES * vcpu;
            // Xen's number of a vcpu's local APIC is twice that of the vcpu.
            table.int8(at, LOCAL_APIC)
                    .int8(at + 1, LOCAL_APIC_BYTES)
                    .int8(at + 2, vcpu)
                    .int8(at + 3, 2 * vcpu)
                    .int32(at + 4, ENABLED);
        }
        return table.sealed();
    }
}
