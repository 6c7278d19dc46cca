package dev.xcs.hypervisor.xen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.hypervisor.KernelElf;
import dev.xcs.model.BuildRequest;
import dev.xcs.model.DomainType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelLoaderTest {
    @TempDir
    Path directory;

    private final XenLibraries libraries = new ScriptedLibraries().libraries();
    private final KernelLoader loader = new KernelLoader(
            libraries.libc(), new GuestLibraryUnpacker(libraries, ScriptedLibraries.LAYOUT.domImage()));

    private BuildOrder order() {
        String kernel = directory.resolve("kernel").toString();
        return new BuildOrder(new BuildRequest(7, DomainType.PV, 64, 1, kernel, List.of(), null), null);
    }

    private void write(DomainType type) throws IOException {
        Path made = Files.write(directory.resolve("new"), KernelElf.of(type));
        Files.move(made, directory.resolve("kernel"), StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void readsAFileOnceUntilItIsReplaced() throws IOException {
        write(DomainType.PV);
        NativeBytes first = loader.kernel(order());
        first.close();
        try (NativeBytes second = loader.kernel(order())) {
            assertThat(second.address()).as("kept").isEqualTo(first.address());
            write(DomainType.PVH);
            try (NativeBytes third = loader.kernel(order())) {
                assertThat(third.address()).isNotEqualTo(second.address());
                byte[] read = new byte[(int) third.size()];
                third.read(0, read.length).get(read);
                assertThat(read).isEqualTo(KernelElf.of(DomainType.PVH));
            }
        }
    }

    @Test
    void readsARamdiskOnceBesideTheKernel() throws IOException {
        write(DomainType.PV);
        Path ramdisk = Files.writeString(directory.resolve("ramdisk"), "first");
        loader.kernel(order()).close();
        NativeBytes first = loader.module(List.of(ramdisk.toString()), 64);
        first.close();
        loader.kernel(order()).close();
        try (NativeBytes second = loader.module(List.of(ramdisk.toString()), 64)) {
            assertThat(second.address()).as("kept").isEqualTo(first.address());
            Files.writeString(ramdisk, "the second");
            try (NativeBytes third = loader.module(List.of(ramdisk.toString()), 64)) {
                assertThat(third.size()).isEqualTo(10);
            }
        }
    }

    @Test
    void joinsRamdisksAtMultiplesOfFourAndBeginsWithNoGzipFile() throws IOException {
        String one = Files.writeString(directory.resolve("one"), "\u001fgzip").toString();
        String two = Files.writeString(directory.resolve("two"), "second").toString();
        NativeBytes joined = loader.module(List.of(one, two), 64);
        byte[] read = new byte[(int) joined.size()];
        joined.read(0, read.length).get(read);
        assertThat(read).isEqualTo("\0\0\0\0\u001fgzip\0\0\0second".getBytes(StandardCharsets.US_ASCII));
        joined.close();
        try (NativeBytes again = loader.module(List.of(one, two), 64);
                NativeBytes other = loader.module(List.of(two, one), 64)) {
            assertThat(again.address()).as("kept").isEqualTo(joined.address());
            assertThat(other.size()).isEqualTo(17);
        }
    }

    @Test
    void copiesALargeFileForEachBuild() throws IOException {
        write(DomainType.PV);
        try (var file = Files.newByteChannel(directory.resolve("kernel"), StandardOpenOption.WRITE)) {
            file.position(WarmFile.MAX_COPY_BYTES);
            file.write(ByteBuffer.wrap(new byte[1]));
        }
        try (NativeBytes first = loader.kernel(order());
                NativeBytes second = loader.kernel(order())) {
            assertThat(second.address()).isNotEqualTo(first.address());
            assertThat(second.size()).isEqualTo(WarmFile.MAX_COPY_BYTES + 1);
        }
    }
}
