package dev.xcs.devicemodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.xcs.bus.Json;
import dev.xcs.bus.RecordCodec;
import dev.xcs.config.DaemonConfig.HvmConfig;
import dev.xcs.message.Done;
import dev.xcs.message.EndDeviceModel;
import dev.xcs.message.FetchDisplay;
import dev.xcs.message.FetchSerial;
import dev.xcs.message.PlaceDeviceModel;
import dev.xcs.message.RemoveCard;
import dev.xcs.message.ResumeDeviceModel;
import dev.xcs.message.SerialShown;
import dev.xcs.message.ShutdownXenDomain;
import dev.xcs.message.TakeDeviceModel;
import dev.xcs.model.DiskAccess;
import dev.xcs.model.DiskDevice;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.DomainSpec;
import dev.xcs.model.DomainType;
import dev.xcs.model.GuestOs;
import dev.xcs.model.HvmSpec;
import dev.xcs.model.OnEnd;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ShutdownReason;
import dev.xcs.testing.Await;
import dev.xcs.testing.FakeXenstore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Device models as processes, with a small program in the place of QEMU. */
class DeviceModelKeeperTest {
    private static final UUID ID = UUID.fromString("6c1f6a4e-5a0f-4f5e-9a35-0d7c0a1b2c3d");
    private static final Duration ASK = Duration.ofSeconds(60);
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private final List<ShutdownXenDomain> crashed = new CopyOnWriteArrayList<>();
    private final FakeXenstore store = new FakeXenstore();
    private Vertx vertx;
    private String keeper;

    @BeforeEach
    void deploy() throws Exception {
        Files.createDirectories(directory.resolve("models"));
        store.put("/local/domain/0/backend/vbd/7/51712/physical-device-path", "/dev/loop,1");
        store.put("/local/domain/0/backend/vbd/7/5632/physical-device-path", "/dev/loop2");
        store.put("/local/domain/0/backend/vbd/7/268441856/physical-device-path", "/dev/far");
        // A hotplug script that tells numbers only.
        store.put("/local/domain/0/backend/vbd/7/832/physical-device", "fd:1a");
        vertx = Vertx.vertx();
        RecordCodec.install(vertx.eventBus(), Json.mapper());
        ShutdownXenDomain.ADDRESS.answer(vertx.eventBus(), ask -> {
            crashed.add(ask);
            return Future.succeededFuture(new Done());
        });
        deployKeeper();
    }

    private void deployKeeper() throws Exception {
        Path qemu = directory.resolve("qemu");
        try (InputStream script =
                Objects.requireNonNull(DeviceModelKeeperTest.class.getResourceAsStream("/fake-qemu.pl"))) {
            Files.write(qemu, script.readAllBytes());
        }
        assertThat(qemu.toFile().setExecutable(true)).isTrue();
        HvmConfig config = new HvmConfig(Path.of("/l"), Path.of("/b"), Path.of("/u"), qemu);
        keeper = await(vertx.deployVerticle(new DeviceModelKeeper(store, config, directory)));
    }

    @AfterEach
    void close() throws Exception {
        await(EndDeviceModel.ADDRESS.ask(vertx.eventBus(), new EndDeviceModel(ID), ASK));
        await(vertx.close());
        assertThat(running()).isEmpty();
    }

    @Test
    void startsOneWithWhatTheGuestHas() throws Exception {
        start();

        assertThat(running()).hasSize(1);
        assertThat(Files.readAllLines(models().resolve("called")))
                .containsSubsequence("-xen-domid", "7")
                .containsSubsequence("-smp", "2,maxcpus=2")
                .containsSubsequence("-m", "112")
                .containsSubsequence(
                        "-drive", "file=/dev/loop2,if=ide,index=2,media=cdrom,format=raw,cache=writeback,readonly=on")
                .containsSubsequence("-drive", "file=/dev/loop,,1,if=ide,index=0,media=disk,format=raw,cache=writeback")
                .containsSubsequence("-runas", "1879048199:1879048199")
                .contains("-xen-domid-restrict")
                .containsSubsequence("-drive", "if=ide,index=3,media=cdrom")
                .containsSubsequence("-chardev", "pipe,id=serial,path=" + models().resolve("serial"))
                .containsSubsequence(
                        "-drive", "file=/dev/block/253:26,if=ide,index=1,media=disk,format=raw,cache=writeback")
                .noneMatch(option -> option.contains("/dev/far") || option.contains("seen.img"));
        assertThat(models().resolve("serial.in")).exists();
        assertThat(Files.getPosixFilePermissions(models())).hasSize(3);
    }

