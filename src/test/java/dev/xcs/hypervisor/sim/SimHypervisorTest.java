package dev.xcs.hypervisor.sim;

import dev.xcs.hypervisor.Hypervisor;
import dev.xcs.hypervisor.HypervisorContract;
import dev.xcs.model.BuiltDomain;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** The contract on the simulated hypervisor alone, without its xenstored. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SimHypervisorTest extends HypervisorContract {
    private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(2);
    private final MemoryStore store = new MemoryStore();
    private SimMachine machine;

    @BeforeAll
    void switchOn() {
        SimHostOptions options = SimHostOptions.defaults().withBootTime(Duration.ofMillis(20));
        machine = new SimMachine(options, new Faults(), new DomainTable(), store, executor);
    }

    @AfterAll
    void switchOff() {
        machine.close();
        executor.shutdownNow();
    }

    @Override
    protected Hypervisor open() {
        return new SimHypervisor(machine);
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
        store.introduce(domid);
    }
}
