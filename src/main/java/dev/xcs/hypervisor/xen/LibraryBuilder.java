package dev.xcs.hypervisor.xen;

import dev.xcs.image.BootFile;
import dev.xcs.image.XenNotes;
import dev.xcs.model.BuiltDomain;
import java.io.IOException;
import java.nio.file.Path;

/** Builds in this process. */
final class LibraryBuilder implements Builder {
    private final KernelLoader loader;
    private final GuestBuilder builder;
    private final GuestLibraryUnpacker unpacker;

    private LibraryBuilder(KernelLoader loader, GuestBuilder builder, GuestLibraryUnpacker unpacker) {
        this.loader = loader;
        this.builder = builder;
        this.unpacker = unpacker;
    }

    static LibraryBuilder open(XenLibraries libraries, XenVersion version, XenLayout layout, PhysInfo host) {
        GuestLibraryUnpacker unpacker = new GuestLibraryUnpacker(libraries, layout.domImage());
        KernelLoader loader = new KernelLoader(libraries.libc(), unpacker);
        PagingPool pool = PagingPool.of(version, host.hap());
        return new LibraryBuilder(loader, new GuestBuilder(libraries, version, layout, loader, pool), unpacker);
    }

    @Override
    public BuiltDomain build(BuildOrder order) {
        return builder.build(order);
    }

    @Override
    public void unpack(Path kernel, Path into) throws IOException {
        try (BootFile file = BootFile.open("kernel", kernel.toString())) {
            CacheWriter.of(unpacker).write(file, into);
        }
    }

    @Override
    public XenNotes notes(String kernel) {
        try (NativeBytes elf = loader.kernel(kernel)) {
            return XenNotes.read(elf);
        }
    }

    @Override
    public void close() {
        loader.close();
    }
}
