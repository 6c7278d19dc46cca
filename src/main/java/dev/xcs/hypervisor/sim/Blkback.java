package dev.xcs.hypervisor.sim;

import dev.xcs.model.DeviceNumber;
import dev.xcs.model.DiskStatistics;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The block back-end in the simulated dom0's kernel: a {@link Vbd} for each directory below backend/vbd, their I/O on two threads. */
final class Blkback implements AutoCloseable {
    private static final int IO_THREADS = 2;

    private final ExecutorService io = Executors.newFixedThreadPool(IO_THREADS, BackendDriver.threads("sim-blkback"));
    private final BackendDriver<Vbd> driver;

    Blkback(SimMachine machine, SimDisks disks) {
        this.driver = new BackendDriver<>(
                machine.store(),
                "vbd",
                (domid, id, directory, frontend) ->
                        new Vbd(machine, disks, io, domid, new BackendNodes(machine.store(), directory, frontend)));
        machine.faults().onDisarm(fault -> {
            if (fault == Fault.STUCK_BLKBACK) {
                driver.run(this::unstick);
            }
        });
    }

    private void unstick() {
        driver.forEach(Vbd::unstick);
        driver.lookAtAll();
    }

    /** A device of dom0 may have changed its size. */
    void resized(DeviceNumber device) {
        driver.run(() -> driver.forEach(vbd -> {
            if (vbd.isOn(device)) {
                vbd.resized();
            }
        }));
    }

    Optional<DiskStatistics> statistics(int domid, long virtualDevice) {
        return driver.find(domid, String.valueOf(virtualDevice)).flatMap(Vbd::statistics);
    }

    /** A turn of I/O that runs is waited for; an interrupt would close the file under it. */
    @Override
    public void close() {
        io.shutdown();
        driver.close();
    }
}
