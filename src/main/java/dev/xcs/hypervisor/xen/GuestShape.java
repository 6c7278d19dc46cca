package dev.xcs.hypervisor.xen;

import dev.xcs.model.BuiltDomain;

/** What one kind of guest needs beside what {@link GuestBuilder} does for all. Made for one build; holds memory until it is closed. */
interface GuestShape extends AutoCloseable {
    /** What Xen needs for such a guest beside its memory, in KiB. */
    long overheadKib();

    /** What somebody else populates in the guest, in KiB. */
    default long devicesKib() {
        return 0;
    }

    /** What libxenguest calls such a guest once it has parsed the kernel. */
    String guestType();

    /** Before the processors' features are set. */
    void limit(XenInterface xc);

    /** Before the kernel is parsed. */
    void prepare(DomImage image);

    /** When the memory is there, and before anything is in it. */
    void furnish(XenInterface xc, DomImage image);

    /** When the guest is ready to run. */
    BuiltDomain finish(XenInterface xc, DomImage image, int storePort, int consolePort);

    @Override
    void close();
}
