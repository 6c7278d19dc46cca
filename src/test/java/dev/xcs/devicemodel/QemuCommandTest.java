package dev.xcs.devicemodel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.model.DomainSpec;
import dev.xcs.model.DomainType;
import dev.xcs.model.GuestOs;
import dev.xcs.model.HvmSpec;
import dev.xcs.model.MacAddress;
import dev.xcs.model.OnEnd;
import dev.xcs.model.VgaCard;
import dev.xcs.model.VifSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class QemuCommandTest {
    private static final QemuCommand COMMAND = new QemuCommand(Path.of("/qemu"), Path.of("/d"));

    @Test
    void hasTheDisplayCardThatWasAskedForAndItsMemory() {
        assertThat(line(VgaCard.STD))
                .containsSubsequence("-vnc", "unix:/d/vnc")
                .containsSubsequence("-device", "VGA,vgamem_mb=16")
                .containsSubsequence("-m", "112");
        assertThat(line(VgaCard.CIRRUS))
                .containsSubsequence("-vnc", "unix:/d/vnc")
                .containsSubsequence("-device", "cirrus-vga,vgamem_mb=16")
                .containsSubsequence("-m", "112");
    }

    @Test
    void hasNoDisplayWithoutACard() {
        assertThat(line(VgaCard.NONE))
                .containsSubsequence("-m", "128")
                .doesNotContain("-vnc")
                .noneMatch(option -> option.contains("vgamem"));
    }

    @Test
    void hasACardForEachVifThatHasOne() {
        assertThat(line(VgaCard.STD, vif(1, null), vif(2, "none"), vif(3, "e1000")))
                .containsSubsequence(
                        "-netdev",
                        "tap,id=net0,ifname=vif7.0-emu,script=no,downscript=no",
                        "-device",
                        "rtl8139,netdev=net0,mac=00:16:3e:00:00:01",
                        "-netdev",
                        "tap,id=net2,ifname=vif7.2-emu,script=no,downscript=no",
                        "-device",
                        "e1000,netdev=net2,mac=00:16:3e:00:00:03,romfile=")
                .noneMatch(option -> option.contains("net1"));
    }

    @Test
    void hasNotMoreCardsThanAPcTakes() {
        List<VifSpec> vifs = new ArrayList<>();
        for (int tail = 0; tail < 12; tail++) {
            vifs.add(vif(tail, null));
        }

        assertThat(line(VgaCard.STD, vifs.toArray(VifSpec[]::new)).stream().filter(option -> option.startsWith("tap,")))
                .hasSize(8);
    }

    private static List<String> line(VgaCard vga, VifSpec... vifs) {
        HvmSpec pc = HvmSpec.of(null, vga);
        DomainSpec spec = new DomainSpec(
                UUID.randomUUID(),
                "pc",
                DomainType.HVM,
                128,
                1,
                HvmSpec.LOADER,
                null,
                null,
                false,
                OnEnd.DESTROY,
                OnEnd.RESTART,
                OnEnd.DESTROY,
                GuestOs.UNKNOWN,
                List.of(),
                List.of(vifs),
                pc);
        return COMMAND.line(spec, pc, 7, List.of());
    }

    private static VifSpec vif(int tail, @Nullable String model) {
        MacAddress mac = MacAddress.parse(String.format("00:16:3e:00:00:%02x", tail));
        return VifSpec.of(null, "xenbr0", mac, null, null, null, null, null, null, model, null, null, null);
    }
}
