package dev.xcs.hypervisor.xen;

import dev.xcs.image.XenNotes;
import dev.xcs.model.BuildRequest;
import dev.xcs.model.BuiltDomain;
import dev.xcs.model.DomainType;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import java.io.BufferedInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/** A builder process without Xen: what it does is said by the name of the kernel. */
final class ScriptedBuilderMain {
    private ScriptedBuilderMain() {}

    public static void main(String[] arguments) throws Exception {
        new BuilderServer(
                        new BufferedInputStream(new FileInputStream(FileDescriptor.in)),
                        new FileOutputStream(FileDescriptor.out),
                        () -> Runtime.getRuntime().halt(0))
                .serve(() -> {
                    if (arguments.length > 0) {
                        throw Problem.of(ProblemType.IMPOSSIBLE, arguments[0]).toException();
                    }
                    return new Scripted();
                });
    }

    private static final class Scripted implements Builder {
        @Override
        public BuiltDomain build(BuildOrder order) {
            BuildRequest request = order.request();
            switch (request.kernel()) {
                case "/refused" ->
                    throw Problem.of(ProblemType.BAD_IMAGE, "kernel: no \u00e4lf")
                            .withField("kernel")
                            .withStep("build")
                            .withCall("xc_dom_parse_image", "x")
                            .withErrno(22, "Invalid argument")
                            .withCause("why")
                            .asRetryable()
                            .toException();
                case "/abort" -> Runtime.getRuntime().halt(134);
                case "/bug" -> throw new IllegalStateException("a bug");
                case "/hang" -> hang(order);
                default -> {}
            }
            UnpackedKernel kernel = order.kernel();
            return new BuiltDomain(
                    request.domid(),
                    ProcessHandle.current().pid(),
                    kernel == null ? 0 : kernel.generation(),
                    kernel == null ? 0 : kernel.bytes());
        }

        /** Says where it is, then waits for its end. */
        private static void hang(BuildOrder order) {
            try {
                Files.writeString(
                        Path.of(String.valueOf(order.request().cmdline())),
                        Long.toString(ProcessHandle.current().pid()));
                new CountDownLatch(1).await();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void unpack(Path kernel, Path into) throws IOException {
            Files.writeString(into, "elf of " + kernel);
        }

        @Override
        public XenNotes notes(String kernel) {
            return new XenNotes(Set.of(DomainType.PV, DomainType.PVH), "linux", 1 << 15);
        }

        @Override
        public void close() {}
    }
}
