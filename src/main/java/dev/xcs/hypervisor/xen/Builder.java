package dev.xcs.hypervisor.xen;

import dev.xcs.image.BootFile;
import dev.xcs.image.XenNotes;
import dev.xcs.model.BuiltDomain;
import java.io.IOException;
import java.nio.file.Path;

/** All that is done with libxenguest, which parses in native code what guests bring along. For any thread. */
interface Builder extends AutoCloseable {
    BuiltDomain build(BuildOrder order);

    /** Writes a kernel, unpacked, as a {@link CacheFile}. */
    void unpack(Path kernel, Path into) throws IOException;

    /** What a kernel that nobody has unpacked says of itself. */
    XenNotes notes(String kernel);

    @Override
    void close();

    /** The same for the kernel cache. */
    default CacheWriter cacheWriter() {
        return (BootFile kernel, Path file) -> unpack(kernel.path(), file);
    }
}
