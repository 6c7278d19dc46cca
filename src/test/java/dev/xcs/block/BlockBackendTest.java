package dev.xcs.block;

import static org.assertj.core.api.Assertions.assertThat;

import dev.xcs.config.DaemonConfig.BlockConfig;
import dev.xcs.config.DaemonConfig.XenstoreConfig;
import dev.xcs.hypervisor.Domains;
import dev.xcs.hypervisor.sim.Fault;
import dev.xcs.hypervisor.sim.Faults;
import dev.xcs.hypervisor.sim.SimHost;
import dev.xcs.hypervisor.sim.SimHostOptions;
import dev.xcs.message.AttachLoop;
import dev.xcs.message.BackingExamined;
import dev.xcs.message.ChangeMedium;
import dev.xcs.message.DeviceAttached;
import dev.xcs.message.DiskLeft;
import dev.xcs.message.DiskShown;
import dev.xcs.message.Done;
import dev.xcs.message.EndDisks;
import dev.xcs.message.ExamineBacking;
import dev.xcs.message.HostRead;
import dev.xcs.message.ListXenDomains;
import dev.xcs.message.PlaceDisks;
import dev.xcs.message.PlugDisk;
import dev.xcs.message.PrepareDisks;
import dev.xcs.message.ReadHost;
import dev.xcs.message.ReleaseDevice;
import dev.xcs.message.ReleaseDisks;
import dev.xcs.message.ResumeDisks;
import dev.xcs.message.TakeDisks;
import dev.xcs.message.UnplugDisk;
import dev.xcs.message.XenDomainsListed;
import dev.xcs.model.AttachedDevice;
import dev.xcs.model.Backing;
import dev.xcs.model.DeviceNumber;
import dev.xcs.model.DiskDevice;
import dev.xcs.model.DiskSpec;
import dev.xcs.model.Extent;
import dev.xcs.model.GuestOs;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemType;
import dev.xcs.testing.Await;
import dev.xcs.testing.BusFixture;
import dev.xcs.xenstore.Change;
import dev.xcs.xenstore.XenstoreClient;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The block backend against a simulated xenstored, with dom0's devices and the kernel's back-end played by the test. */
class BlockBackendTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final UUID WEB = UUID.randomUUID();
    private static final String BACK = "/local/domain/0/backend/vbd/7/51712";

    /** Short, as the guests of this test answer late on purpose. */
    private static final VbdHandshake.Patience PATIENCE =
            new VbdHandshake.Patience(Duration.ofSeconds(20), Duration.ofMillis(300));

    @TempDir
    Path dir;

    private final BusFixture fixture = new BusFixture();
    private final List<DeviceNumber> released = new CopyOnWriteArrayList<>();
    private final AtomicInteger loops = new AtomicInteger();
    private volatile Future<Void> gate = Future.succeededFuture();
    private final List<DiskLeft> left = new CopyOnWriteArrayList<>();
    private final Set<DeviceNumber> servers = ConcurrentHashMap.newKeySet();
    private String backend = "";
    private SimHost host;
    private XenstoreClient store;

    @BeforeEach
    void start() throws Exception {
        host = SimHost.start(SimHostOptions.defaults(), dir);
        store = new XenstoreClient(
                fixture.vertx(), new XenstoreConfig(host.xenstoreSocket().toString(), 64), fixture.metrics());
        BusFixture.await(store.start());
        ReadHost.ADDRESS.answer(
                fixture.bus(),
                ask -> Future.succeededFuture(new HostRead(host.hypervisor().host())));
        ExamineBacking.ADDRESS.answer(
                fixture.bus(), ask -> Future.succeededFuture(new BackingExamined(file(String.valueOf(ask.path())))));
        AttachLoop.ADDRESS.answer(
                fixture.bus(),
                ask -> gate.map(any -> {
                    DeviceNumber number = new DeviceNumber(7, loops.getAndIncrement());
                    return new DeviceAttached(
                            new AttachedDevice("/dev/loop" + number.minor(), number, 1 << 20, ask.readOnly()));
                }));
        ReleaseDevice.ADDRESS.answer(fixture.bus(), ask -> {
            released.add(ask.device());
            return Future.succeededFuture(new Done());
        });
        Domains domains = host.hypervisor().domains();
        ListXenDomains.ADDRESS.answer(
                fixture.bus(), ask -> Future.succeededFuture(new XenDomainsListed(domains.list())));
        Files.createDirectories(dir.resolve("scripts"));
        DiskLeft.ADDRESS.listen(fixture.bus(), left::add);
        backend = deploy();
    }

    private String deploy() {
        BlockConfig config = new BlockConfig(
                Optional.empty(), Optional.of(dir.resolve("scripts")), Path.of("/none"), Path.of("/none"));
        return fixture.deploy(
                new BlockBackend(store, config, dir, PATIENCE, (vertx, devices) -> new NoImages(servers)));
    }

    @AfterEach
    void stop() {
        BusFixture.await(store.close());
        fixture.close();
        host.close();
    }

    private static Backing file(String path) {
        return new Backing(
                path, Backing.Kind.FILE, 1 << 20, 512, null, false, List.of(Extent.whole("file " + path)), List.of());
    }

    private void prepare(UUID uuid, DiskSpec disk) {
        fixture.ask(PrepareDisks.ADDRESS, new PrepareDisks(uuid, "web", GuestOs.LINUX, List.of(disk)));
    }

    /** As the domain does it in its transaction, but for permissions, which need the domain to exist. */
    private void place(int domid) {
        BusFixture.await(store.commit(fixture.ask(PlaceDisks.ADDRESS, new PlaceDisks(WEB, domid)).nodes().stream()
                .map(node -> Change.write(node.path(), node.value()))
                .toList()));
    }

    @Test
    void givesUpAHoldOnceForItsNumberMayBeAnothersByThen() throws Exception {
        prepare(WEB, DiskSpec.of("/a.img", "xvda"));
        place(7);
        fixture.ask(TakeDisks.ADDRESS, new TakeDisks(WEB));
        assertThat(released).as("held until the back-end has it").isEmpty();
        // Again and again: the simulated back-end, which sees no such guest, has its own mind about the state.
        Await.until("the hold is given up", SOON, () -> {
            BusFixture.await(store.write(BACK + "/state", "4"));
            return released.size() == 1;
        });
        fixture.ask(ReleaseDisks.ADDRESS, new ReleaseDisks(WEB));
        assertThat(released).containsExactly(new DeviceNumber(7, 0));
    }

    @Test
    void aDeviceThatComesAfterItsAskerHasGivenUpIsGivenBack() throws Exception {
        Promise<Void> slow = Promise.promise();
        gate = slow.future();
        Future<Done> preparing = PrepareDisks.ADDRESS.ask(
                fixture.bus(), new PrepareDisks(WEB, "web", GuestOs.LINUX, List.of(DiskSpec.of("/a.img", "xvda"))));
        // Only a question that has come first is answered first: by now the loop is asked for.
        fixture.ask(PlaceDisks.ADDRESS, new PlaceDisks(UUID.randomUUID(), 9));
        fixture.ask(ReleaseDisks.ADDRESS, new ReleaseDisks(WEB));
        slow.complete();
        gate = Future.succeededFuture();
        Await.until("it is given back", SOON, () -> released.size() == 1);
        Await.until("its asker is told", SOON, preparing::failed);
        prepare(UUID.randomUUID(), DiskSpec.of("/a.img", "xvda"));
    }

    @Test
    void refusesTheSameFileUntilItIsReleased() {
        prepare(WEB, DiskSpec.of("/a.img", "xvda"));
        PrepareDisks again =
                new PrepareDisks(UUID.randomUUID(), "thief", GuestOs.LINUX, List.of(DiskSpec.of("/a.img", "xvdb")));
        assertThat(fixture.refused(PrepareDisks.ADDRESS, again).type()).isEqualTo(ProblemType.CONFLICT);
        fixture.ask(ReleaseDisks.ADDRESS, new ReleaseDisks(WEB));
        fixture.ask(PrepareDisks.ADDRESS, again);
    }

    private static DiskSpec scripted(String script) {
        return DiskSpec.of("iqn:disk", "xvda", null, null, DiskDevice.DISK, script, null, null, null, null);
    }

    private void script(String name, String text) throws Exception {
        Path file = dir.resolve("scripts").resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void runsAScriptWithXensEnvironmentAndUndoesIt() throws Exception {
        Path told = dir.resolve("told");
        script("block-own", "echo \"$1 $XENBUS_TYPE $XENBUS_PATH $XENBUS_BASE_PATH $script\" >> " + told);
        prepare(WEB, scripted("block-own"));
        place(7);
        BusFixture.await(store.write(BACK + "/state", "2"));
        fixture.ask(TakeDisks.ADDRESS, new TakeDisks(WEB));
        fixture.ask(ReleaseDisks.ADDRESS, new ReleaseDisks(WEB));
        String rest = " vbd backend/vbd/7/51712 backend " + dir.resolve("scripts/block-own");
        assertThat(Files.readAllLines(told)).containsExactly("add" + rest, "remove" + rest);
    }

    @Test
    void aScriptThatHangsIsGivenUpWhenTheBootEndsAndUndoneThen() throws Exception {
        Path told = dir.resolve("told");
        script("block-slow", "echo $1 >> " + told + "; [ $1 = remove ] || exec sleep 600");
        prepare(WEB, scripted("block-slow"));
        place(7);
        BusFixture.await(store.write(BACK + "/state", "2"));
        Future<Done> taking = TakeDisks.ADDRESS.ask(fixture.bus(), new TakeDisks(WEB));
        Await.until("the script runs", SOON, () -> Files.exists(told));
        fixture.ask(EndDisks.ADDRESS, new EndDisks(WEB, 7));
        assertThat(Files.readAllLines(told)).containsExactly("add", "remove");
        Await.until("its asker is told", SOON, taking::failed);
        fixture.ask(ReleaseDisks.ADDRESS, new ReleaseDisks(WEB));
        assertThat(Files.readAllLines(told)).as("once only").containsExactly("add", "remove");
    }

    @Test
    void theEndOfAnotherBootUndoesNothing() throws Exception {
        Path told = dir.resolve("told");
        script("block-own", "echo $1 >> " + told);
        prepare(WEB, scripted("block-own"));
        place(7);
        BusFixture.await(store.write(BACK + "/state", "2"));
        fixture.ask(TakeDisks.ADDRESS, new TakeDisks(WEB));
        fixture.ask(EndDisks.ADDRESS, new EndDisks(WEB, 6));
        assertThat(Files.readAllLines(told)).containsExactly("add");
    }

    private Future<DiskShown> plugging(int domid) {
        return PlugDisk.ADDRESS.ask(
                fixture.bus(), new PlugDisk(WEB, "web", domid, GuestOs.LINUX, DiskSpec.of("/a.img", "xvda"), true));
    }

    @Test
    void aDeviceThatComesAfterItsDomainHasGoneLeavesNoNodes() throws Exception {
        Promise<Void> slow = Promise.promise();
        gate = slow.future();
        int domid = host.createForeign("web").domid();
        Future<DiskShown> plugging = plugging(domid);
        // Only a question that has come first is answered first: by now the loop is asked for.
        fixture.ask(PlaceDisks.ADDRESS, new PlaceDisks(UUID.randomUUID(), 9));
        fixture.ask(EndDisks.ADDRESS, new EndDisks(WEB, domid));
        BusFixture.await(store.remove("/local/domain/" + domid));
        slow.complete();
        Await.until("its asker is told", SOON, plugging::failed);
        assertThat(BusFixture.await(store.list("/local/domain/0/backend/vbd"))).isEmpty();
        assertThat(released).containsExactly(new DeviceNumber(7, 0));
    }

    @Test
    void whatIsHalfAttachedWhenItsBootEndsIsGivenBackOnce() throws Exception {
        host.faults().arm(Fault.STUCK_BLKFRONT, Faults.ALWAYS);
        int domid = host.createForeign("web").domid();
        Future<DiskShown> plugging = plugging(domid);
        String backends = "/local/domain/0/backend/vbd/" + domid;
        Await.until(
                "it is offered",
                SOON,
                () -> !BusFixture.await(store.list(backends)).isEmpty());
        fixture.ask(EndDisks.ADDRESS, new EndDisks(WEB, domid));
        fixture.ask(ReleaseDisks.ADDRESS, new ReleaseDisks(WEB));
        assertThat(released).containsExactly(new DeviceNumber(7, 0));
        BusFixture.await(store.remove(backends));
        Await.until("its asker is told", Duration.ofSeconds(5), plugging::failed);
        assertThat(released).as("once only").hasSize(1);
    }

    /** A guest that has a disk, and does not give it up. */
    private int clinging(UUID uuid, DiskSpec disk) {
        host.faults().arm(Fault.STUCK_BLKFRONT, Faults.ALWAYS);
        int domid = host.createForeign("web").domid();
        fixture.ask(PlugDisk.ADDRESS, new PlugDisk(uuid, "web", domid, GuestOs.LINUX, disk, false));
        return domid;
    }

    private void refusesToLeave(UUID uuid, int domid) {
        UnplugDisk unplug = new UnplugDisk(uuid, domid, GuestOs.LINUX, "xvda", false);
        Problem problem = fixture.refused(UnplugDisk.ADDRESS, unplug);
        assertThat(problem.type()).isEqualTo(ProblemType.TIMEOUT);
        assertThat(problem.detail()).contains("asked for still");
    }

    private List<String> backends(int domid) {
        return BusFixture.await(store.list("/local/domain/0/backend/vbd/" + domid));
    }

    @Test
    void aDiskThatIsGivenUpLateGoesThen() throws Exception {
        int domid = clinging(WEB, DiskSpec.of("/a.img", "xvda"));
        refusesToLeave(WEB, domid);
        assertThat(backends(domid)).as("the guest has it still").containsExactly("51712");
        host.faults().disarm(Fault.STUCK_BLKFRONT);
        Await.until("it is told", SOON, () -> !left.isEmpty());
        assertThat(left).containsExactly(new DiskLeft(WEB, domid, 51712));
        assertThat(backends(domid)).isEmpty();
        assertThat(released).containsExactly(new DeviceNumber(7, 0));
        prepare(UUID.randomUUID(), DiskSpec.of("/a.img", "xvda"));
    }

    @Test
    void aDiskThatIsAskedForTwiceGoesOnceAndNobodyIsSurprised() throws Exception {
        int domid = clinging(WEB, DiskSpec.of("/a.img", "xvda"));
        refusesToLeave(WEB, domid);
        host.faults().disarm(Fault.STUCK_BLKFRONT);
        fixture.ask(UnplugDisk.ADDRESS, new UnplugDisk(WEB, domid, GuestOs.LINUX, "xvda", true));
        assertThat(released).hasSize(1);
        assertThat(backends(domid)).isEmpty();
    }

    @Test
    void aDriveWhoseMediumIsGivenUpLateComesBackAsItWas() throws Exception {
        DiskSpec drive = DiskSpec.of("/a.iso", "xvda", null, null, DiskDevice.CDROM, null, null, null, null, null);
        int domid = clinging(WEB, drive);
        ChangeMedium eject = new ChangeMedium(WEB, "web", domid, GuestOs.LINUX, "xvda", null, true);
        assertThat(fixture.refused(ChangeMedium.ADDRESS, eject).detail()).contains("did not give xvda up");
        host.faults().disarm(Fault.STUCK_BLKFRONT);
        String back = "/local/domain/0/backend/vbd/" + domid + "/51712/";
        Await.until(
                "it comes back",
                SOON,
                () -> BusFixture.await(store.read(back + "online"))
                        .filter("1"::equals)
                        .isPresent());
        assertThat(BusFixture.await(store.read(back + "params"))).contains("/a.iso");
        assertThat(left).isEmpty();
    }

    @Test
    void whatAnEarlierRunHasAskedForGoesToo() throws Exception {
        DiskSpec disk = DiskSpec.of("/a.img", "xvda");
        int domid = clinging(WEB, disk);
        refusesToLeave(WEB, domid);
        again();
        fixture.ask(ResumeDisks.ADDRESS, new ResumeDisks(WEB, "web", domid, GuestOs.LINUX, List.of(disk)));
        host.faults().disarm(Fault.STUCK_BLKFRONT);
        Await.until("it is told", SOON, () -> left.equals(List.of(new DiskLeft(WEB, domid, 51712))));
        assertThat(backends(domid)).isEmpty();
    }

    @Test
    void aGuestThatDiesGivesNothingUp() throws Exception {
        UUID other = UUID.randomUUID();
        int dead = clinging(WEB, DiskSpec.of("/a.img", "xvda"));
        int alive = clinging(other, DiskSpec.of("/b.img", "xvda"));
        refusesToLeave(WEB, dead);
        refusesToLeave(other, alive);
        fixture.ask(EndDisks.ADDRESS, new EndDisks(WEB, dead));
        BusFixture.await(store.remove("/local/domain/0/backend/vbd/" + dead));
        BusFixture.await(store.remove("/local/domain/0/backend/vbd/" + alive));
        // What was noticed later is told: so would be what was noticed before.
        Await.until("the other is told", SOON, () -> left.contains(new DiskLeft(other, alive, 51712)));
        assertThat(left).hasSize(1);
        fixture.ask(ReleaseDisks.ADDRESS, new ReleaseDisks(WEB));
        assertThat(released).hasSize(2);
    }

    /** As an earlier run left them. */
    private void leftover(int domid, String toolstack, String script) {
        String back = "/local/domain/0/backend/vbd/" + domid + "/51712";
        for (String directory : List.of(
                back, "/local/domain/" + domid + "/device/vbd/51712", "/libxl/" + domid + "/device/vbd/51712")) {
            BusFixture.await(store.write(directory + "/state", "6"));
        }
        BusFixture.await(store.write(back + "/toolstack", toolstack));
        BusFixture.await(store.write(back + "/script", script));
        BusFixture.await(store.write(back + "/physical-device", String.format("%x:%x", 43, domid)));
    }

    private void again() {
        BusFixture.await(fixture.vertx().undeploy(backend));
        backend = deploy();
    }

    @Test
    void disksOfDomainsThatAreGoneAreRemovedAtStartAndNobodyElses() throws Exception {
        Path told = dir.resolve("told");
        script("block-own", "echo $1 $XENBUS_PATH >> " + told);
        int living = host.createForeign("lives").domid();
        leftover(7001, "xcsd", "block-own");
        leftover(7002, "", "");
        leftover(living, "xcsd", "block-own");
        BusFixture.await(store.write("/libxl/7001/device/vif/0/state", "6"));
        again();
        assertThat(BusFixture.await(store.list("/local/domain/0/backend/vbd")))
                .containsExactlyInAnyOrder("7002", String.valueOf(living));
        assertThat(BusFixture.await(store.list("/local/domain/7001/device"))).isEmpty();
        assertThat(BusFixture.await(store.list("/libxl/7001/device"))).containsExactly("vif");
        assertThat(BusFixture.await(store.list("/libxl/7002/device/vbd"))).containsExactly("51712");
        assertThat(Files.readAllLines(told)).containsExactly("remove backend/vbd/7001/51712");
        assertThat(servers).containsExactlyInAnyOrder(new DeviceNumber(43, 7002), new DeviceNumber(43, living));
    }

    @Test
    void disksOfDomainsThatAreGoneAreRemovedWhenXenstoreIsBack() throws Exception {
        leftover(7001, "xcsd", "");
        String known = "/local/domain/0/backend/vbd/7003/51712";
        prepare(WEB, DiskSpec.of("/a.img", "xvda"));
        place(7003);
        host.faults().arm(Fault.XENSTORE_DISCONNECT, 1);
        // Requests fail while there is no connection.
        Await.until(
                "it is removed",
                SOON,
                () -> List.of("7003")
                        .equals(BusFixture.await(
                                store.list("/local/domain/0/backend/vbd").otherwise(List.of()))));
        assertThat(BusFixture.await(store.read(known + "/toolstack")))
                .as("whoever ends that boot removes it")
                .contains("xcsd");
    }

    @Test
    void tellsWhatAFailingScriptSaidOnStandardError() throws Exception {
        script("block-bad", "echo 'no such target' >&2; exit 3");
        prepare(WEB, scripted("block-bad"));
        place(7);
        BusFixture.await(store.write(BACK + "/state", "2"));
        Problem problem = fixture.refused(TakeDisks.ADDRESS, new TakeDisks(WEB));
        assertThat(problem.cause()).isEqualTo("exit code 3: no such target");
        assertThat(problem.detail()).contains("block-bad");
    }

    @Test
    void runsNoScriptFromElsewhereAndSaysSoBeforeAnythingIsMade() {
        for (String script : List.of("/bin/sh", "../outside")) {
            PrepareDisks ask = new PrepareDisks(WEB, "web", GuestOs.LINUX, List.of(scripted(script)));
            assertThat(fixture.refused(PrepareDisks.ADDRESS, ask).field()).isEqualTo("disks[0].script");
        }
    }
}
