package dev.xcs.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.xcs.model.Compression;
import dev.xcs.model.GuestOs;
import dev.xcs.model.ImageFormat;
import dev.xcs.model.ImageReport;
import dev.xcs.model.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What xcs says of Debian's kernels against what readelf and file say, of what xz, lz4 and gzip unpack. Needs apt, dpkg-deb, binutils, file,
 * xz-utils and lz4; says which of them is missing where it is skipped.
 */
class DebianImagesIT {
    /** Of xen/include/public/elfnote.h, by number from 0. */
    private static final List<String> NOTES = List.of(
            "INFO ENTRY HYPERCALL_PAGE VIRT_BASE PADDR_OFFSET XEN_VERSION GUEST_OS GUEST_VERSION LOADER PAE_MODE FEATURES"
                    .concat(" BSD_SYMTAB HV_START_LOW L1_MFN_VALID SUSPEND_CANCEL INIT_P2M MOD_START_PFN"
                            + " SUPPORTED_FEATURES")
                    .concat(" PHYS32_ENTRY PHYS32_RELOC")
                    .split(" "));

    /** readelf takes some of Xen's numbers for those of others. */
    private static final Map<String, Integer> MISTAKEN =
            Map.of("NT_VERSION (version)", 1, "NT_ARCH (architecture)", 2, "GO BUILDID", 4);

    /** Debian packs its kernels differently. */
    private static final Map<Compression, String> UNPACKERS =
            Map.of(Compression.XZ, "xz -dc", Compression.LZ4, "lz4 -dc", Compression.ZSTD, "zstd -dc");

    private static final Pattern NOTE =
            Pattern.compile("^ {2}Xen +0x[0-9a-f]+\\s+(.+?)\\s+description data: ([0-9a-f ]+)$", Pattern.MULTILINE);
    private static final Pattern NUMBER = Pattern.compile("\\((0x[0-9a-f]+)\\)");

    @TempDir
    Path directory;

    private final DebianPackages packages = new DebianPackages();

    @Test
    void knowsLinux() throws IOException {
        for (String name : List.of("linux-image-amd64", "linux-image-cloud-amd64")) {
            Path unpacked = packages.unpacked(packages.real(name));
            for (Path kernel : DebianPackages.files(unpacked, "boot", "vmlinuz-.*")) {
                ImageReport report = inspect(kernel);
                assertThat(file(kernel))
                        .contains("bzImage, version " + words(report.product(), 2))
                        .startsWith("Linux kernel x86 boot executable");
                assertThat(report.format()).isEqualTo(ImageFormat.BZIMAGE);
                assertThat(UNPACKERS).containsKey(report.compression());
                assertThat(report.guestOs()).isEqualTo(GuestOs.LINUX);
                assertThat(report.pv()).isTrue();
                assertThat(report.pvh()).isTrue();
                assertThat(report.features()).contains("linux_rsdp_unrestricted");
                compare(report, payload(kernel, UNPACKERS.getOrDefault(report.compression(), "")));
            }
        }
    }

    @Test
    void knowsGrub() throws IOException {
        List<Path> images =
                DebianPackages.files(packages.unpacked("grub-xen-host"), "usr/lib/grub-xen", "grub-.*\\.bin");
        assertThat(images).hasSize(3);
        for (Path image : images) {
            ImageReport report = inspect(image);
            boolean pvh = image.toString().contains("pvh");
            assertThat(report.pv()).as("%s", image).isEqualTo(!pvh);
            assertThat(report.pvh()).as("%s", image).isEqualTo(pvh);
            assertThat(report.guestOs()).isEqualTo(GuestOs.UNKNOWN);
            compareAsElf(report, image);
        }
    }

    @Test
    void knowsTheHypervisor() throws IOException {
        Path unpacked = packages.unpacked(packages.newest("xen-hypervisor-4.", "-amd64"));
        for (Path image : DebianPackages.files(unpacked, "boot", "xen-.*\\.gz")) {
            ImageReport report = inspect(image);
            assertThat(file(image)).startsWith("gzip compressed data");
            assertThat(report.compression()).isEqualTo(Compression.GZIP);
            assertThat(report.product()).isEqualTo("xen");
            assertThat(report.multiboot()).containsExactly(1, 2);
            assertThat(report.pv()).isFalse();
            Path elf = directory.resolve("xen");
            DebianPackages.run(directory, "sh", "-c", "gzip -dc " + image + " > " + elf);
            compare(report, elf);
        }
        for (Path image : DebianPackages.files(unpacked, "boot", "xen-.*\\.efi")) {
            assertThat(file(image)).startsWith("PE32+");
            assertThatThrownBy(() -> inspect(image))
                    .isInstanceOf(ProblemException.class)
                    .hasMessageContaining("is not a kernel");
        }
    }

    @Test
    void knowsHvmloaderAndTheShim() throws IOException {
        String name = packages.newest("xen-utils-4.", "");
        Path boot = packages.unpacked(name).resolve("usr/lib/xen-" + name.substring("xen-utils-".length()) + "/boot");
        ImageReport hvmloader = inspect(boot.resolve("hvmloader"));
        assertThat(hvmloader.product()).isEqualTo("hvmloader");
        assertThat(hvmloader.pv()).isFalse();
        compareAsElf(hvmloader, boot.resolve("hvmloader"));

        ImageReport shim = inspect(boot.resolve("xen-shim"));
        assertThat(shim.product()).isEqualTo("xen-shim");
        assertThat(shim.pvh()).isTrue();
        compareAsElf(shim, boot.resolve("xen-shim"));
    }

