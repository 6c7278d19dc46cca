package dev.xcs.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** Builds all series of one metric. */
final class Series {
    private final BiConsumer<Double, Labels> point;
    private final Supplier<MetricSnapshot> snapshot;

    private Series(BiConsumer<Double, Labels> point, Supplier<MetricSnapshot> snapshot) {
        this.point = point;
        this.snapshot = snapshot;
    }

    static Series gauge(String name, String help) {
        GaugeSnapshot.Builder builder = GaugeSnapshot.builder().name(name).help(help);
        return new Series(
                (value, labels) -> builder.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .value(value)
                        .labels(labels)
                        .build()),
                builder::build);
    }

    /**
     * @param name without {@code _total}, which is added when it is written
     */
    static Series counter(String name, String help) {
        CounterSnapshot.Builder builder = CounterSnapshot.builder().name(name).help(help);
        return new Series(
                (value, labels) -> builder.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                        .value(value)
                        .labels(labels)
                        .build()),
                builder::build);
    }

    /**
     * @param name without {@code _info}, which is added when it is written
     */
    static Series info(String name, String help) {
        InfoSnapshot.Builder builder = InfoSnapshot.builder().name(name).help(help);
        return new Series(
                (value, labels) -> builder.dataPoint(InfoSnapshot.InfoDataPointSnapshot.builder()
                        .labels(labels)
                        .build()),
                builder::build);
    }

    /**
     * @param labels name, value, name, value ...
     */
    Series add(double value, String... labels) {
        point.accept(value, Labels.of(labels));
        return this;
    }

    MetricSnapshot build() {
        return snapshot.get();
    }
}