    @Test
    void endsItWithItsGuestAndLeavesNothing() throws Exception {
        start();

        await(EndDeviceModel.ADDRESS.ask(vertx.eventBus(), new EndDeviceModel(ID), ASK));

        assertThat(running()).isEmpty();
        assertThat(models()).doesNotExist();
        assertThat(crashed).as("nobody's crash").isEmpty();
    }

    @Test
    void findsOneOfAnEarlierRun() throws Exception {
        start();
        await(vertx.undeploy(keeper));
        assertThat(running()).as("it outlives the daemon").hasSize(1);
        deployKeeper();

        assertThat(display()).isEqualTo(models().resolve("vnc").toString());
        await(EndDeviceModel.ADDRESS.ask(vertx.eventBus(), new EndDeviceModel(ID), ASK));

        assertThat(running()).isEmpty();
    }

    @Test
    void crashesAGuestWhoseDeviceModelOfAnEarlierRunIsGone() throws Exception {
        start();
        await(vertx.undeploy(keeper));
        crashed.clear();
        deployKeeper();

        running().get(0).destroyForcibly();

        Await.until(
                "the guest is told to have crashed",
                SOON,
                () -> crashed.contains(new ShutdownXenDomain(7, ShutdownReason.CRASH)));
    }

    @Test
    void crashesAGuestWhoseDeviceModelEndedWhileNoDaemonRan() throws Exception {
        start();
        await(ResumeDeviceModel.ADDRESS.ask(vertx.eventBus(), new ResumeDeviceModel(ID, 7), ASK));
        assertThat(crashed).as("it runs").isEmpty();
        await(vertx.undeploy(keeper));
        ProcessHandle model = running().get(0);
        model.destroyForcibly();
        model.onExit().get(60, TimeUnit.SECONDS);
        crashed.clear();
        deployKeeper();

        await(ResumeDeviceModel.ADDRESS.ask(vertx.eventBus(), new ResumeDeviceModel(ID, 7), ASK));

        Await.until(
                "the guest is told to have crashed",
                SOON,
                () -> crashed.equals(List.of(new ShutdownXenDomain(7, ShutdownReason.CRASH))));
    }

    @Test
    void leavesNoneThatIsEndedWhileItIsLaunched() throws Exception {
        await(PlaceDeviceModel.ADDRESS.ask(vertx.eventBus(), new PlaceDeviceModel(spec(), 7), ASK));
        Future<Done> taken = TakeDeviceModel.ADDRESS.ask(vertx.eventBus(), new TakeDeviceModel(ID), ASK);
        await(EndDeviceModel.ADDRESS.ask(vertx.eventBus(), new EndDeviceModel(ID), ASK));

        assertThat(catchThrowable(() -> await(taken)).getCause()).isInstanceOf(ProblemException.class);
        assertThat(running()).isEmpty();
        assertThat(models()).doesNotExist();
        assertThat(crashed).isEmpty();
    }

    @Test
    void tellsWhereTheSerialPortOfOneThatRunsIs() throws Exception {
        start();

        SerialShown serial = await(FetchSerial.ADDRESS.ask(vertx.eventBus(), new FetchSerial(ID), ASK));
        assertThat(Path.of(serial.said()))
                .isEqualTo(models().resolve("serial.out"))
                .exists();
        assertThat(Path.of(serial.typed()))
                .isEqualTo(models().resolve("serial.in"))
                .exists();

        running().get(0).destroyForcibly();
        Await.until("it has none any more", SOON, () -> !crashed.isEmpty());
        Throwable refused =
                catchThrowable(() -> await(FetchSerial.ADDRESS.ask(vertx.eventBus(), new FetchSerial(ID), ASK)));
        assertThat(ProblemException.of(refused.getCause()).detail()).contains("no device model that runs");
    }

