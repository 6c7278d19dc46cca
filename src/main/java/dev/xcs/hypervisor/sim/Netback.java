package dev.xcs.hypervisor.sim;

import java.util.concurrent.ScheduledThreadPoolExecutor;

/** The network back-end in the simulated dom0's kernel: a {@link Vif} for each directory below backend/vif, their frames on one thread. */
final class Netback implements AutoCloseable {
    private final ScheduledThreadPoolExecutor io =
            new ScheduledThreadPoolExecutor(1, BackendDriver.threads("sim-netback"));
    private final BackendDriver<Vif> driver;

    Netback(SimMachine machine, BackendNetwork network) {
        io.setRemoveOnCancelPolicy(true);
        io.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.driver = new BackendDriver<>(
                machine.store(),
                "vif",
                (domid, id, directory, frontend) -> new Vif(
                        machine,
                        network,
                        io,
                        domid,
                        Integer.parseInt(id),
                        new BackendNodes(machine.store(), directory, frontend),
                        this::lookAgain));
    }

    private void lookAgain() {
        driver.lookAtAll();
    }

    @Override
    public void close() {
        driver.close();
        io.shutdownNow();
    }
}
