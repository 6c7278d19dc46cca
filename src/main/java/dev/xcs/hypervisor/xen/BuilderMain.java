package dev.xcs.hypervisor.xen;

import java.io.BufferedInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * The builder process: loads Xen's libraries, then builds what it is told on its standard input. Started by the daemon and by nobody else;
 * it ends with the daemon.
 */
public final class BuilderMain {
    private BuilderMain() {}

    /** @param arguments where sys and proc are found */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        // By the descriptors: nothing else may come between the records.
        OutputStream out = new FileOutputStream(FileDescriptor.out);
        BufferedInputStream in = new BufferedInputStream(new FileInputStream(FileDescriptor.in));
        // Not exit: a thread may be in a hypercall, and what is half built is the daemon's to undo.
        new BuilderServer(in, out, () -> Runtime.getRuntime().halt(0)).serve(() -> open(Path.of(arguments[0])));
    }

    private static Builder open(Path root) {
        XenVersion version = new XenDetector(root, XenOptions.thisSystem()).detect();
        XenLayout layout = XenLayout.of(version);
        XenLibraries libraries = XenLibraries.load(version);
        LayoutSelfCheck.run(libraries, layout.domImage());
        try (XenInterface xc = XenInterface.open(libraries)) {
            return LibraryBuilder.open(libraries, version, layout, xc.physInfo(layout.physInfo()));
        }
    }
}
