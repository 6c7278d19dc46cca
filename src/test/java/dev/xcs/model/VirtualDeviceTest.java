package dev.xcs.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VirtualDeviceTest {
    @ParameterizedTest
    @CsvSource({
        "xvda, 51712",
        "xvda1, 51713",
        "xvda15, 51727",
        "xvdb, 51728",
        "xvdp, 51952",
        "xvdp15, 51967",
        "xvda16, 268435472",
        "xvdq, 268439552",
        "xvdq1, 268439553",
        "xvdz, 268441856",
        "xvdaa, 268442112",
        "xvdtq37, 268572709",
        "d536p37, 268572709",
        "xvdbgqcv, 536870656",
        "d1048575p255, 536870911",
        "d0, 51712",
        "d0p0, 51712",
        "d1p2, 51730",
        "xvdb2, 51730",
        "hda, 768",
        "hda1, 769",
        "hda63, 831",
        "hdb, 832",
        "hdc, 5632",
        "hdc2, 5634",
        "hdd, 5696",
        "hde, 8448",
        "hdg, 8704",
        "hdi, 14336",
        "hdk, 14592",
        "hdm, 22528",
        "hdo, 22784",
        "hdq, 23040",
        "hds, 23296",
        "hdt63, 23423",
        "sda, 2048",
        "sda1, 2049",
        "sda15, 2063",
        "sdb, 2064",
        "sdb3, 2067",
        "sdp, 2288",
        "sdq, 16640",
        "sdz, 16784",
        "sdaa, 16800",
        "sdag, 16896",
        "sddx, 18416",
        "sddy, 32768",
        "sdiv15, 34815",
        "51712, 51712",
        "0xca00, 51712",
        "0XCA01, 51713",
        "0, 0",
        "0x1, 1",
        "07, 7",
        "536870911, 536870911",
        "/dev/xvda, 51712"
    })
    void knowsXensNamesForEveryGuest(String name, int number) {
        for (GuestOs guestOs : GuestOs.values()) {
            assertThat(VirtualDevice.parse(name, guestOs).number())
                    .as("%s", guestOs)
                    .isEqualTo(number);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "netbsd, wd0, 768",
        "netbsd, wd0a, 769",
        "netbsd, wd0d, 768",
        "netbsd, wd2e, 5637",
        "netbsd, sd0a, 2049",
        "netbsd, sd16, 16640",
        "netbsd, cd0a, 2816",
        "netbsd, cd1, 2817",
        "netbsd, xbd0, 51712",
        "netbsd, xbd0a, 51713",
        "netbsd, xbd1d, 51728",
        "netbsd, xbd16, 268439552",
        "netbsd, /dev/xbd2, 51744",
        "openbsd, sd0a, 2049",
        "openbsd, sd0c, 2048",
        "openbsd, sd0d, 2052",
        "openbsd, wd1, 832",
        "openbsd, cd0, 2816",
        "freebsd, ada0, 768",
        "freebsd, ad2, 5632",
        "freebsd, ada0p2, 770",
        "freebsd, ada1s1, 833",
        "freebsd, da0, 2048",
        "freebsd, da16, 16640",
        "freebsd, da255, 34800",
        "freebsd, xbd0, 51712",
        "freebsd, xbd3p1, 51761",
        "freebsd, cd0, 2816",
        "plan9, sd00, 2048",
        "plan9, sd01, 2064",
        "plan9, sd0a, 2208",
        "plan9, sd10, 16640",
        "plan9, sdC0, 768",
        "plan9, sdC1, 832",
        "plan9, sdD0, 5632",
        "plan9, sdL1, 23360"
    })
    void knowsNamesOfTheGuestsOwn(String guestOs, String name, int number) {
        assertThat(VirtualDevice.parse(name, GuestOs.of(guestOs)).number()).isEqualTo(number);
    }

    @ParameterizedTest
    @CsvSource({
        "linux, 51713, xvda1",
        "linux, 768, hda",
        "linux, 2064, sdb",
        "linux, 268439552, xvdq",
        "linux, 2816, 2816",
        "netbsd, 768, wd0",
        "netbsd, 769, wd0a",
        "netbsd, 772, hda4",
        "netbsd, 51712, xbd0",
        "netbsd, 2816, cd0",
        "netbsd, 51729, xbd1a",
        "openbsd, 51712, xvda",
        "openbsd, 2049, sd0a",
        "openbsd, 2051, sda3",
        "freebsd, 768, ada0",
        "freebsd, 2049, da0p1",
        "freebsd, 51744, xbd2",
        "plan9, 2048, sd00",
        "plan9, 5696, sdD1",
        "plan9, 2049, sda1",
        "plan9, 51712, xvda",
        "unknown, 51712, xvda",
        "unknown, 2048, sda",
        // Legal encodings of xvda and hdc that are not the ones those names stand for.
        "linux, 268435456, 268435456",
        "linux, 896, 896"
    })
    void namesANumberInTheGuestsManner(String guestOs, int number, String name) {
        assertThat(new VirtualDevice(number).name(GuestOs.of(guestOs))).isEqualTo(name);
    }

    @Property(tries = 3000)
    void readsBackItsOwnNames(@ForAll("numbers") int number, @ForAll GuestOs guestOs) {
        VirtualDevice device = new VirtualDevice(number);

        assertThat(VirtualDevice.parse(device.name(guestOs), guestOs)).isEqualTo(device);
    }

    @Provide
    Arbitrary<Integer> numbers() {
        return Arbitraries.oneOf(
                Arbitraries.integers().between(0, VirtualDevice.MAX_NUMBER),
                Arbitraries.integers().between(0, 0xffff),
                Arbitraries.integers().between(1 << 28, (1 << 28) + 0x20000));
    }

    @Property(tries = 3000)
    void keepsClassDiskAndPartition(
            @ForAll DiskClass diskClass,
            @ForAll @IntRange(max = 300) int disk,
            @ForAll @IntRange(max = 100) int partition) {
        if (diskClass == DiskClass.OTHER || disk > diskClass.maxDisk() || partition > diskClass.maxPartition()) {
            return;
        }
        VirtualDevice device = VirtualDevice.of(diskClass, disk, partition);

        assertThat(device.diskClass()).isEqualTo(diskClass);
        assertThat(device.disk()).isEqualTo(disk);
        assertThat(device.partition()).isEqualTo(partition);
    }

    @Test
    void givesNoNumberToTwoDisks() {
        assertThat(Stream.of(DiskClass.XVD, DiskClass.HD, DiskClass.SD, DiskClass.CD)
                        .flatMap(kind -> IntStream.rangeClosed(0, Math.min(kind.maxDisk(), 300))
                                .boxed()
                                .flatMap(disk -> IntStream.rangeClosed(0, kind.maxPartition())
                                        .mapToObj(part -> VirtualDevice.of(kind, disk, part)))))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1 << 29, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void refusesReservedNumbers(int number) {
        assertThatThrownBy(() -> new VirtualDevice(number))
                .isInstanceOf(ProblemException.class)
                .hasMessage("vdev: " + number + ", expected a device number from 0 to 536870911");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "xvd",
                "xvda0",
                "xvda01",
                "XVDA",
                "xvda1x",
                "xvd1",
                "hda-1",
                "fd0",
                "d",
                "dp1",
                "d01",
                "d0p",
                "d0p01",
                "ca00",
                "0x",
                "08",
                "-1",
                "+1",
                " xvda",
                "xvda\n",
                "/dev/",
                "/dev//dev/xvda",
                "wd0",
                "sd0a",
                "vda",
                "nvme0n1",
                "１"
            })
    void refusesWhatIsNoNameOnLinux(String name) {
        assertThatThrownBy(() -> VirtualDevice.parse(name, GuestOs.LINUX))
                .isInstanceOf(ProblemException.class)
                .hasMessageStartingWith(
                        "vdev: " + Problem.quote(name) + ", expected a disk of a guest, like xvda or xvdb1, ")
                .hasMessageContaining("d0p1, a device number like 51712 or 0xca00");
    }

    @Test
    void saysWhereAForeignNameIsOne() {
        assertThatThrownBy(() -> VirtualDevice.parse("wd0a", GuestOs.LINUX))
                .hasMessageEndingWith("; elsewhere it is 769 (hda1) on netbsd, 769 (hda1) on openbsd");
        assertThatThrownBy(() -> VirtualDevice.parse("zd0", GuestOs.NETBSD))
                .hasMessageContaining("like xbd0 or xbd0a, wd0");
    }

    @ParameterizedTest
    @CsvSource({
        "xvdbgqcw, xvd",
        "xvda256, xvd",
        "d1048576, xvd",
        "d0p256, xvd",
        "sda16, sd",
        "sdiw, sd",
        "hda64, hd",
        "hdu, hd",
        "d999999999p99999, xvd",
        "sdzzzzz99999, sd"
    })
    void saysHowFarNamesGo(String name, String stem) {
        assertThatThrownBy(() -> VirtualDevice.parse(name, GuestOs.UNKNOWN))
                .isInstanceOf(ProblemException.class)
                .hasMessageStartingWith("vdev: \"" + name + "\", expected " + stem + " disks from 0 to ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"536870912", "0x20000000", "999999999999", "07777777777"})
    void refusesNumbersTooLarge(String name) {
        assertThatThrownBy(() -> VirtualDevice.parse(name, GuestOs.UNKNOWN))
                .hasMessage("vdev: \"" + name + "\", expected a device number from 0 to 536870911");
    }

    @ParameterizedTest
    @CsvSource({"xvda, true", "xvdd, true", "hdc, true", "hdd, true", "xvde, false", "xvda1, false", "hda2, false"})
    void knowsWhatAPcHasAPlaceFor(String name, boolean place) {
        assertThat(VirtualDevice.parse(name, GuestOs.LINUX).isPcDrive()).isEqualTo(place);
    }

    @Test
    void listsTheCandidatesOfAnAmbiguousName() {
        assertThatThrownBy(() -> VirtualDevice.parse("sd0a", GuestOs.UNKNOWN))
                .isInstanceOf(ProblemException.class)
                .hasMessage("vdev: \"sd0a\", expected a name of one device only, or the guest's system: it is"
                        + " 2049 (sda1) on netbsd, 2049 (sda1) on openbsd, 2208 (sdk) on plan9");
        assertThatThrownBy(() -> VirtualDevice.parse("sd10", GuestOs.UNKNOWN))
                .hasMessageContaining("2208 (sdk) on netbsd")
                .hasMessageContaining("16640 (sdq) on plan9");
        assertThatThrownBy(() -> VirtualDevice.parse("wd0d", GuestOs.UNKNOWN))
                .hasMessageContaining("768 (hda) on netbsd, 772 (hda4) on openbsd");
    }

    @ParameterizedTest
    @CsvSource({"wd0a, 769", "xbd0, 51712", "ada0, 768", "cd0, 2816", "sd00, 2048", "sdC0, 768", "da3, 2096"})
    void takesAForeignNameThatMeansOneDeviceOnly(String name, int number) {
        assertThat(VirtualDevice.parse(name, GuestOs.UNKNOWN).number()).isEqualTo(number);
    }

    @ParameterizedTest
    @CsvSource({
        "linux, hda, xvda",
        "linux, sda, xvda",
        "linux, xvda, xvda",
        "linux, hdc, xvdc",
        "linux, hda1, xvda",
        "linux, sdb2, xvdb2",
        "linux, sdq, xvdq",
        "linux, xvdaa1, xvdaa1",
        "linux, hde,",
        "linux, 2816,",
        "linux, 0,",
        "unknown, hda, xvda",
        "freebsd, hda1, ada0",
        "freebsd, sdq, da16",
        "freebsd, xvdq1, xbd16",
        "freebsd, cd1, xbd0",
        "freebsd, 0x30, xbd3",
        "netbsd, hda, wd0",
        "netbsd, xvda, xbd0"
    })
    void saysWhatTodaysGuestsShow(String guestOs, String name, String shown) {
        GuestOs os = GuestOs.of(guestOs);
        assertThat(VirtualDevice.parse(name, os).shownAs(os)).isEqualTo(Optional.ofNullable(shown));
    }
}
