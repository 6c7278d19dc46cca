package dev.xcs.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.testing.ApiClient;
import dev.xcs.testing.Await;
import dev.xcs.testing.ConsoleViewer;
import dev.xcs.testing.TinyKernel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What guests can be booted from, on real Xen; scripts/lab up has to have run. */
@EnabledIfEnvironmentVariable(
        named = Lab.VARIABLE,
        matches = ".+",
        disabledReason = "no lab: run scripts/lab up and set XCS_LAB to the project root")
class BootLabIT {
    private static final String DIR = "/var/tmp/boot";
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration BOOT = Duration.ofSeconds(120);

    @TempDir
    Path directory;

    private ApiClient api;

    @BeforeEach
    void connect() throws Exception {
        api = Lab.api();
        Lab.exec("sh", "-c", "rm -rf " + DIR + "; mkdir -p " + DIR).expectOk();
    }

    @AfterEach
    void removeGuests() throws Exception {
        Lab.removeGuests();
    }

    @Test
    void bootsAnElfOfOurOwn() throws Exception {
        talksToATinyKernel(tiny(TinyKernel.KZERO, TinyKernel.KZERO + 0x11_0000).elf());
    }

    @Test
    void bootsTheSameKernelInPlan9sFormat() throws Exception {
        talksToATinyKernel(tiny(TinyKernel.KZERO, TinyKernel.KZERO + 0x11_0000).aOut());
    }

    /** As the first Plan 9 for Xen was linked: behind a header of 32 bytes that is not loaded. */
    @Test
    void bootsAPlan9KernelThatBeginsWithinAPage() throws Exception {
        talksToATinyKernel(tiny(TinyKernel.KZERO, TinyKernel.KZERO + 0x10_0020).aOut());
    }

    @Test
    void bootsAPlan9KernelThatHasItsMemoryFromZero() throws Exception {
        talksToATinyKernel(tiny(0, 0x20_0028).aOut());
    }