    @Test
    void saysWhatOneThatDoesNotStartHasSaid() throws Exception {
        Files.createFile(directory.resolve("models/fail"));

        Throwable refused = catchThrowable(this::start);

        assertThat(ProblemException.of(refused.getCause()).detail())
                .contains("ended: exit code 3")
                .contains("cannot be a PC today");
    }

    @Test
    void refusesAPcOneOfWhoseDisksIsNowhere() throws Exception {
        await(store.remove("/local/domain/0/backend/vbd/7/832/physical-device"));

        Throwable refused = catchThrowable(this::start);

        assertThat(ProblemException.of(refused.getCause()).detail())
                .contains("disk hdb")
                .contains("/local/domain/0/backend/vbd/7/832/physical-device");
        assertThat(running()).isEmpty();
    }

    @Test
    void keepsABoundedPartOfWhatItSays() throws Exception {
        Files.createFile(directory.resolve("models/talk"));

        start();

        Await.until(
                "it has said what is kept", SOON, () -> Files.size(models().resolve("log")) == QemuCommand.LOG_BYTES);
        Await.until("it goes on", SOON, () -> Files.exists(models().resolve("talked")));
        assertThat(models().resolve("log")).hasSize(QemuCommand.LOG_BYTES);
        assertThat(running()).hasSize(1);
    }

    @Test
    void takesAwayTheCardOfAVifThatIsDetached() throws Exception {
        start();

        await(RemoveCard.ADDRESS.ask(vertx.eventBus(), new RemoveCard(ID, 3), ASK));

        assertThat(models().resolve("removed"))
                .content()
                .contains("\"execute\":\"netdev_del\"")
                .contains("{\"id\":\"net3\"}");
    }

    @Test
    void crashesAGuestWhoseDeviceModelIsGone() throws Exception {
        Files.createFile(directory.resolve("models/die-later"));
        start();

        Await.until(
                "the guest is told to have crashed",
                SOON,
                () -> crashed.contains(new ShutdownXenDomain(7, ShutdownReason.CRASH)));
    }

    @Test
    void hasNoDisplayOfAGuestThatHasNone() {
        Throwable refused = catchThrowable(this::display);

        assertThat(ProblemException.of(refused.getCause()).detail()).contains("has no display");
    }

    private void start() throws Exception {
        await(PlaceDeviceModel.ADDRESS.ask(vertx.eventBus(), new PlaceDeviceModel(spec(), 7), ASK));
        await(TakeDeviceModel.ADDRESS.ask(vertx.eventBus(), new TakeDeviceModel(ID), ASK));
    }

    private String display() throws Exception {
        return await(FetchDisplay.ADDRESS.ask(vertx.eventBus(), new FetchDisplay(ID), ASK))
                .socket();
    }

    private Path models() {
        return directory.resolve("models").resolve(ID.toString());
    }

    private List<ProcessHandle> running() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .commandLine()
                        .filter(line -> line.contains(models().toString()))
                        .isPresent())
                .toList();
    }

    private static DomainSpec spec() {
        return new DomainSpec(
                ID,
                "pc",
                DomainType.HVM,
                128,
                2,
                HvmSpec.LOADER,
                List.of(),
                null,
                false,
                OnEnd.DESTROY,
                OnEnd.RESTART,
                OnEnd.DESTROY,
                GuestOs.UNKNOWN,
                List.of(
                        DiskSpec.of("/root.img", "xvda"),
                        DiskSpec.of("/a,b.iso", "hdc", null, null, DiskDevice.CDROM, null, null, null, null, null),
                        DiskSpec.of("/far.img", "xvdz"),
                        DiskSpec.of("/script.img", "hdb", null, null, null, null, null, null, null, null),
                        DiskSpec.of("/seen.img", "hda1", null, DiskAccess.RO, null, null, null, null, null, null),
                        DiskSpec.of(null, "hdd", null, null, DiskDevice.CDROM, null, null, null, null, null)),
                List.of(),
                null);
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
}
