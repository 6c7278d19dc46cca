package dev.xcs.hypervisor.xen.acpi;

/** Where the other tables are (ACPI 5.2.8). */
final class Xsdt {
    private static final int REVISION = 1;

    private Xsdt() {}

    static int length(int tables) {
        return Table.HEADER_BYTES + Long.BYTES * tables;
    }

    static byte[] bytes(long... tables) {
        Table table = new Table("XSDT", REVISION, length(tables.length));
        for (int i = 0; i < tables.length; i++) {
            table.int64(Table.HEADER_BYTES + Long.BYTES * i, tables[i]);
        }
        return table.sealed();
    }
}
