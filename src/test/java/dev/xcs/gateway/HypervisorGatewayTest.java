package dev.xcs.gateway;

import static dev.xcs.testing.BusFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.xcs.journal.ConsoleLog;
import dev.xcs.message.AwaitEvents;
import dev.xcs.message.BindChannel;
import dev.xcs.message.BuildXenDomain;
import dev.xcs.message.ConnectVif;
import dev.xcs.message.ConsoleFrame;
import dev.xcs.message.ConsoleRead;
import dev.xcs.message.CreateXenDomain;
import dev.xcs.message.DestroyXenDomain;
import dev.xcs.message.DisconnectVif;
import dev.xcs.message.Done;
import dev.xcs.message.HostNetworksListed;
import dev.xcs.message.LimitXenMemory;
import dev.xcs.message.ListHostNetworks;
import dev.xcs.message.ListLinks;
import dev.xcs.message.ListXenDomains;
import dev.xcs.message.MakeHostNetwork;
import dev.xcs.message.MapConsole;
import dev.xcs.message.NameVif;
import dev.xcs.message.NotifyChannel;
import dev.xcs.message.PauseXenDomain;
import dev.xcs.message.ReadConsole;
import dev.xcs.message.ReadHost;
import dev.xcs.message.ReadVifStatistics;
import dev.xcs.message.RemoveHostNetwork;
import dev.xcs.message.ServeLeases;
import dev.xcs.message.ShutdownXenDomain;
import dev.xcs.message.UnbindChannel;
import dev.xcs.message.UnmapConsole;
import dev.xcs.message.UnmaskChannels;
import dev.xcs.message.UnpauseXenDomain;
import dev.xcs.message.WriteConsole;
import dev.xcs.message.XenDomainBuilt;
import dev.xcs.model.BuildRequest;
import dev.xcs.model.DomainType;
import dev.xcs.model.HostNetwork;
import dev.xcs.model.IpAddress;
import dev.xcs.model.Lease;
import dev.xcs.model.MacAddress;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.model.ShutdownReason;
import dev.xcs.model.VifGuard;
import dev.xcs.model.VifPort;
import dev.xcs.testing.Await;
import dev.xcs.testing.BusFixture;
import dev.xcs.testing.FakeHypervisor;
import dev.xcs.testing.FakeNetworks;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HypervisorGatewayTest {
    private static final BuildRequest BUILD = new BuildRequest(1, DomainType.PV, 64, 1, "kernel", List.of(), null);
    private static final Duration SOON = Duration.ofSeconds(20);

    private final BusFixture on = new BusFixture();
    private final FakeHypervisor host = new FakeHypervisor();
    private String gateway = "";

    @BeforeEach
    void deploy() {
        gateway =
                on.deploy(new HypervisorGateway(host, ConsoleLog.forgetful(), 2, on.metrics(), Duration.ofSeconds(2)));
    }

    @AfterEach
    void close() {
        on.close();
    }

    private Future<XenDomainBuilt> build() {
        return BuildXenDomain.ADDRESS.ask(on.bus(), new BuildXenDomain(BUILD));
    }

    @Test
    void answersEveryCallOnItsOwnThread() {
        int port = bindAndMap(5);
        assertThat(on.ask(ReadHost.ADDRESS, new ReadHost()).host().xenVersion()).isEqualTo("4.17.7");
        on.ask(ListXenDomains.ADDRESS, new ListXenDomains());
        assertThat(on.ask(CreateXenDomain.ADDRESS, new CreateXenDomain(UUID.randomUUID(), DomainType.PV, 1))
                        .domid())
                .isEqualTo(1);
        assertThat(await(build()).built().storePort()).isEqualTo(1);
        on.ask(PauseXenDomain.ADDRESS, new PauseXenDomain(1));
        on.ask(UnpauseXenDomain.ADDRESS, new UnpauseXenDomain(1));
        on.ask(ShutdownXenDomain.ADDRESS, new ShutdownXenDomain(1, ShutdownReason.CRASH));
        on.ask(LimitXenMemory.ADDRESS, new LimitXenMemory(1, 1024));
        on.ask(DestroyXenDomain.ADDRESS, new DestroyXenDomain(1));
        on.ask(NotifyChannel.ADDRESS, new NotifyChannel(port));
        on.ask(AwaitEvents.ADDRESS, new AwaitEvents());
        on.ask(UnmaskChannels.ADDRESS, new UnmaskChannels(List.of(port)));
        on.ask(ReadConsole.ADDRESS, new ReadConsole(5, port));
        on.ask(WriteConsole.ADDRESS, new WriteConsole(5, port, Buffer.buffer("x")));
        on.ask(UnmapConsole.ADDRESS, new UnmapConsole(5));
        on.ask(UnbindChannel.ADDRESS, new UnbindChannel(port));

        assertRanOn("xcs-native-calls", "host", "list", "create", "pause", "unpause", "shutdown", "limitMemory");
        assertRanOn("xcs-native-console", "bind", "notify", "unmask", "read", "write", "unmap", "unbind", "map");
        assertRanOn("xcs-native-events", "await");
        assertRanOn("xcs-native-build-1", "build");
        assertRanOn("xcs-native-destroy-1", "destroy");
        assertThat(on.metrics()
                        .get("xcs.native.calls")
                        .tag("call", "build")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void answersForNetworksOnAThreadOfTheirOwn() {
        VifGuard guard = new VifGuard(null, List.of(), false, false, false);
        VifPort port = new VifPort("vif5.0", "web0", 1500, "xenbr0", false, null, List.of(), null, guard);
        Lease lease = new Lease(new MacAddress("00:16:3e:00:00:05"), IpAddress.parse("10.0.0.5"), "web");

        assertThat(on.ask(NameVif.ADDRESS, new NameVif(5, 0)).name()).isEqualTo("vif5.0");
        assertThat(on.ask(ListLinks.ADDRESS, new ListLinks()).links()).containsExactly(FakeNetworks.UPLINK);
        on.ask(ConnectVif.ADDRESS, new ConnectVif(port));
        on.ask(MakeHostNetwork.ADDRESS, new MakeHostNetwork(network("office")));
        on.ask(ServeLeases.ADDRESS, new ServeLeases("office", List.of(lease)));

        assertThat(host.networkDevices().connected).containsExactly(Map.entry("web0", port));
        assertThat(host.networkDevices().served).containsExactly(Map.entry("office", List.of(lease)));
        assertThat(listed()).isEqualTo(new HostNetworksListed(Set.of("office"), Set.of("web0")));
        assertThat(on.ask(ReadVifStatistics.ADDRESS, new ReadVifStatistics(Set.of("web0")))
                        .statistics())
                .hasEntrySatisfying(
                        "web0", read -> assertThat(read.receivedBytes()).isEqualTo(1));
        on.ask(DisconnectVif.ADDRESS, new DisconnectVif("web0"));
        on.ask(RemoveHostNetwork.ADDRESS, new RemoveHostNetwork("office"));
        assertThat(listed()).isEqualTo(new HostNetworksListed(Set.of(), Set.of()));
        assertRanOn("xcs-native-networks", "vifName", "links", "connect", "disconnect", "make", "remove", "made");
        assertRanOn("xcs-native-networks", "guarded", "statistics", "serve");
    }

    private HostNetworksListed listed() {
        return on.ask(ListHostNetworks.ADDRESS, new ListHostNetworks());
    }

    private static HostNetwork network(String name) {
        MacAddress mac = MacAddress.ofName(name);
        return new HostNetwork(name, "xcs-" + name, false, mac, null, 0, 1500, null, null, null, List.of(), false);
    }

    @Test
    void aSlowNetworkDelaysNobodyElse() {
        CountDownLatch making = host.block("make");
        Future<Done> made = MakeHostNetwork.ADDRESS.ask(on.bus(), new MakeHostNetwork(network("slow")));

        on.ask(PauseXenDomain.ADDRESS, new PauseXenDomain(7));

        assertThat(made.isComplete()).isFalse();
        making.countDown();
        await(made);
    }

    private void assertRanOn(String thread, String... calls) {
        for (String call : calls) {
            assertThat(host.thread(call)).as(call).hasValue(thread);
        }
    }

    private int bindAndMap(int domid) {
        on.ask(MapConsole.ADDRESS, new MapConsole(new UUID(0, domid), domid, 1, false));
        return on.ask(BindChannel.ADDRESS, new BindChannel(domid, domid)).port();
    }

    @Test
    void carriesTheHypervisorsProblemToTheAsker() {
        Problem noMemory = Problem.of(ProblemType.OUT_OF_MEMORY, "too little").withCall("xc_linux_build", "64");
        host.fail("build", noMemory.toException());

        assertThat(on.refused(BuildXenDomain.ADDRESS, new BuildXenDomain(BUILD)))
                .isEqualTo(noMemory);
        assertThat(on.metrics()
                        .get("xcs.native.failures")
                        .tag("call", "build")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void makesAProblemOfAnErrorInALibrary() {
        host.before("host", () -> {
            throw new UnsatisfiedLinkError("no xenctrl");
        });

        assertThat(on.refused(ReadHost.ADDRESS, new ReadHost()).detail()).contains("no xenctrl");
    }

    @Test
    void buildsDelayNeitherDestroysNorShortCallsNorConsoles() throws Exception {
        int port = bindAndMap(5);
        CountDownLatch building = host.block("build");
        List<Future<XenDomainBuilt>> builds = List.of(build(), build(), build());
        Await.until("two builds run", SOON, () -> host.thread("build").isPresent());

        on.ask(DestroyXenDomain.ADDRESS, new DestroyXenDomain(9));
        on.ask(PauseXenDomain.ADDRESS, new PauseXenDomain(9));
        on.ask(ReadConsole.ADDRESS, new ReadConsole(5, port));

        assertThat(builds).noneMatch(Future::isComplete);
        building.countDown();
        builds.forEach(BusFixture::await);
    }

    @Test
    void aSlowShortCallDoesNotDelayAConsole() {
        int port = bindAndMap(5);
        CountDownLatch pausing = host.block("pause");
        Future<Done> paused = PauseXenDomain.ADDRESS.ask(on.bus(), new PauseXenDomain(7));

        assertThat(host.guest(5).offer("hi".getBytes(StandardCharsets.UTF_8), 0))
                .isEqualTo(2);
        assertThat(text(on.ask(ReadConsole.ADDRESS, new ReadConsole(5, port)))).isEqualTo("hi");

        assertThat(paused.isComplete()).isFalse();
        pausing.countDown();
        await(paused);
    }

    @Test
    void refusesABuildWhenTooManyWait() {
        CountDownLatch building = host.block("build");
        List<Future<XenDomainBuilt>> builds = new ArrayList<>();
        for (int i = 0; i < 2 + 2 * 64; i++) {
            builds.add(build());
        }

        Problem refusal = on.refused(BuildXenDomain.ADDRESS, new BuildXenDomain(BUILD));

        assertThat(refusal.type()).isEqualTo(ProblemType.TOO_MANY);
        assertThat(refusal.detail()).contains("limit of 128");
        building.countDown();
        builds.forEach(BusFixture::await);
    }

    private static String text(ConsoleRead read) {
        return ConsoleFrame.bytes(read.frame()).toString();
    }

    @Test
    void readsWhatOneAnswerCarriesAndSaysThatThereIsMore() {
        int port = bindAndMap(5);
        host.before("read", () -> host.guest(5).printSilently(new byte[2048]));
        host.before("notify", () -> host.guest(5).printSilently(new byte[3]));

        var first = on.ask(ReadConsole.ADDRESS, new ReadConsole(5, port));
        host.mend("read");
        host.mend("notify");
        var second = on.ask(ReadConsole.ADDRESS, new ReadConsole(5, port));

        assertThat(ConsoleFrame.length(first.frame())).isEqualTo(32 * 2048);
        assertThat(first.more()).isTrue();
        assertThat(ConsoleFrame.length(second.frame())).isEqualTo(3);
        assertThat(second.more()).isFalse();
    }

    @Test
    void neverReadsARingWhosePortIsNotBound() {
        on.ask(MapConsole.ADDRESS, new MapConsole(new UUID(0, 5), 5, 1, false));
        host.guest(5).printSilently(new byte[10]);
        int foreign = on.ask(BindChannel.ADDRESS, new BindChannel(6, 6)).port();

        assertThat(on.refused(ReadConsole.ADDRESS, new ReadConsole(5, foreign)).type())
                .isEqualTo(ProblemType.CONFLICT);
        assertThat(on.refused(ReadConsole.ADDRESS, new ReadConsole(5, 77)).type())
                .isEqualTo(ProblemType.CONFLICT);
        assertThat(host.guest(5).hasUnread()).isTrue();
        assertThat(on.refused(ReadConsole.ADDRESS, new ReadConsole(6, foreign)).type())
                .isEqualTo(ProblemType.NOT_FOUND);
        assertThat(on.refused(MapConsole.ADDRESS, new MapConsole(new UUID(0, 5), 5, 1, false))
                        .detail())
                .contains("already mapped");
    }

    @Test
    void keepsWhatItReadWhenTheGuestCannotBeNotified() {
        int port = bindAndMap(5);
        host.guest(5).printSilently("kept".getBytes(StandardCharsets.UTF_8));
        host.fail("notify", Problem.of(ProblemType.HYPERVISOR, "no").toException());

        assertThat(text(on.ask(ReadConsole.ADDRESS, new ReadConsole(5, port)))).isEqualTo("kept");
    }

    @Test
    void stopLeavesNothingMappedOrBoundAndNoThread() throws Exception {
        bindAndMap(5);
        bindAndMap(6);
        on.ask(ReadHost.ADDRESS, new ReadHost());
        on.ask(AwaitEvents.ADDRESS, new AwaitEvents());
        var awaiting = AwaitEvents.ADDRESS.ask(on.bus(), new AwaitEvents());
        CountDownLatch building = host.block("build");
        List<Future<XenDomainBuilt>> builds = List.of(build(), build(), build());
        Await.until("two builds run", SOON, () -> running("xcs-native-build") == 2);
        assertThat(gauge("xcs.native.consoles.mapped")).isEqualTo(2);
        assertThat(gauge("xcs.native.channels.bound")).isEqualTo(2);

        Future<Void> stopped = on.vertx().undeploy(gateway);
        assertThatThrownBy(() -> await(builds.get(2)))
                .as("a build that waits")
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("is stopping");
        building.countDown();
        await(stopped);

        assertThat(awaiting.isComplete()).isTrue();
        assertThat(host.mapped()).isZero();
        assertThat(host.channels().bound()).isZero();
        assertThat(host.isClosed()).isTrue();
        assertThat(gauge("xcs.native.consoles.mapped")).isZero();
        Await.until("no native thread is left", SOON, () -> running("xcs-native") == 0);
    }

    private double gauge(String name) {
        return on.metrics().get(name).gauge().value();
    }

    private static long running(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .count();
    }

    @Test
    void doesNotCloseTheHypervisorUnderACallThatNeverEnds() {
        CountDownLatch building = host.block("build");
        build().onComplete(done -> {});
        bindAndMap(5);

        assertThatThrownBy(() -> await(on.vertx().undeploy(gateway)))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("xcs-native-build");

        assertThat(host.isClosed()).isFalse();
        assertThat(host.mapped()).isZero();
        building.countDown();
    }
}
