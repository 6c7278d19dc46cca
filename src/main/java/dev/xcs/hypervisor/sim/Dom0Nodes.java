package dev.xcs.hypervisor.sim;

/** What is in xenstore before any toolstack comes: what xenstored and xen-init-dom0 write. */
final class Dom0Nodes {
    private static final String HOME = "/local/domain/0";

    private Dom0Nodes() {}

    static void write(SimXenstored store, SimHostOptions options) {
        String memoryKib = String.valueOf(options.dom0MemoryMib() * 1024L);
        store.write(0, "/tool/xenstored", "");
        store.write(0, "/vm", "");
        store.write(0, "/libxl", "");
        store.write(0, HOME + "/domid", "0");
        store.write(0, HOME + "/name", "Domain-0");
        store.write(0, HOME + "/memory/target", memoryKib);
        store.write(0, HOME + "/memory/static-max", memoryKib);
        for (int cpu = 0; cpu < options.cpus(); cpu++) {
            store.write(0, HOME + "/cpu/" + cpu + "/availability", "online");
        }
    }
}