    @Test
    void knowsMemtest() throws IOException {
        List<Path> images = DebianPackages.files(packages.unpacked("memtest86+"), "boot", "memtest86\\+.*\\.(bin|efi)");
        assertThat(images).isNotEmpty();
        for (Path image : images) {
            ImageReport report = inspect(image);
            assertThat(file(image)).contains("bzImage, version " + report.product());
            assertThat(report.format()).isEqualTo(ImageFormat.BZIMAGE);
            assertThat(report.guestOs()).isEqualTo(GuestOs.UNKNOWN);
            assertThat(report.pv()).isFalse();
            assertThat(report.pvh()).isFalse();
        }
    }

    private static ImageReport inspect(Path image) {
        ImageReport report = ImageInspector.inspect("kernel", image.toString());
        assertThat(report.incomplete()).isNull();
        return report;
    }

    private static String words(String text, int count) {
        return String.join(" ", Arrays.copyOf(text.split(" "), count));
    }

    private String file(Path image) {
        return DebianPackages.run(directory, "file", "-b", image.toString());
    }

    /** Cut out by its header, unpacked by the packer's own tool. */
    private Path payload(Path kernel, String unpacker) throws IOException {
        byte[] head;
        try (InputStream in = Files.newInputStream(kernel)) {
            head = in.readNBytes(1024);
        }
        ByteBuffer header = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        int at = ((head[0x1f1] & 0xff) + 1) * 512 + header.getInt(0x248);
        int length = header.getInt(0x24c) - 4;
        Path elf = directory.resolve("vmlinux");
        String cut = "tail -c +" + (at + 1) + " " + kernel + " | head -c " + length + " | " + unpacker + " > " + elf;
        DebianPackages.run(directory, "sh", "-c", cut);
        return elf;
    }

    private void compareAsElf(ImageReport report, Path elf) {
        assertThat(file(elf))
                .startsWith("x86_64".equals(report.architecture()) ? "ELF 64-bit LSB" : "ELF 32-bit LSB")
                .contains("x86_64".equals(report.architecture()) ? "x86-64" : "Intel 80386");
        assertThat(report.format()).isEqualTo(ImageFormat.ELF);
        assertThat(report.compression()).isEqualTo(Compression.NONE);
        compare(report, elf);
    }

    /** With readelf's words on the header and on the notes. */
    private void compare(ImageReport report, Path elf) {
        String header = DebianPackages.run(directory, "readelf", "-hW", elf.toString());
        boolean wide = "x86_64".equals(report.architecture());
        assertThat(header).containsPattern("Class: +ELF" + (wide ? "64" : "32"));
        assertThat(header).containsPattern("Machine: +" + (wide ? "Advanced Micro Devices X86-64" : "Intel 80386"));
        if (!report.notes().containsKey("ENTRY")) {
            assertThat(header).containsPattern("Entry point address: +" + report.entry() + "\n");
        }
        String text = DebianPackages.run(directory, "readelf", "-nW", elf.toString());
        Map<String, byte[]> notes = notes(text);
        notes.forEach((name, content) -> assertThat(report.notes().get(name))
                .as("%s of %s", name, elf)
                .isEqualTo(told(report.notes().getOrDefault(name, ""), content)));
        // readelf does not show the last note of GRUB's 32 bit image, which is cut short by a few bytes.
        int cut = text.contains("invalid namesz and/or descsz") ? 1 : 0;
        assertThat(report.notes()).as("%s", elf).hasSize(notes.size() + cut);
    }

    private static Map<String, byte[]> notes(String text) {
        Map<String, byte[]> notes = new LinkedHashMap<>();
        Matcher matcher = NOTE.matcher(text);
        while (matcher.find()) {
            Matcher number = NUMBER.matcher(matcher.group(1));
            int type = number.find() ? Integer.decode(number.group(1)) : MISTAKEN.get(matcher.group(1));
            String[] words = matcher.group(2).strip().split(" ");
            byte[] content = new byte[words.length];
            for (int i = 0; i < words.length; i++) {
                content[i] = (byte) Integer.parseInt(words[i], 16);
            }
            notes.put(NOTES.get(type), content);
        }
        return notes;
    }

    /** The content in the form that xcs has chosen for it. */
    private static String told(String form, byte[] content) {
        if (form.contains("/")) {
            byte[] first = Arrays.copyOf(content, content.length / 2);
            byte[] second = Arrays.copyOfRange(content, content.length / 2, content.length);
            return hex(first) + "/" + hex(second);
        }
        if (form.startsWith("0x")) {
            return hex(content);
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < content.length && content[i] != 0; i++) {
            text.append((char) content[i]);
        }
        return text.toString();
    }

    private static String hex(byte[] content) {
        StringBuilder digits = new StringBuilder();
        for (int i = content.length - 1; i >= 0; i--) {
            digits.append(String.format("%02x", content[i]));
        }
        return "0x" + digits.toString().replaceFirst("^0+(?=.)", "");
    }
}
