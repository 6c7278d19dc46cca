package dev.xcs.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.xcs.bus.Json;
import dev.xcs.config.DaemonConfig.NetworkConfig;
import dev.xcs.config.DaemonConfig.XenstoreConfig;
import dev.xcs.hypervisor.sim.ForeignDomain;
import dev.xcs.hypervisor.sim.SimHost;
import dev.xcs.hypervisor.sim.SimHostOptions;
import dev.xcs.journal.NetworkDefinitions;
import dev.xcs.message.AlterVif;
import dev.xcs.message.ConnectCards;
import dev.xcs.message.ConnectVif;
import dev.xcs.message.CreateNetwork;
import dev.xcs.message.DeleteNetwork;
import dev.xcs.message.DisconnectVif;
import dev.xcs.message.Done;
import dev.xcs.message.EndVifs;
import dev.xcs.message.FetchNetworks;
import dev.xcs.message.MakeHostNetwork;
import dev.xcs.message.NetworkShown;
import dev.xcs.message.PlaceVifs;
import dev.xcs.message.PlugVif;
import dev.xcs.message.PrepareVifs;
import dev.xcs.message.ReleaseVifs;
import dev.xcs.message.RemoveCard;
import dev.xcs.message.RemoveHostNetwork;
import dev.xcs.message.ResumeVifs;
import dev.xcs.message.ShowVifs;
import dev.xcs.message.TakeVifs;
import dev.xcs.message.UnplugVif;
import dev.xcs.message.VifShown;
import dev.xcs.message.VifsPrepared;
import dev.xcs.model.ByteRate;
import dev.xcs.model.DiskState;
import dev.xcs.model.HostLink;
import dev.xcs.model.HostNetwork;
import dev.xcs.model.IpAddress;
import dev.xcs.model.MacAddress;
import dev.xcs.model.NetworkKind;
import dev.xcs.model.NetworkSpec;
import dev.xcs.model.NetworkView;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.model.Subnet;
import dev.xcs.model.VifAllowance;
import dev.xcs.model.VifChange;
import dev.xcs.model.VifLink;
import dev.xcs.model.VifSpec;
import dev.xcs.model.VifView;
import dev.xcs.testing.Await;
import dev.xcs.testing.BusFixture;
import dev.xcs.testing.Vifs;
import dev.xcs.xenstore.XenstoreClient;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The network backend on the simulated host: what it refuses, and what is left when it ends in the middle of something. */
class NetworkBackendTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final UUID WEB = UUID.fromString("5c1b1e0e-4c0b-4b0e-9a0e-6f7d2a2f9f11");
    private static final MacAddress MAC = MacAddress.parse("00:16:3e:00:00:01");
    private static final String BACKENDS = "/local/domain/0/backend/vif";

    @TempDir
    Path dir;

    private final BusFixture fixture = new BusFixture();
    private SimHost host;
    private GatedDom0 dom0;
    private XenstoreClient store;
    private String backend = "";

    @BeforeEach
    void start() throws Exception {
        host = SimHost.start(
                SimHostOptions.defaults().withBootTime(Duration.ofMillis(20)),
                Files.createDirectories(dir.resolve("host")));
        dom0 = new GatedDom0(fixture.bus(), host);
        store = new XenstoreClient(
                fixture.vertx(), new XenstoreConfig(host.xenstoreSocket().toString(), 64), fixture.metrics());
        BusFixture.await(store.start());
        backend = deploy();
    }

    private String deploy() {
        NetworkConfig config =
                new NetworkConfig(List.of(), Path.of("/none"), dir.resolve("run"), Optional.empty(), Optional.of(dir));
        return fixture.deploy(
                new NetworkBackend(store, config, new NetworkDefinitions(dir.resolve("state"), Json.mapper())));
    }

    /** As a daemon that was killed: nothing is undone, and what it waited for comes to nobody. */
    private void endAndBeginAnew() {
        BusFixture.await(fixture.vertx().undeploy(backend));
        dom0.release();
        backend = deploy();
    }

    @AfterEach
    void stop() {
        BusFixture.await(store.close());
        fixture.close();
        host.close();
    }

    private List<VifSpec> prepare(UUID uuid, String name, VifSpec... vifs) {
        return fixture.ask(PrepareVifs.ADDRESS, new PrepareVifs(uuid, name, List.of(vifs)))
                .vifs();
    }

    private Problem refused(VifSpec... vifs) {
        return fixture.refused(PrepareVifs.ADDRESS, new PrepareVifs(UUID.randomUUID(), "thief", List.of(vifs)));
    }

    private static NetworkSpec nat(String name, String subnet) {
        return NetworkSpec.of(
                name, NetworkKind.NAT, null, null, null, null, Subnet.parse(subnet), null, null, null, null, null);
    }

    private static NetworkSpec own(String name) {
        return NetworkSpec.of(name, null, null, true, null, null, null, null, null, null, null, null);
    }

    private NetworkView create(NetworkSpec network) {
        return fixture.ask(CreateNetwork.ADDRESS, new CreateNetwork(network)).network();
    }

    private List<NetworkView> networks() {
        return fixture.ask(FetchNetworks.ADDRESS, new FetchNetworks()).networks();
    }

    private VifView plug(ForeignDomain domain, VifSpec vif) {
        return fixture.ask(PlugVif.ADDRESS, new PlugVif(domain.uuid(), domain.name(), domain.domid(), vif, true))
                .vif();
    }

    private void unplug(ForeignDomain domain, int index) {
        fixture.ask(UnplugVif.ADDRESS, new UnplugVif(domain.uuid(), domain.domid(), index, false));
    }

    private List<VifView> vifs(ForeignDomain domain) {
        return fixture.ask(ShowVifs.ADDRESS, new ShowVifs(domain.uuid(), domain.domid(), List.of()))
                .vifs();
    }

    private List<VifSpec> resume(ForeignDomain domain, List<VifSpec> written) {
        return fixture.ask(ResumeVifs.ADDRESS, new ResumeVifs(domain.uuid(), domain.name(), domain.domid(), written))
                .vifs();
    }

    private HostLink link(String name) {
        return dom0.devices.links().stream()
                .filter(link -> link.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Dom0's bridge of the simulated host. */
    private static VifSpec onXenbr0() {
        return VifSpec.onBridge("xenbr0");
    }

    @Test
    void aDomainsVifsHaveTheSameMacAddressesAtEveryBootAndUnderEveryDaemon() {
        List<VifSpec> first = prepare(WEB, "web", Vifs.NOTHING, onXenbr0());
        List<MacAddress> macs = first.stream().map(VifSpec::mac).toList();

        assertThat(macs)
                .containsExactly(MacAddress.generated(WEB, 0, 0), MacAddress.generated(WEB, 1, 0))
                .doesNotHaveDuplicates()
                .allSatisfy(mac -> assertThat(mac.text()).startsWith("00:16:3e:"));
        fixture.ask(ReleaseVifs.ADDRESS, new ReleaseVifs(WEB));
        endAndBeginAnew();
        assertThat(prepare(WEB, "web", Vifs.NOTHING, onXenbr0())).isEqualTo(first);
        assertThat(prepare(UUID.randomUUID(), "other", onXenbr0()).get(0).mac()).isNotIn(macs);
    }

    @Test
    void aMacAddressThatSomebodyElseHasIsNotGenerated() {
        ForeignDomain stranger = host.createForeign("stranger");
        host.attachForeignVif(stranger.domid(), 0, MacAddress.generated(WEB, 0, 0), "xenbr0");
        prepare(UUID.randomUUID(), "own", onXenbr0().withMac(MacAddress.generated(WEB, 0, 1)));

        assertThat(prepare(WEB, "web", onXenbr0()).get(0).mac()).isEqualTo(MacAddress.generated(WEB, 0, 2));
    }

    @Test
    void whoeverHasAMacAddressIsNamed() {
        prepare(WEB, "web", onXenbr0(), onXenbr0().withMac(MAC));
        ForeignDomain stranger = host.createForeign("stranger");
        MacAddress theirs = MacAddress.parse("00:16:3e:00:00:02");
        host.attachForeignVif(stranger.domid(), 3, theirs, "xenbr0");
        MacAddress dom0s = MacAddress.parse(String.valueOf(link("xenbr0").mac()));

        assertHolder(MAC, "vif 1 of domain web");
        assertHolder(theirs, "vif 3 of domid " + stranger.domid());
        assertHolder(dom0s, "dom0's interface xenbr0");
        assertThat(refused(onXenbr0(), onXenbr0().withMac(MAC)).field()).isEqualTo("vifs[1].mac");
        fixture.ask(ReleaseVifs.ADDRESS, new ReleaseVifs(WEB));
        prepare(UUID.randomUUID(), "heir", onXenbr0().withMac(MAC));
    }

    private void assertHolder(MacAddress mac, String holder) {
        Problem problem = refused(onXenbr0().withMac(mac));
        assertThat(problem.type()).isEqualTo(ProblemType.CONFLICT);
        assertThat(problem.detail()).contains("mac: \"" + mac + "\" is in use by " + holder + ",");
    }

    @Test
    void nodesThatSomebodyLeftBehindHoldNothing() {
        String left = BACKENDS + "/77/0";
        BusFixture.await(store.write(left + "/mac", MAC.text()));
        BusFixture.await(store.write(left + "/frontend", "/local/domain/77/device/vif/0"));

        assertThat(prepare(WEB, "web", onXenbr0().withMac(MAC)).get(0).mac()).isEqualTo(MAC);
    }

    @Test
    void anAddressIsRefusedOnTheSameNetworkOnly() {
        create(own("left"));
        create(own("right"));
        List<IpAddress> ip = List.of(IpAddress.parse("10.0.0.5"));
        prepare(WEB, "web", VifSpec.onNetwork("left").withIp(ip));

        prepare(UUID.randomUUID(), "elsewhere", VifSpec.onNetwork("right").withIp(ip));
        Problem problem = refused(VifSpec.onNetwork("left").withIp(ip));
        assertThat(problem.type()).isEqualTo(ProblemType.CONFLICT);
        assertThat(problem.detail()).contains("ip: \"10.0.0.5\" is in use by vif 0 of domain web,");
    }

    @Test
    void aNameOfAnInterfaceOfDom0IsRefused() {
        VifSpec named =
                VifSpec.of(null, "xenbr0", null, null, null, null, "xenbr0", null, null, null, null, null, null);

        assertThat(refused(named).detail())
                .isEqualTo(
                        "vifs[0].vifname: \"xenbr0\" is in use by an interface of dom0, expected one that nobody else"
                                + " has");
    }

    /** The kernel lets go of an interface a little after its back-end has gone. */
    @Test
    void aNameOfAnInterfaceThatIsAboutToGoIsWaitedFor() throws Exception {
        VifSpec named = VifSpec.of(null, "xenbr0", null, null, null, null, "web0", null, null, null, null, null, null);
        ForeignDomain web = host.createForeign("web");
        plug(web, named);
        fixture.ask(ReleaseVifs.ADDRESS, new ReleaseVifs(web.uuid()));
        assertThat(link("web0").carriesVif()).isTrue();
        Future<VifsPrepared> preparing =
                PrepareVifs.ADDRESS.ask(fixture.bus(), new PrepareVifs(web.uuid(), "web", List.of(named)));
        // Only a question that has come first is answered first.
        networks();
        assertThat(preparing.isComplete()).isFalse();

        host.detachForeignVif(web.domid(), 0);

        assertThat(BusFixture.await(preparing).vifs()).hasSize(1);
    }

    @Test
    void whatIsNotThereIsRefusedAndNamesWhatIs() {
        create(own("left"));

        assertThat(refused(VifSpec.onNetwork("nowhere")).detail())
                .isEqualTo("vifs[0].network: \"nowhere\", expected one of left");
        assertThat(refused(VifSpec.onBridge("nobridge0")).detail())
                .isEqualTo("vifs[0].bridge: \"nobridge0\", expected a bridge of dom0");
        assertThat(prepare(WEB, "web", onXenbr0()))
                .as("nothing is kept of what was refused")
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "inside | 10.90.0.0/24 | name | \"inside\", expected another name: there is such a network (see"
                        + " network inside)",
                "part | 10.80.0.128/25 | subnet | expected none that overlaps with 10.80.0.0/24 (see network inside)",
                "all | 10.80.0.0/16 | subnet | expected none that overlaps with 10.80.0.0/24 (see network inside)",
                "dom0s | 10.77.0.0/24 | subnet | is that of dom0's interface xenbr0, expected one that nobody else has",
            })
    void aNetworkThatAnotherOneIsInTheWayOfIsAConflict(String name, String subnet, String field, String expected) {
        create(nat("inside", "10.80.0.0/24"));
        Set<String> before = dom0.devices.made();

        Problem problem = fixture.refused(CreateNetwork.ADDRESS, new CreateNetwork(nat(name, subnet)));

        assertThat(problem.type()).isEqualTo(ProblemType.CONFLICT);
        assertThat(problem.field()).isEqualTo(field);
        assertThat(problem.detail()).contains(expected);
        assertThat(dom0.devices.made()).isEqualTo(before);
        assertThat(networks()).extracting(NetworkView::name).containsExactly("inside");
    }

    @Test
    void aNetworkThatFailsHalfWayLeavesNothing() {
        Future<Void> failure =
                Future.failedFuture(Problem.of(ProblemType.CONFLICT, "the uplink is a port of another bridge")
                        .toException());
        dom0.holdAfter(MakeHostNetwork.ADDRESS, failure);

        Problem problem = fixture.refused(CreateNetwork.ADDRESS, new CreateNetwork(own("half")));

        assertThat(problem.detail()).contains("the uplink is a port of another bridge");
        assertThat(dom0.devices.made()).isEmpty();
        dom0.release();
        assertThat(create(own("half")).interfaceName()).isEqualTo("xcs-half");
    }

    @Test
    void aNetworkThatIsDeletedWhileItIsMadeIsGoneAfterwards() throws Exception {
        Promise<Void> slow = Promise.promise();
        dom0.holdBefore(MakeHostNetwork.ADDRESS, slow.future());
        Future<NetworkShown> creating = CreateNetwork.ADDRESS.ask(fixture.bus(), new CreateNetwork(own("brief")));
        Await.until("it is being made", SOON, () -> dom0.wasAsked(MakeHostNetwork.ADDRESS));
        Future<Done> deleting = DeleteNetwork.ADDRESS.ask(fixture.bus(), new DeleteNetwork("brief"));
        // Only a question that has come first is answered first; by the others a removal that does not wait has the
        // time to come.
        for (int i = 0; i < 10; i++) {
            assertThat(networks()).isEmpty();
            assertThat(refused(VifSpec.onNetwork("brief")).field()).isEqualTo("vifs[0].network");
        }
        slow.complete();

        BusFixture.await(creating);
        BusFixture.await(deleting);
        assertThat(dom0.devices.made()).isEmpty();
        endAndBeginAnew();
        assertThat(networks()).isEmpty();
        assertThat(dom0.devices.made()).isEmpty();
    }

    @Test
    void aNetworkThatADaemonMadeButDidNotWriteDownIsRemovedByTheNext() throws Exception {
        dom0.holdAfter(MakeHostNetwork.ADDRESS, Promise.<Void>promise().future());
        CreateNetwork.ADDRESS.ask(fixture.bus(), new CreateNetwork(nat("lost", "10.80.0.0/24")));
        Await.until("it is made", SOON, () -> dom0.devices.made().contains("lost"));

        endAndBeginAnew();

        assertThat(dom0.devices.made()).isEmpty();
        assertThat(networks()).isEmpty();
    }

    @Test
    void aNetworkWhoseRemovalADaemonDidNotFinishWorksUnderTheNext() throws Exception {
        create(nat("inside", "10.80.0.0/24"));
        dom0.holdAfter(RemoveHostNetwork.ADDRESS, Promise.<Void>promise().future());
        DeleteNetwork.ADDRESS.ask(fixture.bus(), new DeleteNetwork("inside"));
        Await.until("it is removed", SOON, () -> dom0.devices.made().isEmpty());

        endAndBeginAnew();

        assertThat(networks())
                .extracting(NetworkView::problem)
                .containsOnlyNulls()
                .hasSize(1);
        assertThat(dom0.devices.made()).containsExactly("inside");
        fixture.ask(DeleteNetwork.ADDRESS, new DeleteNetwork("inside"));
        endAndBeginAnew();
        assertThat(networks()).isEmpty();
        assertThat(dom0.devices.made()).isEmpty();
    }

    @Test
    void aNetworkThatGuestsAreOnStaysAlthoughNobodyKnowsItAnyMore() throws Exception {
        create(own("left"));
        ForeignDomain web = host.createForeign("web");
        plug(web, VifSpec.onNetwork("left"));
        Files.delete(dir.resolve("state/networks/left.json"));

        endAndBeginAnew();
        assertThat(networks()).isEmpty();
        assertThat(dom0.devices.made()).containsExactly("left");

        unplug(web, 0);
        endAndBeginAnew();
        assertThat(dom0.devices.made()).isEmpty();
    }

    @Test
    void aVifThatADaemonDidNotPutOnItsNetworkIsPutThereByTheNext() throws Exception {
        ForeignDomain web = host.createForeign("web");
        dom0.holdBefore(ConnectVif.ADDRESS, Promise.<Void>promise().future());
        PlugVif.ADDRESS.ask(fixture.bus(), new PlugVif(web.uuid(), "web", web.domid(), onXenbr0(), true));
        String name = dom0.devices.vifName(web.domid(), 0);
        Await.until("it is to be connected", SOON, () -> dom0.wasAsked(ConnectVif.ADDRESS));
        assertThat(link(name).master()).isNull();

        endAndBeginAnew();
        List<VifSpec> found = resume(web, List.of());

        assertThat(found).extracting(VifSpec::mac).containsExactly(MacAddress.generated(web.uuid(), 0, 0));
        assertThat(link(name).master()).isEqualTo("xenbr0");
        assertThat(dom0.devices.guarded()).contains(name);
    }

    @Test
    void aVifThatIsTakenAwayUnderAnotherDaemonLeavesNothing() {
        create(nat("inside", "10.80.0.0/24"));
        ForeignDomain web = host.createForeign("web");
        VifView had = plug(web, VifSpec.onNetwork("inside"));

        endAndBeginAnew();
        resume(web, List.of());
        VifView kept = vifs(web).get(0);

        assertThat(kept).isEqualTo(had);
        assertThat(kept.state()).isEqualTo(DiskState.CONNECTED);
        unplug(web, 0);
        assertThat(vifs(web)).isEmpty();
        assertThat(dom0.devices.guarded()).isEmpty();
        assertThat(BusFixture.await(store.list(BACKENDS + "/" + web.domid()))).isEmpty();
        assertThat(networks().get(0).leases()).isEmpty();
    }

    @Test
    void aVifWhoseRemovalADaemonDidNotFinishIsGoneUnderTheNext() throws Exception {
        create(nat("inside", "10.80.0.0/24"));
        ForeignDomain web = host.createForeign("web");
        plug(web, VifSpec.onNetwork("inside"));
        dom0.holdBefore(DisconnectVif.ADDRESS, Promise.<Void>promise().future());
        UnplugVif.ADDRESS.ask(fixture.bus(), new UnplugVif(web.uuid(), web.domid(), 0, false));
        Await.until("the guest has given it up", SOON, () -> dom0.wasAsked(DisconnectVif.ADDRESS));

        endAndBeginAnew();
        List<VifSpec> found = resume(web, List.of());

        assertThat(found).isEmpty();
        assertThat(vifs(web)).isEmpty();
        assertThat(dom0.devices.guarded()).isEmpty();
        assertThat(BusFixture.await(store.list(BACKENDS + "/" + web.domid()))).isEmpty();
        assertThat(networks().get(0).leases()).isEmpty();
    }

    @Test
    void aMoveThatADaemonDidNotWriteDownIsUndoneByTheNext() throws Exception {
        create(own("one"));
        create(own("two"));
        ForeignDomain web = host.createForeign("web");
        plug(web, VifSpec.onNetwork("one"));
        String name = dom0.devices.vifName(web.domid(), 0);
        VifChange toTwo = new VifChange("two", null, null, null, null, false);
        dom0.holdAfter(ConnectVif.ADDRESS, Promise.<Void>promise().future());
        AlterVif.ADDRESS.ask(fixture.bus(), new AlterVif(web.uuid(), web.domid(), 0, toTwo));
        Await.until("it is moved", SOON, () -> "xcs-two".equals(link(name).master()));

        endAndBeginAnew();
        List<VifSpec> found = resume(web, List.of());

        assertThat(found).extracting(VifSpec::network).containsExactly("one");
        assertThat(link(name).master()).isEqualTo("xcs-one");
    }

    @Test
    void whatADomainLeftThatDiedMeanwhileIsTidiedAway() {
        create(own("left"));
        ForeignDomain web = host.createForeign("web");
        plug(web, VifSpec.onNetwork("left"));
        String name = dom0.devices.vifName(web.domid(), 0);
        assertThat(dom0.devices.guarded()).contains(name);
        BusFixture.await(fixture.vertx().undeploy(backend));
        host.hypervisor().domains().destroy(web.domid());

        backend = deploy();

        assertThat(dom0.devices.guarded()).isEmpty();
        assertThat(BusFixture.await(store.list(BACKENDS + "/" + web.domid()))).isEmpty();
        fixture.ask(DeleteNetwork.ADDRESS, new DeleteNetwork("left"));
    }

    /** Indexes have holes where a vif was detached: what is written down is another's then. */
    @Test
    void eachVifKeepsWhatWasWrittenDownOfItAlthoughAnEarlierOneWasDetached() {
        ForeignDomain web = host.createForeign("web");
        VifView first = plug(web, onXenbr0());
        VifSpec router = VifSpec.of(
                null,
                "xenbr0",
                null,
                null,
                ByteRate.parse("1MB/s@20ms"),
                null,
                null,
                null,
                null,
                "e1000",
                false,
                null,
                Set.of(VifAllowance.ANY_MAC));
        VifView second = plug(web, router);
        VifView third = plug(web, onXenbr0().withLink(VifLink.DOWN));
        unplug(web, first.index());
        List<VifSpec> written = List.of(
                router.withMac(Objects.requireNonNull(second.mac())),
                onXenbr0().withLink(VifLink.DOWN).withMac(Objects.requireNonNull(third.mac())));

        endAndBeginAnew();

        assertThat(resume(web, written)).isEqualTo(written);
        assertThat(vifs(web)).isEqualTo(List.of(second, third));
    }

    @Test
    void whatWasWrittenDownBeforeItsFirstBootHasNoAddressYet() {
        ForeignDomain web = host.createForeign("web");
        VifSpec wanted = onXenbr0().withLink(VifLink.DOWN);
        MacAddress mac = plug(web, wanted).mac();

        endAndBeginAnew();

        assertThat(resume(web, List.of(wanted))).containsExactly(wanted.withMac(Objects.requireNonNull(mac)));
    }

    @Test
    void aChangeThatFailsLeavesTheVifAsItWas() {
        create(own("left"));
        ForeignDomain web = host.createForeign("web");
        VifView before = plug(web, onXenbr0());
        String name = dom0.devices.vifName(web.domid(), 0);
        VifChange move = new VifChange("left", null, null, VifLink.DOWN, ByteRate.parse("1MB/s"), false);
        dom0.holdAfter(
                ConnectVif.ADDRESS,
                Future.failedFuture(Problem.of(ProblemType.HYPERVISOR, "no").toException()));

        fixture.refused(AlterVif.ADDRESS, new AlterVif(web.uuid(), web.domid(), 0, move));
        dom0.release();

        assertThat(vifs(web)).containsExactly(before);
        assertThat(link(name).master()).isEqualTo("xenbr0");
        VifView after = fixture.ask(AlterVif.ADDRESS, new AlterVif(web.uuid(), web.domid(), 0, move))
                .view();
        assertThat(after.network()).isEqualTo("left");
        assertThat(after.rate()).isEqualTo(ByteRate.parse("1MB/s"));
        assertThat(after.link()).isEqualTo(VifLink.DOWN);
    }

    @Test
    void everyAddressOfASmallNetworkIsGivenOnceAndThenNoMore() {
        create(nat("tiny", "10.80.0.0/29"));
        VifSpec one = VifSpec.onNetwork("tiny");
        for (int i = 0; i < 5; i++) {
            prepare(UUID.randomUUID(), "guest" + i, one);
        }

        assertThat(networks().get(0).leases())
                .extracting(lease -> lease.ip().text())
                .containsExactlyInAnyOrder("10.80.0.2", "10.80.0.3", "10.80.0.4", "10.80.0.5", "10.80.0.6");
        Problem full = refused(one);
        assertThat(full.type()).isEqualTo(ProblemType.TOO_MANY);
        assertThat(full.detail()).contains("all 5 of 10.80.0.0/29 are taken");
    }

    @Test
    void aVifOfTheDefaultIsShownWhereItIs() {
        ForeignDomain web = host.createForeign("web");

        assertThat(plug(web, Vifs.NOTHING).bridge()).isEqualTo("xenbr0");
    }

    @Test
    void anotherToolstacksVifIsListedAndLetGoOf() {
        ForeignDomain stranger = host.createForeign("stranger");
        host.attachForeignVif(stranger.domid(), 0, MAC, "xenbr0");

        assertThat(vifs(stranger))
                .extracting(VifView::managed, VifView::mac, VifView::bridge)
                .containsExactly(tuple(false, MAC, "xenbr0"));
        VifShown ours = fixture.ask(
                PlugVif.ADDRESS, new PlugVif(stranger.uuid(), "stranger", stranger.domid(), onXenbr0(), true));
        assertThat(ours.vif().index()).as("the next that is free").isEqualTo(1);
        unplug(stranger, 0);
        assertThat(vifs(stranger)).extracting(VifView::managed).containsExactly(true);
    }

    /** A bridge stands in for the interface that a device model makes. */
    private String card(ForeignDomain domain) {
        String name = "vif" + domain.domid() + ".0-emu";
        dom0.devices.make(new HostNetwork("emu", name, false, MAC, null, 0, 1500, null, null, null, List.of(), false));
        return name;
    }

    /** Its build has failed while dom0's kernel was making the interface: a guard that is put now nobody would take away. */
    @Test
    void aVifOfABootThatIsUndoneIsNotConnectedAnyMore() throws Exception {
        ForeignDomain domain = host.createForeign("web");
        prepare(domain.uuid(), "web", onXenbr0());
        fixture.ask(PlaceVifs.ADDRESS, new PlaceVifs(domain.uuid(), domain.domid()));
        String state = BACKENDS + "/" + domain.domid() + "/0/state";
        BusFixture.await(store.write(state, "1"));
        Future<Done> taking = TakeVifs.ADDRESS.ask(fixture.bus(), new TakeVifs(domain.uuid()));
        fixture.ask(EndVifs.ADDRESS, new EndVifs(domain.uuid(), domain.domid()));

        BusFixture.await(store.write(state, "2"));

        Await.until("nobody waits for it", SOON, taking::isComplete);
        assertThat(ProblemException.of(taking.cause()).type()).isEqualTo(ProblemType.PREEMPTED);
        assertThat(dom0.wasAsked(ConnectVif.ADDRESS)).isFalse();
    }

    @Test
    void theEmulatedCardOfAPcIsGuardedOnTheBridgeOfItsVif() {
        ForeignDomain domain = host.createForeign("pc");
        VifSpec bare = VifSpec.of(null, "xenbr0", null, null, null, null, null, null, null, "none", null, null, null);
        prepare(domain.uuid(), "pc", onXenbr0(), bare);
        fixture.ask(PlaceVifs.ADDRESS, new PlaceVifs(domain.uuid(), domain.domid()));
        String card = card(domain);

        fixture.ask(ConnectCards.ADDRESS, new ConnectCards(domain.uuid()));

        assertThat(link(card).master()).isEqualTo("xenbr0");
        assertThat(link(card).up()).isTrue();
        assertThat(dom0.devices.guarded()).contains(card);
        assertThat(dom0.asked.stream().filter(ConnectVif.ADDRESS.name()::equals))
                .hasSize(1);
    }

    @Test
    void theEmulatedCardOfAPcIsWhereItsVifIsAndGoesWithIt() {
        List<RemoveCard> removed = new CopyOnWriteArrayList<>();
        RemoveCard.ADDRESS.answer(fixture.bus(), ask -> {
            removed.add(ask);
            return Future.succeededFuture(new Done());
        });
        ForeignDomain domain = host.createForeign("pc");
        host.attachForeignVif(domain.domid(), 0, MAC, "xenbr0");
        String card = card(domain);

        resume(domain, List.of(onXenbr0().withMac(MAC)));
        assertThat(link(card).master()).as("found again").isEqualTo("xenbr0");
        assertThat(dom0.devices.guarded()).contains(card);

        alter(domain, VifLink.DOWN);
        assertThat(link(card).master()).as("unplugged").isNull();
        alter(domain, VifLink.UP);
        assertThat(link(card).master()).as("plugged in").isEqualTo("xenbr0");

        fixture.ask(UnplugVif.ADDRESS, new UnplugVif(domain.uuid(), domain.domid(), 0, true));
        assertThat(removed).containsExactly(new RemoveCard(domain.uuid(), 0));
        assertThat(link(card).master()).isNull();
        assertThat(dom0.devices.guarded()).doesNotContain(card);
    }

    private void alter(ForeignDomain domain, VifLink link) {
        fixture.ask(
                AlterVif.ADDRESS,
                new AlterVif(domain.uuid(), domain.domid(), 0, new VifChange(null, null, null, link, null, false)));
    }
}
