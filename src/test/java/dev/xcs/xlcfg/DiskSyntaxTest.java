package dev.xcs.xlcfg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.xcs.model.DiskAccess;
import dev.xcs.model.DiskBackend;
import dev.xcs.model.DiskDevice;
import dev.xcs.model.DiskFormat;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DiskSyntaxTest {
    private static final Set<String> FLAG =
            Set.of("cdrom", "direct-io-safe", "discard", "no-discard", "trusted", "untrusted", "colo", "no-colo");

    private static final DiskSpec VOLUME = DiskSpec.of("/dev/vg/guest-volume", "hda");
    private static final DiskSpec IMAGE = cdrom("/srv/image.iso");
    private static final DiskSpec EMPTY = cdrom(null);

    private static DiskSpec cdrom(@Nullable String target) {
        return DiskSpec.of(target, "hdc", null, null, DiskDevice.CDROM, null, null, null, null, null);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/dev/vg/guest-volume,,hda",
                "/dev/vg/guest-volume,raw,hda,rw",
                "format=raw, vdev=hda, access=rw, target=/dev/vg/guest-volume",
                "raw:/dev/vg/guest-volume,hda,w",
                "phy:/dev/vg/guest-volume,hda,w",
                "phy:/dev/vg/guest-volume,hda,w,0",
                "file:/dev/vg/guest-volume,hda,rw,Domain-0",
                "tap:aio:/dev/vg/guest-volume,hda",
                "tap2:tapdisk:ioemu:/dev/vg/guest-volume,hda:disk,w",
                "phy: /dev/vg/guest-volume, hda , w , ",
                "vdev=hda,/dev/vg/guest-volume,,w",
                "format=raw,/dev/vg/guest-volume,hda,",
                "/dev/vg/guest-volume,,hda,,devtype=disk,backend=0,specification=xen,trusted,no-colo,backendtype=",
                "\n  ,raw,\thda,target=/dev/vg/guest-volume",
                "format=,vdev=,vdev=hda,access=,target=/dev/vg/guest-volume,",
            })
    void readsOneDiskInEveryForm(String text) {
        assertThat(DiskSyntax.parse(text)).isEqualTo(VOLUME);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/srv/image.iso,,hdc,cdrom",
                "/srv/image.iso,,hdc,,cdrom",
                "/srv/image.iso,raw,hdc,devtype=cdrom",
                "format=raw, vdev=hdc, access=ro, devtype=cdrom, target=/srv/image.iso",
                "raw:/srv/image.iso,hdc:cdrom,ro",
                "file:/srv/image.iso,hdc:cdrom,r",
                "/srv/image.iso,,hdc:cdrom",
                "cdrom,/srv/image.iso,,hdc,w",
            })
    void readsOneCdInEveryForm(String text) {
        assertThat(DiskSyntax.parse(text)).isEqualTo(IMAGE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",hdc:cdrom,r",
                "vdev=hdc,cdrom",
                ",,hdc,,cdrom",
                ",empty,hdc,cdrom",
                "phy:,hdc:cdrom,r",
                "cdrom,vdev=hdc,target=",
                "format=qcow2,devtype=cdrom,vdev=hdc"
            })
    void readsAnEmptyDrive(String text) {
        assertThat(DiskSyntax.parse(text)).isEqualTo(EMPTY);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "phy:/dev/wd0e,hda,r /dev/wd0e RAW",
                "file:/img,sda1,r /img RAW",
                "qcow2:/i,hda,r /i QCOW2",
                "tap:qcow2:/i,hda,r /i QCOW2",
                "vhd:/i,hda,r /i VHD",
                "vmdk:/i,hda,r /i VMDK",
                "/i,vmdk,hda,ro /i VMDK",
                "format=vhd,access=r,vdev=hda,target=/a,b=c,cdrom /a,b=c,cdrom VHD",
                "x:y,,hda,ro x:y RAW",
                "phy:vg/x,hda,r vg/x RAW",
                "access=ro,vdev=hda,target=raw:/x,, raw:/x, RAW"
            })
    void readsTargetAndFormat(String text, String target, DiskFormat format) {
        DiskSpec disk = DiskSyntax.parse(text);

        assertThat(disk.target()).isEqualTo(target);
        assertThat(disk.format()).isEqualTo(format);
        assertThat(disk.access()).isEqualTo(DiskAccess.RO);
        assertThat(disk.device()).isEqualTo(DiskDevice.DISK);
    }

    @ParameterizedTest
    @CsvSource({
        "r, RO, false",
        "ro, RO, false",
        "w, RW, false",
        "rw, RW, false",
        "'', RW, false",
        "w!, RW, true",
        "r!, RO, true",
        "!, RO, true",
        "rw!, RW, true",
        "ro!, RO, true",
        "!w, RW, true"
    })
    void readsAccessAndOverride(String access, DiskAccess expected, boolean override) {
        for (String text :
                new String[] {"phy:/x,xvda," + access, "/x,,xvda," + access, "access=" + access + ",vdev=xvda,target=/x"
                }) {
            assertThat(DiskSyntax.parse(text).access()).isEqualTo(expected);
            assertThat(DiskSyntax.parse(text).override()).isEqualTo(override);
        }
    }

    @Test
    void readsTheOtherParameters() {
        assertThat(
                        DiskSyntax.parse(
                                "/x,qcow2,xvdb,ro,backendtype=qdisk,script=/etc/xen/my script,direct-io-safe,no-discard,no-discard"))
                .isEqualTo(new DiskSpec(
                        "/x",
                        "xvdb",
                        DiskFormat.QCOW2,
                        DiskAccess.RO,
                        DiskDevice.DISK,
                        "/etc/xen/my script",
                        false,
                        true,
                        DiskBackend.QDISK,
                        false));
        assertThat(DiskSyntax.parse("discard,backendtype=phy,iscsi:iqn.2001-05.com:0,xvda,w"))
                .isEqualTo(new DiskSpec(
                        "iqn.2001-05.com:0",
                        "xvda",
                        DiskFormat.RAW,
                        DiskAccess.RW,
                        DiskDevice.DISK,
                        "block-iscsi",
                        true,
                        false,
                        DiskBackend.PHY,
                        false));
        assertThat(Stream.of("nbd", "enbd", "drbd")
                        .map(prefix ->
                                DiskSyntax.parse(prefix + ":server:9000,xvda,w").script()))
                .containsExactly("block-nbd", "block-enbd", "block-drbd");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "/x,,hda,zz | 9 | \"zz\", expected r, ro, w or rw",
                "/x,,hda,w!! | 9 | \"w!!\", expected r,",
                "/x,zip,hda | 4 | \"zip\", expected raw, qcow2, vhd or vmdk",
                "/x,qed,hda | 4 | \"qed\", expected raw, qcow2, vhd or vmdk: this format of xl is not served",
                "/x, format=qcow,vdev=hda | 12 | \"qcow\", expected",
                "/x,empty,hda | 4 | \"empty\", expected raw, qcow2, vhd or vmdk: a drive with a target",
                "/x,raw,hda,w,more | 14 | \"more\", expected no further parameter",
                "phy:/x,hda,w,0,more | 16 | \"more\", expected no further parameter",
                "phy:/x,hda,w,storage | 14 | \"storage\", expected Domain-0",
                "/x,,hda,backend=storage | 17 | \"storage\", expected Domain-0",
                "/x,,hda,zoo=1 | 9 | \"zoo=1\", expected format, vdev,",
                "/x=y,,hda | 1 | \"/x=y\", expected no = here",
                "foo:/x,xvda,w | 1 | \"foo:\", expected a prefix",
                "tap:foo:/x,xvda,w | 5 | \"foo:\", expected a prefix",
                "/x | 3 | nothing, expected vdev=",
                "/x,,,w | 5 | nothing, expected vdev=",
                "vdev=hda | 9 | nothing, expected target=",
                ",hda:disk,w | 1 | nothing, expected target=",
                "/x,,hdc:floppy | 9 | \"floppy\", expected disk or cdrom",
                "/x,,hdc:,w | 9 | nothing, expected disk or cdrom",
                "/x,,hdc,devtype=tape | 17 | \"tape\", expected disk or cdrom",
                "/x,,hda,backendtype=standalone | 21 | \"standalone\", expected phy, tap or qdisk",
                "/x,,hda,specification=virtio | 23 | \"virtio\", expected xen",
                "/x,,hda,untrusted | 9 | \"untrusted\", expected trusted",
                "/x,,hda,colo | 9 | \"colo\", expected no-colo",
                "/x,,hda,colo-port=1 | 9 | \"colo-port=1\", expected format",
                "format=raw,format=qcow2,/x,vdev=hda | 19 | \"qcow2\", expected format only once: it is \"raw\" at column 8",
                "raw:qcow2:/x,hda,w | 5 | \"qcow2\", expected format only once",
                "/x,raw,hda,target=/y | 19 | \"/y\", expected target only once",
                "/x,,hda,discard,no-discard | 17 | \"no-discard\", expected discard only once",
                "cdrom,devtype=disk,/x,,hda | 15 | \"disk\", expected devtype only once",
                "script=a,iscsi:/x,hda,w | 10 | \"block-iscsi\", expected script only once",
                "/🐢,,h-a | 5 | vdev: \"h-a\", expected letters",
                "/x,vhd,hda,backendtype=phy | 4 | format: \"vhd\", expected raw for the back-end phy",
            })
    void pointsAtWhatIsWrong(String text, int column, String expected) {
        assertThatThrownBy(() -> DiskSyntax.parse(text))
                .isInstanceOf(ProblemException.class)
                .hasMessageStartingWith("disks: column " + column + ": " + expected)
                .satisfies(e -> assertThat(((ProblemException) e).problem())
                        .extracting(Problem::type, Problem::field)
                        .containsExactly(ProblemType.INVALID_FIELD, "disks"));
    }

    @Test
    void refusesControlCharactersWhereTheyStand() {
        assertThatThrownBy(() -> DiskSyntax.parse("vdev=hda,target=/a\nb"))
                .hasMessageStartingWith("disks: column 17: target: \"/a\\u000ab\"");
        assertThatThrownBy(() -> DiskSyntax.parse("/a\0b,,hda")).hasMessageStartingWith("disks: column 1: target: ");
        assertThatThrownBy(() -> DiskSyntax.parse("/a,,hda,script=x\ty"))
                .hasMessageStartingWith("disks: column 16: script: ");
    }

    @Test
    void refusesTextWithoutEnd() {
        assertThatThrownBy(() -> DiskSyntax.parse("x".repeat(100_000)))
                .hasMessageStartingWith("disks: column 16385: more text");
    }

    @Test
    void printsEverythingByName() {
        assertThat(DiskSyntax.print(VOLUME)).isEqualTo("format=raw,vdev=hda,access=rw,target=/dev/vg/guest-volume");
        assertThat(DiskSyntax.print(EMPTY)).isEqualTo("format=raw,vdev=hdc,access=ro,devtype=cdrom");
        assertThat(DiskSyntax.print(DiskSyntax.parse("iscsi:/a b,xvda,w!,backendtype=tap,direct-io-safe,discard")))
                .isEqualTo(
                        "format=raw,vdev=xvda,access=rw!,backendtype=tap,script=block-iscsi,discard,direct-io-safe,target=/a b");
    }

    @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
    void readsBackWhatItPrints(@ForAll("disks") DiskSpec disk) {
        assertThat(DiskSyntax.parse(DiskSyntax.print(disk))).isEqualTo(disk);
    }

    @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
    void readsThePositionalFormsAlike(@ForAll("disks") DiskSpec disk, @ForAll("separators") String comma) {
        String target = disk.target() == null ? "" : disk.target();
        if (target.matches("(?s).*[,=:\\s].*") || FLAG.contains(target) || disk.device() == DiskDevice.CDROM) {
            return;
        }
        DiskSpec plain = new DiskSpec(
                target,
                disk.vdev(),
                disk.format(),
                disk.access(),
                disk.device(),
                null,
                null,
                false,
                null,
                disk.override());
        String access = (disk.access() == DiskAccess.RW ? "w" : "r") + (disk.override() ? "!" : "");

        assertThat(DiskSyntax.parse(String.join(comma, target, disk.format().json(), disk.vdev(), access)))
                .isEqualTo(plain);
        assertThat(DiskSyntax.parse(disk.format().json() + ":" + String.join(comma, target, disk.vdev(), access)))
                .isEqualTo(plain);
    }

    /** Whatever comes in, the answer is a disk that can be printed and read again, or a problem that says where. */
    @Property(tries = 3000)
    void readsOrRefusesAnything(@ForAll("scraps") String text) {
        try {
            DiskSpec disk = DiskSyntax.parse(text);
            assertThat(DiskSyntax.parse(DiskSyntax.print(disk))).isEqualTo(disk);
        } catch (ProblemException e) {
            assertThat(e.problem().detail()).matches("(?s)disks: column [0-9]+: .*expected .*");
            assertThat(e.problem().field()).isEqualTo("disks");
        }
    }

    @Provide
    Arbitrary<String> separators() {
        return Arbitraries.of(",", ", ", ",\t\n ");
    }

    @Provide
    Arbitrary<String> scraps() {
        return Arbitraries.of(
                        ",",
                        ",",
                        ",",
                        "=",
                        ":",
                        " ",
                        "\n",
                        "\0",
                        "/x",
                        "xvda",
                        "hdc:cdrom",
                        "raw",
                        "qcow2:",
                        "phy:",
                        "tap:",
                        "foo:",
                        "iscsi:",
                        "w!",
                        "r",
                        "cdrom",
                        "discard",
                        "no-discard",
                        "format=",
                        "vdev=",
                        "access=",
                        "target=",
                        "script=",
                        "backend=",
                        "backendtype=",
                        "devtype=",
                        "empty",
                        "0",
                        "🐢",
                        "\ud800")
                .list()
                .ofMaxSize(12)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<DiskSpec> disks() {
        Arbitrary<String> paths = Arbitraries.strings()
                .withChars("abc/:=,.! '\"$\\{}żcdrom-")
                .ofMinLength(1)
                .ofMaxLength(30);
        Arbitrary<String> vdevs = Arbitraries.of("xvda", "hdc", "sda1", "0xca00", "51712", "d0p1", "wd0a", "/dev/xvdb");
        Arbitrary<Boolean> booleans = Arbitraries.of(true, false);
        return Combinators.combine(
                        paths.injectNull(0.1),
                        vdevs,
                        Arbitraries.of(DiskFormat.class),
                        Arbitraries.of(DiskAccess.class),
                        Arbitraries.of(DiskDevice.class),
                        paths.map(path -> path.replace(",", "_")).injectNull(0.5),
                        Combinators.combine(booleans.injectNull(0.3), booleans, booleans)
                                .as(Flags::new),
                        Arbitraries.of(DiskBackend.class).injectNull(0.5))
                .as(DiskSyntaxTest::disk);
    }

    private record Flags(@Nullable Boolean discard, boolean directIoSafe, boolean override) {}

    private static DiskSpec disk(
            @Nullable String target,
            String vdev,
            DiskFormat format,
            DiskAccess access,
            DiskDevice device,
            @Nullable String script,
            Flags flags,
            @Nullable DiskBackend backend) {
        boolean isCd = target == null || device == DiskDevice.CDROM;
        boolean isRaw = target == null || backend == DiskBackend.PHY;
        return new DiskSpec(
                target,
                vdev,
                isRaw ? DiskFormat.RAW : format,
                isCd ? DiskAccess.RO : access,
                isCd ? DiskDevice.CDROM : DiskDevice.DISK,
                script,
                flags.discard(),
                flags.directIoSafe(),
                backend,
                flags.override());
    }
}
