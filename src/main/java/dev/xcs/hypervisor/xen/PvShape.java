package dev.xcs.hypervisor.xen;

import dev.xcs.model.BuildRequest;
import dev.xcs.model.BuiltDomain;

/** A paravirtualised guest: its pages are named by their machine frames. */
final class PvShape implements GuestShape {
    private final XenLayout layout;
    private final BuildRequest request;

    PvShape(XenLayout layout, BuildRequest request) {
        this.layout = layout;
        this.request = request;
    }

    @Override
    public long overheadKib() {
        return 1024;
    }

    @Override
    public String guestType() {
        return "xen-3.0-x86_64";
    }

    @Override
    public void limit(XenInterface xc) {
        int domid = request.domid();
        long kib = request.memoryMib() * 1024L;
        CallFailure.require(
                xc.libraries().ctrl().xc_domain_set_memmap_limit(xc.handle(), domid, kib),
                "xc_domain_set_memmap_limit",
                domid);
    }

    /** The builder's state is that of a PV guest from the beginning. */
    @Override
    public void prepare(DomImage image) {}

    @Override
    public void furnish(XenInterface xc, DomImage image) {}

    @Override
    public BuiltDomain finish(XenInterface xc, DomImage image, int storePort, int consolePort) {
        return new BuiltDomain(
                storePort,
                frame(image, "xenstore_pfn", layout.domImage().xenstorePfn()),
                consolePort,
                frame(image, "console_pfn", layout.domImage().consolePfn()));
    }

    /** Looked up in the table that the builder filled. */
    private long frame(DomImage image, String field, int offset) {
        DomImageLayout at = layout.domImage();
        long pfn = image.field(offset);
        long known = image.field(at.p2mSize());
        image.require(pfn > 0 && pfn < known, field, pfn);
        return image.pointer().getPointer(at.pvP2m()).getLong(pfn * Long.BYTES);
    }

    @Override
    public void close() {}
}
