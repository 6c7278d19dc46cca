package dev.xcs.hypervisor.xen.acpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables byte by byte, and what Intel's own compiler (iasl of Debian's acpica-tools) says of them. */
class AcpiTablesTest {
    private static final long INFO = 0xfc00_0000L;
    private static final long TABLES = 0xfc00_1000L;
    private static final int CREATOR_AT = 28;
    private static final int CREATOR_BYTES = 8;

    @TempDir
    Path directory;

    @Test
    void placesItsPiecesWhereXensToolsDo() {
        List<AcpiTables.Piece> pieces = AcpiTables.of(2, false).pieces();

        assertThat(pieces).extracting(AcpiTables.Piece::address).containsExactly(0xfc00_2000L, INFO, TABLES);
        assertThat(pieces.get(0).bytes()).hasSize(64);
        assertThat(pieces.get(1).bytes()).isEqualTo(new byte[4096]);
        assertThat(pieces.get(2).bytes()).hasSize(4096);
    }

    @Test
    void leavesThePointerWhereAPcHasItForAGuestThatSearches() {
        assertThat(AcpiTables.of(1, true).pieces().get(0).address()).isEqualTo(0xf_ffc0L);
    }

    @Test
    void laysTwoProcessorsOutAsItBootedLinux() {
        ByteBuffer tables = tables(2);
        assertThat(text(tables, 0)).isEqualTo("FACS");
        assertThat(text(tables, 0x40)).isEqualTo("DSDT");
        assertThat(text(tables, 0x70)).isEqualTo("FACP");
        assertThat(text(tables, 0x180)).isEqualTo("APIC");
        assertThat(text(tables, 0x1c0)).isEqualTo("XSDT");
        assertThat(tables.getLong(0x1c0 + 36)).isEqualTo(TABLES + 0x70);
        assertThat(tables.getLong(0x1c0 + 44)).isEqualTo(TABLES + 0x180);
    }