    @Test
    void saysThatAPlan9KernelDoesNotFit() throws Exception {
        TinyKernel far = tiny(TinyKernel.KZERO, TinyKernel.KZERO + 0x900_0000);
        Lab.lab("put", far.aOut().toString(), DIR + "/kernel").expectOk();
        ApiClient.Answer refused = api.post("/v1/domains", spec("far", DIR + "/kernel"));
        assertThat(refused.status()).as(refused.body().toString()).isEqualTo(422);
        assertThat(refused.body().path("field").asText()).isEqualTo("memoryMib");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pv", "pvh"})
    void bootsAGuestFromItsOwnDiskByPvgrub(String type) throws Exception {
        makeDisk();
        String uuid = api.create(byPvgrub(type, DIR + "/disk.img"));
        try (ConsoleViewer console = api.console(uuid)) {
            console.awaitText("GUEST-UP", BOOT);
            assertThat(GuestShell.run(console, "cat /proc/cmdline")).contains("from=own-disk");
            assertThat(GuestShell.run(console, "mount -t ext4 /dev/xvda /mnt; cat /mnt/boot/whose"))
                    .contains("the guest's own");
            int domid = domid(uuid);
            console.type("umount /mnt; reboot -f\n");
            Await.until("a new domid", SOON, () -> domid(uuid) > 0 && domid(uuid) != domid);
            Await.until("a second boot by GRUB", BOOT, () -> console.shown().split("GUEST-UP", -1).length > 2);
        }
    }

    /** The first is the smaller one: of two joined gzip files that begin so, libxenguest would unpack that one and drop the other. */
    @ParameterizedTest
    @ValueSource(strings = {"pv", "pvh"})
    void givesLinuxWhatIsInEachOfSeveralRamdisks(String type) throws Exception {
        Lab.exec("bash", "-euc", """
            cd %s
            for name in one two; do
                mkdir $name
                echo "in $name" > $name/$name
                (cd $name && echo $name | busybox cpio -o -H newc | gzip -1) > $name.gz
            done
            """.formatted(DIR)).expectOk();
        Map<String, Object> spec = new HashMap<>(Lab.linux("several"));
        spec.remove("ramdisk");
        spec.put("type", type);
        spec.put("ramdisks", List.of(DIR + "/one.gz", "/opt/lab/initrd", DIR + "/two.gz"));
        try (ConsoleViewer console = api.console(api.create(spec))) {
            console.awaitText("GUEST-UP", BOOT);
            assertThat(GuestShell.run(console, "cat /one /two | tr '\\n' ,")).isEqualTo("in one,in two,");
        }
    }

    @Test
    void saysThatABootloaderIsNotThere() throws Exception {
        Lab.lab("daemon", "restart", "--domain-pvgrub-pv=/nope/grub.bin").expectOk();
        try {
            Lab.exec("truncate", "-s", "1M", DIR + "/disk.img").expectOk();
            ApiClient.Answer refused = Lab.api().post("/v1/domains", byPvgrub("pv", DIR + "/disk.img"));
            assertThat(refused.status()).as(refused.body().toString()).isEqualTo(422);
            assertThat(refused.body().path("detail").asText())
                    .isEqualTo("bootloader: \"/nope/grub.bin\" does not exist");
            assertThat(refused.body().path("cause").asText()).contains("domain.pvgrub-pv");
        } finally {
            Lab.lab("daemon", "restart").expectOk();
            api = Lab.api();
        }
    }

    /**
     * A disk as a guest has it that has installed itself: a file system with kernel, initramfs and GRUB's configuration. The kernel is
     * dom0's own, since GRUB cannot unpack the other one, which is compressed by lz4; the initramfs gets the modules of that kernel.
     */
    private static void makeDisk() throws Exception {
        Lab.exec("bash", "-euc", """
            cd %s
            mkdir -p root/boot/grub initramfs
            cp /run/lab/vmlinuz root/boot/
            echo "the guest's own" > root/boot/whose
            cat > root/boot/grub/grub.cfg << 'END'
            set timeout=0
            menuentry own {
                linux /boot/vmlinuz console=hvc0 quiet from=own-disk
                initrd /boot/initrd
            }
            END
            (cd initramfs && gzip -dc /opt/lab/initrd | busybox cpio -i -d)
            modules=initramfs/lib/modules release=$(uname -r)
            rm -rf $modules/*
            echo ext4 >> initramfs/modules
            for module in $(cat initramfs/modules); do
                modprobe --show-depends $module | sed -n 's/^insmod \\([^ ]*\\).*/\\1/p'
            done | sort -u | while read -r file; do
                install -D -m 644 $file initramfs/$file
            done
            cp /lib/modules/$release/modules.{order,builtin,builtin.modinfo} $modules/$release/
            depmod -b initramfs $release
            (cd initramfs && find . | busybox cpio -o -H newc | gzip -1) > root/boot/initrd
            truncate -s 64M disk.img
            mke2fs -q -t ext4 -d root disk.img
            """.formatted(DIR)).expectOk();
    }

    private static Map<String, Object> byPvgrub(String type, String disk) {
        return Map.of(
                "name",
                "own",
                "type",
                type,
                "memoryMib",
                256,
                "vcpus",
                1,
                "bootloader",
                "pvgrub",
                "disks",
                List.of(Map.of("target", disk, "vdev", "xvda")));
    }

    private int domid(String uuid) {
        return api.get("/v1/domains/" + uuid).body().path("domid").asInt(-1);
    }

    private TinyKernel tiny(long base, long entry) throws Exception {
        return TinyKernel.make(directory, base, entry);
    }

    private void talksToATinyKernel(Path kernel) throws Exception {
        Lab.lab("put", kernel.toString(), DIR + "/kernel").expectOk();
        Map<String, Object> spec = spec("tiny", DIR + "/kernel");
        spec.put("cmdline", "seen=" + kernel.getFileName());
        String uuid = api.create(spec);
        try (ConsoleViewer console = api.console(uuid)) {
            String shown = console.awaitText("ready", SOON);
            assertThat(shown)
                    .containsPattern("A tiny kernel on xen-3\\.\\d-x86_64, told: seen=" + kernel.getFileName()
                            + ", bss zero, ready");
            console.type("ab");
            console.awaitText("<a><b>", SOON);
            console.type("q");
            Await.until(
                    "it has powered off",
                    SOON,
                    () -> api.get("/v1/domains/" + uuid).status() == 404);
        }
    }

    private static Map<String, Object> spec(String name, String kernel) {
        Map<String, Object> spec = new HashMap<>();
        spec.putAll(Map.of("name", name, "memoryMib", 32, "vcpus", 1, "kernel", kernel));
        return spec;
    }
}
