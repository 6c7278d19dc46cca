package dev.xcs.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.xcs.model.ImageFormat;
import dev.xcs.model.ImageReport;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.testing.FirmwareImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Firmware made in the test, laid out as OVMF.fd is. */
class UefiFirmwareTest {
    @TempDir
    Path directory;

    private ImageReport inspect(byte[] firmware) throws IOException {
        Path file = Files.write(directory.resolve("OVMF.fd"), firmware);
        return ImageInspector.inspect("firmware", file.toString());
    }

    /** Before, on and behind the end of what is read at once. */
    @ParameterizedTest
    @ValueSource(ints = {0x20000, 0xffff0, 0xffffc, 0x100000, 0x100004, 0x1e0000})
    void isToldByTheNameOfADriverInWhatIsPacked(int at) throws IOException {
        assertThat(inspect(FirmwareImage.of("XenBusDxe", at)).product()).isEqualTo("UEFI firmware with Xen's drivers");
        ImageReport without = inspect(FirmwareImage.of("VirtioBusDxe", at));
        assertThat(without.product()).isEqualTo("UEFI firmware without Xen's drivers");
        assertThat(without.format()).isEqualTo(ImageFormat.UEFI);
        assertThat(without.pv()).isFalse();
        assertThat(without.pvh()).isFalse();
    }

    @Test
    void isRefusedWithoutXenAndWhereItIsNone() throws IOException {
        assertThatCode(() -> UefiFirmware.requireXen("firmware", inspect(FirmwareImage.of("XenBusDxe", 0x20000))))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> UefiFirmware.requireXen("firmware", inspect(FirmwareImage.of("Other", 0x20000))))
                .isInstanceOfSatisfying(ProblemException.class, refused -> {
                    assertThat(refused.problem().type()).isEqualTo(ProblemType.BAD_IMAGE);
                    assertThat(refused.problem().field()).isEqualTo("firmware");
                    assertThat(refused.problem().detail()).contains("OVMF.fd\" is UEFI firmware without Xen's drivers");
                    assertThat(refused.problem().cause()).contains("OvmfXen.dsc");
                });
        assertThatThrownBy(() -> inspect(new byte[5000])).hasMessageContaining("nor UEFI firmware");
    }

    /** Its GUID is in the code of the unpacker too, and what follows is not packed. */
    @Test
    void isNotMisledByWhatIsBroken() throws IOException {
        byte[] whole = FirmwareImage.of("XenBusDxe", 0x20000);
        byte[] cut = Arrays.copyOf(whole, 0x20000 + 40);
        assertThat(inspect(cut).product()).isEqualTo("UEFI firmware without Xen's drivers");
        byte[] garbage = whole.clone();
        Arrays.fill(garbage, 0x20000 + 24, 0x20000 + 200, (byte) 0xff);
        assertThat(inspect(garbage).product()).isEqualTo("UEFI firmware without Xen's drivers");
        byte[] decoy = FirmwareImage.of("XenBusDxe", 0x40000);
        FirmwareImage.section(decoy, 0x20000, 0xffff);
        assertThat(inspect(decoy).product()).isEqualTo("UEFI firmware with Xen's drivers");
    }
}
