package dev.xcs.hypervisor.sim;

import dev.xcs.model.Problem;
import dev.xcs.platform.Dom0;
import java.time.Duration;

/**
 * What the simulated host is like.
 *
 * @param dom0 what dom0 runs, by which its back-ends and its commands behave
 * @param memoryMib memory of the whole host
 * @param dom0MemoryMib what dom0 has of it
 * @param cpus physical cpus
 * @param bootTime how long a guest takes from its first line to its prompt, unless its command line says otherwise
 * @param slowness how long the faults that are slow take
 * @param faults what is armed from the start, see {@link Faults}
 */
public record SimHostOptions(
        Dom0 dom0, int memoryMib, int dom0MemoryMib, int cpus, Duration bootTime, Duration slowness, String faults) {
    public SimHostOptions {
        atLeast("memoryMib", memoryMib, 1024);
        atLeast("dom0MemoryMib", dom0MemoryMib, 256);
        atLeast("cpus", cpus, 1);
        if (dom0MemoryMib > memoryMib - 256) {
            throw Problem.invalidField("dom0MemoryMib", dom0MemoryMib, "at most " + (memoryMib - 256))
                    .toException();
        }
    }

    /** Linux in dom0, 16 GiB, 8 cpus, no faults. */
    public static SimHostOptions defaults() {
        return new SimHostOptions(Dom0.LINUX, 16384, 2048, 8, Duration.ofMillis(1200), Duration.ofSeconds(2), "");
    }

    public SimHostOptions withDom0(Dom0 value) {
        return new SimHostOptions(value, memoryMib, dom0MemoryMib, cpus, bootTime, slowness, faults);
    }

    public SimHostOptions withMemoryMib(int value) {
        return new SimHostOptions(dom0, value, dom0MemoryMib, cpus, bootTime, slowness, faults);
    }

    public SimHostOptions withBootTime(Duration value) {
        return new SimHostOptions(dom0, memoryMib, dom0MemoryMib, cpus, value, slowness, faults);
    }

    public SimHostOptions withSlowness(Duration value) {
        return new SimHostOptions(dom0, memoryMib, dom0MemoryMib, cpus, bootTime, value, faults);
    }

    public SimHostOptions withFaults(String value) {
        return new SimHostOptions(dom0, memoryMib, dom0MemoryMib, cpus, bootTime, slowness, value);
    }

    private static void atLeast(String field, int value, int least) {
        if (value < least) {
            throw Problem.invalidField(field, value, "at least " + least).toException();
        }
    }
}
