package dev.xcs.hypervisor.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.platform.Dom0;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class XenDetectorTest {
    @TempDir
    Path root;

    @BeforeEach
    void dom0OfXen() throws IOException {
        put("sys/hypervisor/type", "xen\n");
        put("sys/hypervisor/version/major", "4\n");
        put("sys/hypervisor/version/minor", "17\n");
        put("sys/hypervisor/version/extra", ".7\n");
        put("proc/xen/capabilities", "control_d\n");
        put("dev/xen/privcmd", "");
        put("dev/xen/evtchn", "");
        put("dev/xen/gntdev", "");
    }

    @Test
    void readsTheVersion() {
        XenVersion version = new XenDetector(root, Dom0.LINUX).detect();

        assertThat(version).isEqualTo(new XenVersion(4, 17, ".7"));
        assertThat(version).hasToString("4.17.7");
        assertThat(version.series()).isEqualTo("4.17");
        assertThat(XenVersion.ofCode(version.code())).isEqualTo(new XenVersion(4, 17, ""));
    }

    @Test
    void saysThatThereIsNoXen() throws IOException {
        Files.delete(root.resolve("sys/hypervisor/type"));

        assertThat(XenHypervisor.present(root)).isFalse();
        assertThat(refusal().detail()).contains("no Xen");
    }

    @Test
    void saysThatAnotherHypervisorIsNoXen() throws IOException {
        put("sys/hypervisor/type", "kvm");

        assertThat(refusal().detail()).contains("no Xen");
    }

    @Test
    void saysThatThisIsAGuest() throws IOException {
        put("proc/xen/capabilities", "\n");

        assertThat(XenHypervisor.present(root)).isTrue();
        assertThat(refusal().detail()).contains("not dom0").contains("expected control_d");
    }

    @Test
    void saysThatXenfsIsNotMounted() throws IOException {
        Files.delete(root.resolve("proc/xen/capabilities"));

        assertThat(refusal().cause()).contains("mount -t xenfs");
    }

    @Test
    void namesTheMissingDevice() throws IOException {
        Files.delete(root.resolve("dev/xen/gntdev"));

        Problem problem = refusal();
        assertThat(problem.detail()).isEqualTo("/dev/xen/gntdev does not exist");
        assertThat(problem.cause()).contains("modprobe xen-gntdev");
    }

    @Test
    void quotesAVersionThatIsNone() throws IOException {
        put("sys/hypervisor/version/minor", "new");

        assertThat(refusal().detail()).contains("minor \"new\"").contains("expected two numbers");
    }

    @Test
    void openingRefusesAsDetectingDoes() throws IOException {
        put("sys/hypervisor/version/minor", "13");

        Problem problem = catchThrowableOfType(
                        ProblemException.class,
                        () -> XenHypervisor.open(new XenOptions(Dom0.LINUX, root, root.resolve("cache"), 0, 0)))
                .problem();
        assertThat(problem.detail()).isEqualTo("Xen 4.13.7 runs here; the structures of 4.14 to 4.22 are known");
    }

    private Problem refusal() {
        Problem problem = catchThrowableOfType(ProblemException.class, () -> new XenDetector(root, Dom0.LINUX).detect())
                .problem();
        assertThat(problem.type()).isEqualTo(ProblemType.IMPOSSIBLE);
        assertThat(problem.step()).isEqualTo("detect");
        assertThat(problem.cause()).isNotBlank();
        return problem;
    }

    private void put(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private XenVersion onNetbsd() {
        return new XenDetector(root, Dom0.NETBSD).detect();
    }

    @Test
    void knowsADom0WithNetbsdByItsDeviceAndTheVersionByItsLibraries() throws IOException {
        put("kern/xen/privcmd", "");
        put("dev/xenevt", "");
        put("usr/pkg/lib/libxenctrl.so.4.15", "");
        put("usr/pkg/lib/libxenctrl.so.4.18", "");
        put("usr/pkg/lib/libxenguest.so.4.18", "");
        put("usr/pkg/lib/libxenctrl.so", "");

        assertThat(onNetbsd()).isEqualTo(new XenVersion(4, 18, ""));
    }

    @Test
    void saysWhatANetbsdLacks() throws IOException {
        Problem none =
                catchThrowableOfType(ProblemException.class, this::onNetbsd).problem();
        put("kern/xen/privcmd", "");
        Problem device =
                catchThrowableOfType(ProblemException.class, this::onNetbsd).problem();
        put("dev/xenevt", "");
        put("usr/pkg/lib/libc.so", "");
        Problem libraries =
                catchThrowableOfType(ProblemException.class, this::onNetbsd).problem();

        assertThat(none.detail()).isEqualTo("this is no dom0 of Xen: there is no /kern/xen/privcmd");
        assertThat(device.detail()).isEqualTo("/dev/xenevt does not exist");
        assertThat(device.cause()).contains("MAKEDEV xen");
        assertThat(libraries.cause()).contains("xentools");
    }
}
