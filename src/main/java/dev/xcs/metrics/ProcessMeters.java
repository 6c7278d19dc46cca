package dev.xcs.metrics;

import com.sun.management.UnixOperatingSystemMXBean;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/** The process_* metrics under the names that Prometheus' own client libraries gave them, and those of the JVM. */
final class ProcessMeters {
    /** Of every system that the daemon runs on; getconf PAGESIZE. */
    private static final int PAGE_BYTES = 4096;

    private static final Path STATM = Path.of("/proc/self/statm");

    private ProcessMeters() {}

    /** Blocks for some 100 ms at the first call. The answer is what must stay open: the listeners of the garbage collector. */
    static JvmGcMetrics bind(MeterRegistry meters) {
        new JvmMemoryMetrics().bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        JvmGcMetrics collector = new JvmGcMetrics();
        collector.bindTo(meters);
        bindProcess(meters);
        return collector;
    }

    private static void bindProcess(MeterRegistry meters) {
        long startMillis = ManagementFactory.getRuntimeMXBean().getStartTime();
        gauge(
                meters,
                "process.start.time.seconds",
                "Start of the process since the epoch.",
                () -> startMillis / 1000.0);
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean os) {
            FunctionCounter.builder("process.cpu.seconds", os, bean -> bean.getProcessCpuTime() / 1e9)
                    .description("Cpu time spent, user and system.")
                    .register(meters);
            gauge(meters, "process.open.fds", "Open file descriptors.", os::getOpenFileDescriptorCount);
            gauge(meters, "process.max.fds", "The limit on open file descriptors.", os::getMaxFileDescriptorCount);
        }
        if (Files.isReadable(STATM)) {
            gauge(meters, "process.resident.memory.bytes", "Resident memory.", ProcessMeters::residentBytes);
        }
    }

    private static void gauge(MeterRegistry meters, String name, String help, Supplier<Number> value) {
        Gauge.builder(name, value).description(help).strongReference(true).register(meters);
    }

    private static double residentBytes() {
        try {
            return Double.parseDouble(Files.readString(STATM).split(" ", 3)[1]) * PAGE_BYTES;
        } catch (IOException e) {
            return Double.NaN;
        }
    }
}
