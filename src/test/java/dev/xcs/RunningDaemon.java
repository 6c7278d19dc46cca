package dev.xcs;

import dev.xcs.config.ConfigReader;
import dev.xcs.config.DaemonConfig.XenstoreConfig;
import dev.xcs.config.EffectiveConfig;
import dev.xcs.hypervisor.Hypervisor;
import dev.xcs.hypervisor.sim.SimHost;
import dev.xcs.testing.ApiClient;
import io.vertx.core.eventbus.EventBus;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The whole daemon in this process, on the simulated host and on free ports; everything but the process itself. */
public final class RunningDaemon implements AutoCloseable {
    private final Controller controller;
    private final Controller.Running running;
    private final Path stateDir;

    private RunningDaemon(Controller controller, Controller.Running running, Path stateDir) {
        this.controller = controller;
        this.running = running;
        this.stateDir = stateDir;
    }

    public static RunningDaemon start(Path stateDir) {
        return start(stateDir, Map.of());
    }

    /** @param settings values by key, over the defaults */
    public static RunningDaemon start(Path stateDir, Map<String, String> settings) {
        return start(new Controller(config(stateDir, settings), ""), stateDir);
    }

    /** On a host that goes on when the daemon stops, as a real one does; {@link #host} does not know it. */
    public static RunningDaemon startOn(SimHost host, Path stateDir) {
        return startOn(host, stateDir, Map.of());
    }

    /** @param settings values by key, over the defaults */
    public static RunningDaemon startOn(SimHost host, Path stateDir, Map<String, String> settings) {
        return startOn(host, host::hypervisor, stateDir, settings);
    }

    /** @param hypervisor gives another one that stands on the host */
    public static RunningDaemon startOn(
            SimHost host, Supplier<Hypervisor> hypervisor, Path stateDir, Map<String, String> settings) {
        EffectiveConfig config = config(stateDir, settings);
        XenstoreConfig xenstore = new XenstoreConfig(
                host.xenstoreSocket().toString(), config.config().xenstore().maxInFlight());
        return start(new Controller(config, () -> new Host(hypervisor, xenstore, Optional.empty())), stateDir);
    }

    private static EffectiveConfig config(Path stateDir, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(
                Map.of("hypervisor", "sim", "state-dir", stateDir.toString(), "api.port", "0", "management.port", "0"));
        all.putAll(settings);
        return ConfigReader.read(all, Map.of(), Optional.empty());
    }

    private static RunningDaemon start(Controller controller, Path stateDir) {
        return new RunningDaemon(controller, controller.start(), stateDir);
    }

    public ApiClient api() throws IOException {
        return api(Files.readString(stateDir.resolve("admin.token")).strip());
    }

    public ApiClient api(String token) {
        return new ApiClient(URI.create(running.endpoints().api()), token);
    }

    public ApiClient management() {
        return new ApiClient(URI.create(running.endpoints().management()), "none");
    }

    /** The exposition of its metrics. */
    public String metrics() {
        return management().text("/metrics");
    }

    /** The daemon's bus, to say on it what a part would. */
    public EventBus bus() {
        return running.vertx().eventBus();
    }

    public URI apiAddress() {
        return URI.create(running.endpoints().api());
    }

    public URI managementAddress() {
        return URI.create(running.endpoints().management());
    }

    /** The simulated host: its faults, and what other toolstacks do there. */
    public SimHost host() {
        return running.host().simulated().orElseThrow();
    }

    /** Stops it and gives the names of the parts that did not stop. */
    public List<String> stop() {
        return controller.stop();
    }

    @Override
    public void close() {
        stop();
    }
}
