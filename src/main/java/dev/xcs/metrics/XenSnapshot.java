package dev.xcs.metrics;

import dev.xcs.model.DiskCount;
import dev.xcs.model.DiskStatistics;
import dev.xcs.model.Domain;
import dev.xcs.model.HostInfo;
import dev.xcs.model.VifCount;
import dev.xcs.model.VifStatistics;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What was last collected of the host and its domains, as series. A domain that is gone has none; when a collection fails the last
 * values stay, and the collector's own series tell how old they are.
 */
final class XenSnapshot implements MultiCollector {
    /** How one kind of collection went. */
    record Outcome(boolean success, double seconds, double lastSuccessSeconds) {}

    private volatile List<MetricSnapshot> host = List.of();
    private volatile List<MetricSnapshot> domains = List.of();
    private volatile List<MetricSnapshot> disks = List.of();
    private volatile List<MetricSnapshot> vifs = List.of();
    private final Map<String, Outcome> outcomes = new ConcurrentHashMap<>();

    void show(HostInfo info) {
        host = List.of(
                Series.info("xen_host", "The host.")
                        .add(1, "xen_version", info.xenVersion(), "simulated", Boolean.toString(info.simulated()))
                        .build(),
                Series.gauge("xen_host_cpus", "Physical cpus.").add(info.cpus()).build(),
                Series.gauge("xen_host_memory_bytes", "Memory of the host.")
                        .add(info.totalMemoryKib() * 1024.0)
                        .build(),
                Series.gauge("xen_host_memory_free_bytes", "Memory that no domain has.")
                        .add(info.freeMemoryKib() * 1024.0)
                        .build());
    }

    void show(List<Domain> all) {
        Series info = Series.info("xen_domain", "A domain; its other series carry the uuid only.");
        Series cpu = Series.counter("xen_domain_cpu_seconds", "Cpu time used since the domain's boot.");
        Series memory = Series.gauge("xen_domain_memory_bytes", "Memory that the domain has.");
        Series vcpus = Series.gauge("xen_domain_vcpus", "Virtual cpus that are online.");
        for (Domain domain : all) {
            String uuid = domain.uuid().toString();
            info.add(
                    1,
                    "uuid",
                    uuid,
                    "name",
                    domain.name(),
                    "domid",
                    Integer.toString(domain.domid()),
                    "kind",
                    domain.type().json(),
                    "managed",
                    Boolean.toString(domain.managed()));
            cpu.add(domain.cpuSeconds(), "uuid", uuid);
            memory.add(domain.memoryMib() * 1048576.0, "uuid", uuid);
            vcpus.add(domain.vcpus(), "uuid", uuid);
        }
        domains = List.of(info.build(), cpu.build(), memory.build(), vcpus.build());
    }

    /** Counted from where the disk was attached: it begins anew with every boot. */
    void showDisks(List<DiskCount> counts) {
        disks = List.of(
                disk("xen_domain_disk_reads", "Read requests of the guest.", counts, DiskStatistics::reads),
                disk("xen_domain_disk_writes", "Write requests of the guest.", counts, DiskStatistics::writes),
                disk("xen_domain_disk_read_bytes", "Bytes the guest has read.", counts, DiskStatistics::readBytes),
                disk("xen_domain_disk_written_bytes", "Bytes it has written.", counts, DiskStatistics::writtenBytes),
                disk("xen_domain_disk_flushes", "Flush requests of the guest.", counts, DiskStatistics::flushes),
                disk("xen_domain_disk_discards", "Discard requests.", counts, DiskStatistics::discards),
                disk("xen_domain_disk_errors", "Requests that failed.", counts, DiskStatistics::errors),
                disk("xen_domain_disk_ring_full", "How often requests were put off.", counts, DiskStatistics::ringFull),
                disk(
                        "xen_domain_disk_read_seconds",
                        "Time that reads of the device behind it took.",
                        counts,
                        count -> count.readTimeMillis() / 1000.0),
                disk(
                        "xen_domain_disk_write_seconds",
                        "Time that writes of the device behind it took.",
                        counts,
                        count -> count.writeTimeMillis() / 1000.0),
                size(counts));
    }