    @Test
    void pointsFromTheRootToTheTables() {
        ByteBuffer rsdp =
                ByteBuffer.wrap(AcpiTables.of(2, false).pieces().get(0).bytes()).order(ByteOrder.LITTLE_ENDIAN);

        assertThat(HexFormat.of().formatHex(rsdp.array(), 0, 8)).isEqualTo("5253442050545220");
        assertThat(HexFormat.of().formatHex(rsdp.array(), 9, 15)).isEqualTo("58656e000000");
        assertThat(rsdp.get(15)).as("revision").isEqualTo((byte) 2);
        assertThat(rsdp.getInt(16)).as("no RSDT").isZero();
        assertThat(rsdp.getInt(20)).as("length").isEqualTo(36);
        assertThat(rsdp.getLong(24)).as("XSDT").isEqualTo(TABLES + 0x1c0);
        assertThat(sum(rsdp.array(), 0, 20)).isZero();
        assertThat(sum(rsdp.array(), 0, 36)).isZero();
        assertThat(Arrays.copyOfRange(rsdp.array(), 36, 64)).containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8, 64, 128})
    void givesEachProcessorALocalApic(int vcpus) {
        byte[] madt = table(vcpus, "APIC");
        ByteBuffer fields = ByteBuffer.wrap(madt).order(ByteOrder.LITTLE_ENDIAN);

        assertThat(madt).hasSize(44 + 8 * vcpus);
        assertThat(fields.getInt(36)).as("local APICs").isEqualTo(0xfee0_0000);
        assertThat(fields.getInt(40)).as("flags").isEqualTo(1);
        for (int vcpu = 0; vcpu < vcpus; vcpu++) {
            byte[] entry = Arrays.copyOfRange(madt, 44 + 8 * vcpu, 52 + 8 * vcpu);
            assertThat(entry).containsExactly(0, 8, vcpu, 2 * vcpu, 1, 0, 0, 0);
        }
    }

    @Test
    void describesTheFixedHardware() {
        ByteBuffer fadt = ByteBuffer.wrap(table(2, "FACP")).order(ByteOrder.LITTLE_ENDIAN);

        assertThat(fadt.capacity()).isEqualTo(268);
        assertThat(fadt.get(8)).as("revision").isEqualTo((byte) 5);
        assertThat(fadt.getInt(36)).as("FACS").isEqualTo((int) TABLES);
        assertThat(fadt.getInt(40)).as("DSDT").isEqualTo((int) TABLES + 0x40);
        assertThat(fadt.getLong(132)).as("X_FACS").isEqualTo(TABLES);
        assertThat(fadt.getLong(140)).as("X_DSDT").isEqualTo(TABLES + 0x40);
        assertThat(fadt.getShort(46)).as("SCI").isEqualTo((short) 9);
        assertThat(fadt.getShort(109)).as("boot architecture").isEqualTo((short) 0x24);
        assertThat(fadt.getInt(112)).as("flags").isEqualTo(0x8175);
        assertThat(HexFormat.of().formatHex(fadt.array(), 116, 129)).isEqualTo("01080000f90c00000000000006");
        assertThat(HexFormat.of().formatHex(fadt.array(), 148, 160)).isEqualTo("0120000000b0000000000000");
        assertThat(HexFormat.of().formatHex(fadt.array(), 172, 184)).isEqualTo("0110000004b0000000000000");
        assertThat(Arrays.copyOfRange(fadt.array(), 184, 268)).containsOnly(0);
    }

    @Test
    void hasAnEmptySystemBus() {
        byte[] dsdt = table(1, "DSDT");

        assertThat(dsdt).hasSize(43);
        assertThat(HexFormat.of().formatHex(dsdt, 36, 43)).isEqualTo("1006" + "5c" + "5f53425f");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8, 64, 128})
    void sealsEveryTable(int vcpus) {
        tablesByName(vcpus).forEach((name, table) -> {
            if (!name.equals("FACS")) {
                assertThat(sum(table, 0, table.length)).as(name).isZero();
                assertThat(HexFormat.of().formatHex(table, 10, 28))
                        .isEqualTo("58656e000000" + "48564d0000000000" + "00000000");
            }
        });
    }

    /** Taken apart and put together again by iasl, which is not to shorten names (-oa): the same bytes, but for its own name as the creator, and not a word of complaint. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8, 64, 128})
    void isWhatIaslWouldWrite(int vcpus) throws Exception {
        assumeTrue(iasl().isPresent(), "iasl is not installed (Debian: acpica-tools)");
        for (Map.Entry<String, byte[]> table : tablesByName(vcpus).entrySet()) {
            String name = table.getKey();
            Path binary = Files.write(directory.resolve(name + ".dat"), table.getValue());
            String takenApart = run("-d", binary.toString());
            assertThat(takenApart)
                    .as(name)
                    .doesNotContainIgnoringCase("warning")
                    .doesNotContainIgnoringCase("error");
            String source = Files.readString(directory.resolve(name + ".dsl"));
            assertThat(source)
                    .as(name)
                    .doesNotContain("Invalid")
                    .doesNotContain("Warning")
                    .doesNotContain("incorrect");
            checkFields(name, source, vcpus);

            String together = run(
                    "-oa",
                    "-p",
                    directory.resolve("again").toString(),
                    directory.resolve(name + ".dsl").toString());
            assertThat(together).as(name).contains("0 Errors").doesNotContainPattern("[1-9]\\d* (Errors|Warnings)");
            assertThat(unsigned(Files.readAllBytes(directory.resolve("again.aml"))))
                    .as(name)
                    .isEqualTo(unsigned(table.getValue()));
        }
    }

    private static void checkFields(String name, String source, int vcpus) {
        switch (name) {
            case "APIC" -> {
                assertThat(field(source, "Local Apic Address")).containsExactly("FEE00000");
                assertThat(field(source, "Processor Enabled")).hasSize(vcpus).containsOnly("1");
                assertThat(field(source, "Processor ID").stream().map(id -> Integer.parseInt(id, 16)))
                        .isEqualTo(Stream.iterate(0, id -> id + 1).limit(vcpus).toList());
                assertThat(field(source, "Local Apic ID").stream().map(id -> Integer.parseInt(id, 16)))
                        .isEqualTo(Stream.iterate(0, id -> id + 2).limit(vcpus).toList());
            }
            case "FACP" -> {
                assertThat(field(source, "FACS Address")).containsExactly("FC001000", "00000000FC001000");
                assertThat(field(source, "DSDT Address")).containsExactly("FC001040", "00000000FC001040");
                assertThat(field(source, "PM1A Event Block Address")).containsExactly("0000B000");
                assertThat(field(source, "PM1A Control Block Address")).containsExactly("0000B004");
                assertThat(field(source, "VGA Not Present (V4)")).containsExactly("1");
                assertThat(field(source, "CMOS RTC Not Present (V5)")).containsExactly("1");
                assertThat(field(source, "Use Platform Timer (V4)")).containsExactly("1");
                assertThat(field(source, "Hardware Reduced (V5)")).containsExactly("0");
            }
            case "XSDT" ->
                assertThat(field(source, "ACPI Table Address +\\d+")).hasSize(2).startsWith("00000000FC001070");
            case "DSDT" -> assertThat(source).contains("DefinitionBlock (\"\", \"DSDT\", 2, \"Xen\", \"HVM\"");
            default -> assertThat(field(source, "Version")).containsExactly("01");
        }
    }

    /** The values of a field, in order; lines look like {@code [024h 0036 004h]   Local Apic Address : FEE00000}. */
    private static List<String> field(String source, String name) {
        String escaped = name.contains("\\") ? name : Pattern.quote(name);
        Matcher lines = Pattern.compile("(?m)^(?:\\[[^\\]]*\\])?\\s*" + escaped + " : (\\S+)")
                .matcher(source);
        return lines.results().map(line -> line.group(1)).toList();
    }

    /** Without what a compiler signs with. */
    private static String unsigned(byte[] table) {
        byte[] copy = table.clone();
        boolean signed = !new String(copy, 0, 4, StandardCharsets.US_ASCII).equals("FACS");
        if (signed) {
            copy[9] = 0;
            Arrays.fill(copy, CREATOR_AT, CREATOR_AT + CREATOR_BYTES, (byte) 0);
        }
        return HexFormat.ofDelimiter(" ").formatHex(copy);
    }

    private static ByteBuffer tables(int vcpus) {
        return ByteBuffer.wrap(AcpiTables.of(vcpus, false).pieces().get(2).bytes())
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] table(int vcpus, String name) {
        return Optional.ofNullable(tablesByName(vcpus).get(name)).orElseThrow();
    }

    /** Every table of the pages: each begins at a multiple of 16 with its name and its length. */
    private static Map<String, byte[]> tablesByName(int vcpus) {
        ByteBuffer pages = tables(vcpus);
        Map<String, byte[]> found = new LinkedHashMap<>();
        int at = 0;
        while (at + 8 <= pages.capacity() && pages.getInt(at) != 0) {
            int length = pages.getInt(at + 4);
            found.put(text(pages, at), Arrays.copyOfRange(pages.array(), at, at + length));
            at = (at + length + 15) & -16;
        }
        assertThat(found).containsOnlyKeys("FACS", "DSDT", "FACP", "APIC", "XSDT");
        return found;
    }

    private static String text(ByteBuffer from, int at) {
        return new String(from.array(), at, 4, StandardCharsets.US_ASCII);
    }

    private static int sum(byte[] bytes, int from, int length) {
        int sum = 0;
        for (int i = from; i < from + length; i++) {
            sum += bytes[i];
        }
        return sum & 0xff;
    }

    private static Optional<Path> iasl() {
        return Stream.of("/usr/bin/iasl", "/usr/local/bin/iasl")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    private String run(String... arguments) throws IOException, InterruptedException {
        List<String> command = Stream.concat(Stream.of(iasl().orElseThrow().toString()), Arrays.stream(arguments))
                .toList();
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
