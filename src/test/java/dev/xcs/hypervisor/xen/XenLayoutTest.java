package dev.xcs.hypervisor.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.xcs.model.DomainInfo;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ShutdownReason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class XenLayoutTest {
    private static final UUID HANDLE = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

    @ParameterizedTest
    @CsvSource({
        "14, 48, -1, 44, 11, 104, 32, 1104, 2576",
        "15, 56, -1, 48, 11, 104, 32,  480, 2584",
        "16, 60, 44, 52, 11, 112, 32,  480, 2584",
        "17, 64, 44, 56, 12, 112, 40,  480, 2584",
        "18, 64, 44, 56, 12, 112, 40,  480, 2584",
        "19, 68, 44, 60, 12, 112, 40,  480, 2616",
        "20, 68, 44, 60, 12, 112, 40,  480, 2616",
        "22, 68, 44, 60, 12, 112, 40,  480, 2616"
    })
    void knowsEveryVersion(
            int minor,
            int createBytes,
            int grantOpts,
            int emulationFlags,
            int ssidref,
            int infoBytes,
            int totalPages,
            int pvP2m,
            long allocMalloc) {
        XenLayout layout = XenLayout.of(new XenVersion(4, minor, ""));

        assertThat(layout.createDomain())
                .isEqualTo(new CreateDomainLayout(grantOpts, emulationFlags, createBytes, ssidref));
        assertThat(layout.domainInfo().size()).isEqualTo(infoBytes);
        assertThat(layout.physInfo().totalPages()).isEqualTo(totalPages);
        assertThat(layout.domImage().pvP2m()).isEqualTo(pvP2m);
        assertThat(layout.domImage().expectedAllocMalloc()).isEqualTo(allocMalloc);
        assertThat(layout.consoleConnectionFlag()).isEqualTo(minor >= 21);
    }

    @Test
    void knowsWhereTheBuilderKeepsItsFields() {
        DomImageLayout old = XenLayout.of(new XenVersion(4, 14, "")).domImage();
        DomImageLayout today = XenLayout.of(new XenVersion(4, 17, "")).domImage();

        assertThat(new int[] {today.guestDomid(), today.xenCaps(), today.consoleEvtchn(), today.maxVcpus()})
                .containsExactly(600, 612, 568, 1944);
        assertThat(new int[] {old.guestDomid(), old.xenCaps(), old.consoleEvtchn(), old.maxVcpus(), old.p2mSize()})
                .containsExactly(1224, 1236, 1192, 2568, 1128);
    }

    @ParameterizedTest
    @CsvSource({"4, 13", "4, 23", "3, 17", "5, 0"})
    void refusesVersionsItDoesNotKnow(int major, int minor) {
        assertThatThrownBy(() -> XenLayout.of(new XenVersion(major, minor, "")))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("4.14 to 4.22");
    }

    @Test
    void readsTheSecondDomainOfAList() {
        DomainInfoLayout layout = new DomainInfoLayout(112);
        ByteBuffer list = domain(112, 0xffff0022);

        DomainInfo info = layout.read(list, 1);

        assertThat(info)
                .isEqualTo(new DomainInfo(
                        0x7fef, HANDLE, true, false, false, false, true, null, 128 * 1024, 129 * 1024, 5_000, 2));
    }

    @Test
    void tellsTheReasonsOfShutdownApart() {
        assertThat(reason(0x00000004)).isEqualTo(ShutdownReason.POWEROFF);
        assertThat(reason(0x00010004)).isEqualTo(ShutdownReason.REBOOT);
        assertThat(reason(0x00030004)).isEqualTo(ShutdownReason.CRASH);
        assertThat(reason(0x00ff0004)).as("a reason that Xen does not define").isEqualTo(ShutdownReason.CRASH);
        assertThat(reason(0xffff0001)).as("destroyed while it ran").isNull();
    }

    @Test
    void readsTheHost() {
        ByteBuffer answer = ByteBuffer.allocate(PhysInfoLayout.BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        answer.putInt(8, 2).putInt(16, 1).putInt(24, 2_400_000).putInt(28, 0x30b);
        answer.putLong(40, 1000).putLong(48, 600).putLong(56, 50);

        PhysInfo host = new PhysInfoLayout(40).read(answer);

        assertThat(host).isEqualTo(new PhysInfo(2, 1, 2_400_000, 0x30b, 4000, 2600));
        assertThat(host.pv()).isTrue();
        assertThat(host.hvm()).isTrue();
        assertThat(host.gnttabV2()).isTrue();
        assertThat(new PhysInfo(2, 1, 0, 0x101, 0, 0).pv()).isFalse();
    }

    private static ShutdownReason reason(int flags) {
        return new DomainInfoLayout(104).read(domain(104, flags), 1).shutdownReason();
    }

    private static ByteBuffer domain(int stride, int flags) {
        ByteBuffer list = ByteBuffer.allocate(2 * stride).order(ByteOrder.LITTLE_ENDIAN);
        list.putShort(stride, (short) 0x7fef).putInt(stride + 4, flags);
        list.putLong(stride + 8, 32 * 1024).putLong(stride + 16, 33_024).putLong(stride + 56, 5_000);
        list.putInt(stride + 64, 2);
        list.order(ByteOrder.BIG_ENDIAN)
                .putLong(stride + 76, HANDLE.getMostSignificantBits())
                .putLong(stride + 84, HANDLE.getLeastSignificantBits());
        return list;
    }
}
