package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.Hypervisor;
import dev.xcs.hypervisor.HypervisorContract;
import dev.xcs.model.BuiltDomain;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The contract on the simulated host. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SimHypervisorTest extends HypervisorContract {
    private SimHost host;

    @BeforeAll
    void switchOn(@TempDir Path stateDir) {
        host = SimHost.start(SimHostOptions.defaults().withBootTime(Duration.ofMillis(20)), stateDir);
    }

    @AfterAll
    void switchOff() {
        host.close();
    }

    @Override
    protected Hypervisor open() {
        return host.hypervisor();
    }

    @Override
    protected String kernel() {
        return "sim:linux";
    }

    @Override
    protected String prompt() {
        return "# ";
    }

    @Override
    protected void publish(int domid, BuiltDomain built) {
        try (StoreClient store = new StoreClient(host.xenstoreSocket())) {
            ForeignToolstack.publish(
                    store, new ForeignDomain(domid, UUID.randomUUID(), "contract"), built, memoryMib());
        }
    }

    @Override
    protected void provokeLogLine() {
        host.createForeign("crashing", "sim:linux", 64, "sim.crash-at-boot");
    }

    @Override
    protected void unpublish(int domid) {
        host.store().remove(0, "/local/domain/" + domid);
    }
}
