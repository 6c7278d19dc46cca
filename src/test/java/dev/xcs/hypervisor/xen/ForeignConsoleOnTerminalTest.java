package dev.xcs.hypervisor.xen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.xcs.RunningDaemon;
import dev.xcs.hypervisor.Hypervisor;
import dev.xcs.hypervisor.Terminal;
import dev.xcs.hypervisor.sim.ForeignDomain;
import dev.xcs.hypervisor.sim.SimHost;
import dev.xcs.hypervisor.sim.SimHostOptions;
import dev.xcs.testing.ApiClient;
import dev.xcs.testing.Await;
import dev.xcs.testing.ConsoleViewer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The console of a domain of xl on a pseudo terminal of this Linux: the test has the end that xenconsoled has. */
class ForeignConsoleOnTerminalTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path dir;

    /** The simulated host with the terminals of this system. */
    private static Hypervisor onThisSystem(SimHost host) {
        Hypervisor simulated = host.hypervisor();
        return (Hypervisor) Proxy.newProxyInstance(
                Hypervisor.class.getClassLoader(), new Class<?>[] {Hypervisor.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("terminals")) {
                        return new PseudoTerminals(MadeUpSystem.libc());
                    }
                    try {
                        return method.invoke(simulated, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }

    private static void print(Terminal terminal, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertThat(terminal.write(bytes, 0, bytes.length)).isEqualTo(bytes.length);
    }

    @Test
    void isOpenWhileSomebodyLooksAndOpenedAgainWhenXenconsoledComesBack() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/dev/pts")), "there are no pseudo terminals here");
        SimHostOptions options = SimHostOptions.defaults().withBootTime(Duration.ofMillis(100));
        try (SimHost host = SimHost.start(options, dir.resolve("host"));
                Terminal first = PseudoTerminal.make(MadeUpSystem.libc());
                Terminal second = PseudoTerminal.make(MadeUpSystem.libc());
                RunningDaemon daemon =
                        RunningDaemon.startOn(host, () -> onThisSystem(host), dir.resolve("state"), Map.of())) {
            ApiClient api = daemon.api();
            ForeignDomain guest = host.createForeign("theirs");
            String tty = "/local/domain/" + guest.domid() + "/console/tty";
            host.store().write(0, tty, first.path());
            String uuid = guest.uuid().toString();
            Await.until(
                    "it is listed", SOON, () -> api.get("/v1/domains/" + uuid).status() == 200);
            assertThat(first.isOpen()).isFalse();
            try (ConsoleViewer viewer = api.viewer(uuid, "")) {
                viewer.awaitControl("\"shared\":true", SOON);
                assertThat(first.isOpen()).isTrue();
                print(first, "by the first\r\n");
                viewer.awaitText("by the first\r\n", SOON);
                viewer.takeLease();
                viewer.type("keys\r");
                byte[] typed = new byte[100];
                StringBuilder got = new StringBuilder();
                Await.until("it is typed", SOON, () -> {
                    int count = first.read(typed);
                    got.append(new String(typed, 0, count, StandardCharsets.UTF_8));
                    return got.toString().equals("keys\r");
                });

                host.store().write(0, tty, second.path());
                first.close();
                Await.until("the other one is open", SOON, second::isOpen);
                print(second, "by the second\r\n");
                viewer.awaitText("by the second\r\n", SOON);
                assertThat(viewer.shown()).isEqualTo("by the first\r\nby the second\r\n");
                assertThat(viewer.breaks()).isEmpty();
            }
            Await.until("it is closed", SOON, () -> !second.isOpen());
        }
    }
}