    private static MetricSnapshot disk(
            String name, String help, List<DiskCount> counts, ToDoubleFunction<DiskStatistics> value) {
        Series series = Series.counter(name, help);
        counts.forEach(one -> series.add(
                value.applyAsDouble(one.statistics()), "uuid", one.uuid().toString(), "vdev", one.vdev()));
        return series.build();
    }

    private static MetricSnapshot size(List<DiskCount> counts) {
        Series series = Series.gauge("xen_domain_disk_size_bytes", "What the guest sees.");
        counts.forEach(one -> series.add(one.sizeBytes(), "uuid", one.uuid().toString(), "vdev", one.vdev()));
        return series.build();
    }

    /** From the guest's point of view, counted since its boot. */
    void showVifs(List<VifCount> counts) {
        vifs = List.of(
                vif("xen_domain_vif_receive_bytes", "Bytes the guest received.", counts, VifStatistics::receivedBytes),
                vif("xen_domain_vif_receive_packets", "Frames it received.", counts, VifStatistics::receivedPackets),
                vif("xen_domain_vif_receive_drops", "Frames it did not take.", counts, VifStatistics::receiveDrops),
                vif(
                        "xen_domain_vif_receive_errors",
                        "Frames for it that failed.",
                        counts,
                        VifStatistics::receiveErrors),
                vif("xen_domain_vif_transmit_bytes", "Bytes the guest sent.", counts, VifStatistics::transmittedBytes),
                vif("xen_domain_vif_transmit_packets", "Frames it sent.", counts, VifStatistics::transmittedPackets),
                vif("xen_domain_vif_transmit_drops", "Frames dom0 did not take.", counts, VifStatistics::transmitDrops),
                vif(
                        "xen_domain_vif_transmit_errors",
                        "Frames of it that failed.",
                        counts,
                        VifStatistics::transmitErrors),
                vif("xen_domain_vif_filtered", "Frames it may not send, stopped.", counts, VifStatistics::filtered));
    }

    private static MetricSnapshot vif(
            String name, String help, List<VifCount> counts, ToDoubleFunction<VifStatistics> value) {
        Series series = Series.counter(name, help);
        counts.forEach(one -> series.add(
                value.applyAsDouble(one.statistics()),
                "uuid",
                one.uuid().toString(),
                "vif",
                Integer.toString(one.index())));
        return series.build();
    }

    void succeeded(String collector, double seconds, double nowSeconds) {
        outcomes.put(collector, new Outcome(true, seconds, nowSeconds));
    }

    void failed(String collector, double seconds) {
        outcomes.compute(collector, (name, last) -> new Outcome(false, seconds, lastSuccess(last)));
    }

    private static double lastSuccess(@Nullable Outcome last) {
        return last == null ? 0 : last.lastSuccessSeconds();
    }

    @Override
    public MetricSnapshots collect() {
        List<MetricSnapshot> all = new ArrayList<>(host);
        all.addAll(domains);
        all.addAll(disks);
        all.addAll(vifs);
        Series success = Series.gauge("xcs_collector_success", "Whether the last collection succeeded.");
        Series duration = Series.gauge("xcs_collector_duration_seconds", "How long the last collection took.");
        Series last = Series.gauge("xcs_collector_last_success_timestamp_seconds", "When one succeeded last.");
        outcomes.forEach((collector, outcome) -> {
            success.add(outcome.success() ? 1 : 0, "collector", collector);
            duration.add(outcome.seconds(), "collector", collector);
            last.add(outcome.lastSuccessSeconds(), "collector", collector);
        });
        all.addAll(List.of(success.build(), duration.build(), last.build()));
        return new MetricSnapshots(all);
    }
}
