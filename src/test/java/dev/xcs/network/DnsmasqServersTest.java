package dev.xcs.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.xcs.model.IpAddress;
import dev.xcs.model.Lease;
import dev.xcs.model.MacAddress;
import dev.xcs.model.NetworkSpec;
import dev.xcs.model.Problem;
import dev.xcs.model.ProblemException;
import dev.xcs.model.ProblemType;
import dev.xcs.testing.Await;
import dev.xcs.testing.BusFixture;
import dev.xcs.testing.Vifs;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The supervision of dnsmasq, whose part a script plays. */
class DnsmasqServersTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final NetworkSpec NAT = Vifs.NAT;
    private static final String NAME = NAT.name();
    private static final Lease ONE = new Lease(MacAddress.parse("00:16:3e:00:00:01"), ip(5), "Web");
    private static final Lease TWO = new Lease(MacAddress.parse("00:16:3e:00:00:02"), ip(6), "no_dns name");

    /** Writes its pid when it is ready, as dnsmasq does. */
    private static final String SCRIPT = """
        #!/bin/sh
        for word; do case $word in --conf-file=*) conf=${word#--conf-file=} ;; esac; done
        echo $$ >> DIRECTORY/starts
        [ ! -e DIRECTORY/broken ] || { echo 'dnsmasq: failed to bind' >&2; exit 2; }
        trap 'exit 0' TERM
        pid=$(sed -n 's/^pid-file=//p' "$conf")
        echo $$ > "$pid.new" && mv "$pid.new" "$pid"
        while :; do sleep 0.05; done
        """;

    @TempDir
    Path directory;

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private Path program;
    private Path run;
    private DnsmasqServers servers;

    @BeforeEach
    void aDaemon() throws IOException {
        program = Files.writeString(directory.resolve("dnsmasq"), SCRIPT.replace("DIRECTORY", directory.toString()));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        run = directory.resolve("run");
        servers = daemon();
    }

    private DnsmasqServers daemon() {
        return on(() -> Future.succeededFuture(new DnsmasqServers(vertx, program, run)));
    }

    /** As when it is killed: its servers run on. */
    private void killTheDaemonAndStartAnother() {
        servers.close();
        servers = daemon();
    }

    @AfterEach
    void endTheServers() throws IOException {
        servers.close();
        for (long pid : starts()) {
            ProcessHandle.of(pid).filter(this::isOurs).ifPresent(ProcessHandle::destroyForcibly);
        }
        BusFixture.await(vertx.close());
    }

    private boolean isOurs(ProcessHandle process) {
        return process.info().commandLine().orElse("").contains(directory.toString());
    }

    private <T> T on(Supplier<Future<T>> call) {
        Promise<T> done = Promise.promise();
        context.runOnContext(any -> call.get().onComplete(done));
        return BusFixture.await(done.future());
    }

    private static IpAddress ip(int last) {
        return IpAddress.parse("10.80.0." + last);
    }

    private void start(NetworkSpec network, Lease... leases) {
        on(() -> servers.start(network, "natbr", ip(1), List.of(leases)));
    }

    private List<Long> starts() throws IOException {
        Path starts = directory.resolve("starts");
        return Files.exists(starts)
                ? Files.readAllLines(starts).stream().map(Long::valueOf).toList()
                : List.of();
    }

    /** Those that live, oldest first. */
    private List<Long> running() throws IOException {
        return starts().stream()
                .filter(pid -> ProcessHandle.of(pid)
                        .filter(ProcessHandle::isAlive)
                        .filter(this::isOurs)
                        .isPresent())
                .toList();
    }

    private static NetworkSpec with(Integer mtu) {
        return NetworkSpec.of(
                NAT.name(),
                NAT.kind(),
                NAT.bridge(),
                NAT.create(),
                NAT.uplink(),
                NAT.vlan(),
                NAT.subnet(),
                NAT.dhcp(),
                NAT.domain(),
                NAT.hosts(),
                NAT.forwards(),
                mtu);
    }

    @Test
    void servesWhatIsWrittenDownUntilItIsStopped() throws IOException {
        start(NAT, ONE, TWO);

        assertThat(running()).hasSize(1);
        assertThat(Files.readAllLines(run.resolve(NAME).resolve("conf")))
                .contains(
                        "interface=natbr",
                        "bind-interfaces",
                        "domain=in.example",
                        "dhcp-range=10.80.0.0,static,255.255.255.0,1h",
                        "dhcp-option=option:router,10.80.0.1",
                        "dhcp-option=option:mtu,1400",
                        "host-record=a.b,fd00::1",
                        "host-record=z,10.80.0.9");
        assertThat(run.resolve(NAME).resolve("dhcp/00-16-3e-00-00-01"))
                .hasContent("00:16:3e:00:00:01,10.80.0.5,web,infinite\n");
        assertThat(run.resolve(NAME).resolve("dhcp/00-16-3e-00-00-02"))
                .as("a name that DNS does not allow is left out")
                .hasContent("00:16:3e:00:00:02,10.80.0.6,infinite\n");
        assertThat(run.resolve(NAME).resolve("hosts")).isDirectoryNotContaining("glob:**02");

        on(() -> servers.stop(NAME));
        assertThat(running()).isEmpty();
        assertThat(run).isEmptyDirectory();
        on(() -> servers.stop(NAME));
    }

    @Test
    void anotherDaemonGoesOnWithTheServerThatIsThere() throws IOException {
        start(NAT, ONE);
        List<Long> before = running();

        killTheDaemonAndStartAnother();
        start(NAT, ONE, TWO);

        assertThat(running()).isEqualTo(before);
        assertThat(starts()).hasSize(1);
        assertThat(run.resolve(NAME).resolve("dhcp")).isDirectoryContaining("glob:**02");
        on(() -> servers.stop(NAME));
        assertThat(running()).isEmpty();
    }

    @Test
    void aServerWithAnotherConfigurationIsReplaced() throws IOException {
        start(NAT);
        List<Long> before = running();

        killTheDaemonAndStartAnother();
        start(with(9000));

        assertThat(running()).hasSize(1).doesNotContainAnyElementsOf(before);
    }

    @Test
    void aServerOfNoNetworkIsEndedAndItsFilesAreGone() throws IOException {
        start(NAT);
        killTheDaemonAndStartAnother();

        on(() -> servers.tidy(Set.of("other")));

        assertThat(running()).isEmpty();
        assertThat(run).isEmptyDirectory();
    }

    @Test
    void aServerOfAKnownNetworkIsNotTidiedAway() throws IOException {
        start(NAT);
        killTheDaemonAndStartAnother();

        on(() -> servers.tidy(Set.of(NAME)));

        assertThat(running()).hasSize(1);
    }

    /** The pid file is that of a process which is not ours: a pid is given to another after a while. */
    @Test
    void aProcessThatHasThePidNowIsLeftAlone() throws Exception {
        start(NAT);
        ProcessHandle ours = ProcessHandle.of(running().get(0)).orElseThrow();
        servers.close();
        ours.destroyForcibly();
        ours.onExit().get();
        Process stranger = new ProcessBuilder("sleep", "600").start();
        try {
            Files.writeString(run.resolve(NAME).resolve("pid"), stranger.pid() + "\n");
            servers = daemon();

            on(() -> servers.tidy(Set.of()));

            assertThat(stranger.isAlive()).isTrue();
            assertThat(run).isEmptyDirectory();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void aServerThatDiesIsStartedAgain() throws Exception {
        start(NAT, ONE);
        long first = running().get(0);

        ProcessHandle.of(first).orElseThrow().destroyForcibly();

        Await.until("another runs", SOON, () -> running().stream().anyMatch(pid -> pid != first));
    }

    /** dnsmasq forgets nothing while it runs: an address that is given to another would be refused him. */
    @Test
    void isStartedAnewWhenAnAddressThatWasGivenBackMayBeGivenToAnother() throws IOException {
        start(NAT, ONE);
        on(() -> servers.serve(NAME, List.of(ONE, TWO)));
        assertThat(starts()).as("it notices new guests by itself").hasSize(1);
        on(() -> servers.serve(NAME, List.of(TWO)));
        assertThat(run.resolve(NAME).resolve("dhcp")).isDirectoryNotContaining("glob:**01");
        assertThat(starts()).as("a guest less disturbs nobody").hasSize(1);

        on(() -> servers.serve(NAME, List.of(TWO, new Lease(ONE.mac(), ip(7), "web"))));

        assertThat(starts()).hasSize(2);
        assertThat(running()).hasSize(1);
    }

    @Test
    void saysWhatTheServerSaid() throws IOException {
        Files.createFile(directory.resolve("broken"));

        Problem problem =
                catchThrowableOfType(ProblemException.class, () -> start(NAT)).problem();

        assertThat(problem.type()).isEqualTo(ProblemType.IMPOSSIBLE);
        assertThat(problem.detail()).isEqualTo("dnsmasq does not serve the network inside");
        assertThat(Objects.requireNonNull(problem.cause())).contains("exit code 2", "dnsmasq: failed to bind");
        assertThat(running()).isEmpty();
    }

    @Test
    void everybodyCanReadWhatItReads() throws IOException {
        start(NAT, ONE);

        for (String path : List.of("", "conf", "dhcp", "dhcp/00-16-3e-00-00-01", "hosts")) {
            assertThat(PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(run.resolve(NAME).resolve(path))))
                    .as(path)
                    .matches("r..r..r..");
        }
    }
}
