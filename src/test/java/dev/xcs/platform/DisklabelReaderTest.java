package dev.xcs.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DisklabelReaderTest {
    private static String text(String file) {
        try (InputStream in = DisklabelReaderTest.class.getResourceAsStream("/disklabel/" + file)) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static Disklabel label(String file) {
        return DisklabelReader.read(file, text(file));
    }

    @ParameterizedTest
    @CsvSource({
        "netbsd-wd0, e, 4194304000",
        "netbsd-wd0, a, 2147516416",
        "netbsd-sd0, b, 1075544064",
        "netbsd-cd0, a, 360710144",
        "netbsd-vnd0, a, 67108864",
        "openbsd-wd0, e, 1310883840",
        "openbsd-sd0, d, 861962240",
        "openbsd-cd0, a, 493735936",
        "openbsd-vnd0, c, 104857600",
    })
    void givesTheSizeOfAPartition(String file, char letter, long bytes) {
        assertThat(label(file).sizeBytes(letter)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "netbsd-wd0, 512, 8589934592, 5",
        "netbsd-sd0, 512, 10737418240, 4",
        "netbsd-cd0, 2048, 360710144, 2",
        "netbsd-vnd0, 512, 67108864, 2",
        "openbsd-wd0, 512, 8589934592, 6",
        "openbsd-sd0, 512, 10737418240, 5",
        "openbsd-cd0, 2048, 493735936, 2",
        "openbsd-vnd0, 512, 104857600, 1",
    })
    void givesTheSizeOfTheDisk(String file, int sectorBytes, long bytes, int partitions) {
        assertThat(label(file).sectorBytes()).isEqualTo(sectorBytes);
        assertThat(label(file).sizeBytes()).isEqualTo(bytes);
        assertThat(label(file).partitions()).hasSize(partitions);
    }

    @Test
    void readsAPartition() {
        assertThat(label("netbsd-wd0").partition('b')).contains(new Disklabel.Partition('b', 2097152, 4194432, "swap"));
        assertThat(label("openbsd-sd0").partition('a')).contains(new Disklabel.Partition('a', 1024000, 64, "4.2BSD"));
    }

    @Test
    void namesAPartitionThatIsNotThere() {
        assertThat(refusal(() -> label("netbsd-sd0").sizeBytes('h')))
                .isEqualTo("netbsd-sd0 partition h: the disklabel does not have it, but a, b, c, d");
    }

    @Test
    void refusesAnEmptyPartition() {
        String text = text("netbsd-wd0").replace("8192000   6291584", "      0   6291584");

        assertThat(refusal(() -> DisklabelReader.read("wd0", text).sizeBytes('e')))
                .isEqualTo("wd0 partition e: its size is 0");
    }

    @Test
    void refusesAPartitionBeyondTheEnd() {
        String text = text("netbsd-wd0").replace("total sectors: 16777216", "total sectors: 9000000");

        assertThat(refusal(() -> DisklabelReader.read("wd0", text).sizeBytes('e')))
                .isEqualTo("wd0 partition e: it ends at sector 14483584, beyond the disk's 9000000");
    }

    @Test
    void refusesASizeThatIsNotMadeOfGuestSectors() {
        String text = text("netbsd-wd0").replace("bytes/sector: 512", "bytes/sector: 500");

        assertThat(refusal(() -> DisklabelReader.read("wd0", text).sizeBytes('a')))
                .isEqualTo("wd0 partition a: its size is 2097184000, expected a multiple of 512"
                        .replace("2097184000", Long.toString(4194368L * 500)));
    }

    @Test
    void refusesADiskThatIsTooLargeForItsLabel() {
        String text = text("netbsd-wd0").replace("total sectors: 16777216", "total sectors: 4294967295");
        Disklabel large = DisklabelReader.read("wd0", text);

        assertThat(refusal(large::sizeBytes)).contains("cannot say how large it is");
        assertThat(large.sizeBytes('e')).isEqualTo(4194304000L);
    }

    @Test
    void refusesWhatIsNoDisklabel() {
        assertThat(refusal(() -> DisklabelReader.read("wd9", "disklabel: /dev/rwd9d: Device not configured\n")))
                .contains("wd9: what disklabel says of it is none")
                .contains("Device not configured");
        assertThat(refusal(() -> DisklabelReader.read("wd9", ""))).contains("wd9");
    }

    @Test
    void namesTheLineThatCannotBeRead() {
        String size = text("openbsd-sd0").replace("1024000               64", "512.0M               64");
        String total = text("netbsd-wd0").replace("total sectors: 16777216", "total sectors: -3");
        String sector = text("netbsd-wd0").replace("bytes/sector: 512\n", "");

        assertThat(refusal(() -> DisklabelReader.read("sd0", size)))
                .contains("sd0")
                .contains("512.0M");
        assertThat(refusal(() -> DisklabelReader.read("wd0", total))).contains("total sectors: -3");
        assertThat(refusal(() -> DisklabelReader.read("wd0", sector))).contains("bytes/sector is 0");
    }

    private static String refusal(Runnable call) {
        ProblemException refused = catchThrowableOfType(ProblemException.class, call::run);
        assertThat(refused.problem().type()).isEqualTo(ProblemType.INVALID_FIELD);
        return refused.problem().detail();
    }
}
