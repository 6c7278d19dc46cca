package dev.xcs.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.xcs.model.DomainSpec;
import dev.xcs.model.DomainType;
import dev.xcs.model.GuestOs;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnImagesTest {
    @TempDir
    Path directory;

    private final Vertx vertx = Vertx.vertx();
    private Path root;
    private Path outside;
    private BootImages images;

    @BeforeEach
    void kernels() throws IOException {
        root = Files.createDirectories(directory.resolve("images"));
        outside = Files.write(directory.resolve("kernel"), aKernel());
        Path grub = Files.write(directory.resolve("grub.bin"), aKernel());
        XenClient xen = new XenClient(vertx.eventBus(), Rig.QUICK, Rig.HVM);
        images = new BootImages(vertx, xen, Optional.of(root), Set.of(grub.toString()));
    }

    @AfterEach
    void close() {
        vertx.close();
    }

    @Test
    void takesKernelsFromItsRoot() throws Exception {
        DomainSpec decided = decide(Files.copy(outside, root.resolve("kernel")));

        assertThat(decided.guestOs()).isEqualTo(GuestOs.PLAN9);
    }

    @Test
    void takesWhatTheConfigurationNamesFromAnywhere() throws Exception {
        decide(directory.resolve("grub.bin"));
    }

    @Test
    void refusesAnyOtherFromOutside() throws Exception {
        Path link = Files.createSymbolicLink(root.resolve("link"), outside);
        for (Path kernel : new Path[] {outside, link, root.resolve("../grub.bin")}) {
            Throwable refused = catchThrowable(() -> decide(kernel)).getCause();
            Problem problem = ProblemException.of(refused);
            assertThat(problem.field()).isEqualTo("kernel");
            assertThat(problem.detail()).contains("domain.image-root");
        }
    }

    /** The smallest that is one: a Plan 9 a.out of four bytes. */
    private static byte[] aKernel() {
        ByteBuffer kernel = ByteBuffer.allocate(44);
        kernel.putInt(0x8a97).putInt(4).putInt(0).putInt(0);
        kernel.putInt(0).putInt(0x11_0000).putInt(0).putInt(0);
        return kernel.putLong(0xffff_ffff_8011_0000L).array();
    }

    private DomainSpec decide(Path kernel) throws Exception {
        DomainSpec any = Specs.pv("any");
        DomainSpec spec = new DomainSpec(
                UUID.randomUUID(),
                "any",
                DomainType.PV,
                64,
                1,
                kernel.toString(),
                List.of(),
                null,
                false,
                any.onPoweroff(),
                any.onReboot(),
                any.onCrash(),
                any.guestOs(),
                any.disks(),
                any.vifs(),
                null);
        return images.decide(spec).toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
