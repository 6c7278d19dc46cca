package dev.xcs.hypervisor.xen.acpi;

/** The definition block that there has to be: an empty scope {@code \_SB}. Guests find their processors in the {@link Madt}. */
final class Dsdt {
    private static final int REVISION = 2;
    /** ScopeOp, PkgLength 6, RootChar, then the name. */
    private static final byte[] EMPTY_SYSTEM_BUS = {0x10, 0x06, 0x5c, '_', 'S', 'B', '_'};

    static final int BYTES = Table.HEADER_BYTES + EMPTY_SYSTEM_BUS.length;

    private Dsdt() {}

    static byte[] bytes() {
        Table table = new Table("DSDT", REVISION, BYTES);
        for (int i = 0; i < EMPTY_SYSTEM_BUS.length; i++) {
            table.int8(Table.HEADER_BYTES + i, EMPTY_SYSTEM_BUS[i]);
        }
        return table.sealed();
    }
}
