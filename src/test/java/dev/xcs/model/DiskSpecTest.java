package dev.xcs.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.xcs.bus.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DiskSpecTest {
    private final ObjectMapper json = Json.mapper();

    @Test
    void hasDefaultsForAllButTargetAndName() throws Exception {
        DiskSpec disk = json.readValue("{\"target\": \"/dev/vg/x\", \"vdev\": \"xvda\"}", DiskSpec.class);

        assertThat(disk)
                .isEqualTo(DiskSpec.of("/dev/vg/x", "xvda"))
                .isEqualTo(new DiskSpec(
                        "/dev/vg/x",
                        "xvda",
                        DiskFormat.RAW,
                        DiskAccess.RW,
                        DiskDevice.DISK,
                        null,
                        null,
                        false,
                        null,
                        false));
        assertThat(json.writeValueAsString(disk))
                .isEqualTo(
                        "{\"target\":\"/dev/vg/x\",\"vdev\":\"xvda\",\"format\":\"raw\",\"access\":\"rw\",\"device\":\"disk\","
                                + "\"directIoSafe\":false}");
    }

    @Test
    void makesACdDriveReadOnlyAndLetsItBeEmpty() throws Exception {
        DiskSpec drive = json.readValue("{\"vdev\": \"hdc\", \"device\": \"cdrom\"}", DiskSpec.class);

        assertThat(drive.target()).isNull();
        assertThat(drive.access()).isEqualTo(DiskAccess.RO);
    }

    @Test
    void saysEverythingInJson() throws Exception {
        String all = "{\"target\":\"/a b\",\"vdev\":\"sda1\",\"format\":\"vhd\",\"access\":\"ro\",\"device\":\"disk\","
                + "\"script\":\"block-x\",\"discard\":false,\"directIoSafe\":true,\"backendType\":\"qdisk\",\"override\":true}";

        assertThat(json.writeValueAsString(json.readValue(all, DiskSpec.class))).isEqualTo(all);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/with space",
                "/with \"quotes\" and 'more'",
                "/a,b=c:d",
                "$(reboot);`x`|&*",
                " lead and trail ",
                "żółw 🐢",
                ","
            })
    void takesAnyPathThatCanBeOne(String target) {
        assertThat(DiskSpec.of(target, "xvda").target()).isEqualTo(target);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/a\nb", "/a\0b", "\t/a", "/a\u007f", "/a\u009bb", "/a\ud800"})
    void refusesAPathThatCannotBeOne(String target) {
        assertThatThrownBy(() -> DiskSpec.of(target, "xvda"))
                .isInstanceOf(ProblemException.class)
                .hasMessage("target: " + Problem.quote(target)
                        + ", expected 1 to 2048 bytes of text without control character");
    }

    @Test
    void boundsAPathInBytes() {
        assertThat(DiskSpec.of("/" + "x".repeat(2047), "xvda")).isNotNull();
        assertThatThrownBy(() -> DiskSpec.of("/" + "ż".repeat(2048), "xvda")).hasMessageContaining("2048 bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "xvda\n", "hda:cdrom", "a/b", "../x", "/dev/", "xvda,r", "żółw"})
    void refusesWhatCannotBeANameInTheGuest(String vdev) {
        assertThatThrownBy(() -> DiskSpec.of("/x", vdev))
                .isInstanceOf(ProblemException.class)
                .hasMessage("vdev: " + Problem.quote(vdev) + ", expected letters and digits, like xvda, hdc or sda1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{'vdev':'xvda'} | target: nothing, expected a path: only a CD drive can be empty",
                "{'target':'/x'} | vdev: \"\", expected letters and digits, like xvda, hdc or sda1",
                "{'target':'/x','vdev':'hdc','device':'cdrom','access':'rw'} | access: \"rw\", expected ro for a CD drive",
                "{'vdev':'hdc','device':'cdrom','format':'qcow2'} | format: \"qcow2\", expected none or raw for an empty CD drive",
                "{'target':'/x','vdev':'a','format':'vhd','backendType':'phy'} | format: \"vhd\", expected raw for the back-end phy",
                "{'target':'/x','vdev':'a','script':'a,b'} | script: \"a,b\", expected 1 to 2048 bytes of text without control character or comma",
            })
    void namesTheFieldThatIsWrong(String text, String expected) {
        assertThatThrownBy(() -> json.readValue(text.replace('\'', '"'), DiskSpec.class))
                .rootCause()
                .isInstanceOf(ProblemException.class)
                .hasMessage(expected);
    }
}
