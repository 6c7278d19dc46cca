package dev.xcs.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Turns samples (lines of {@code row side value}, tabs between, side {@code ours} or {@code theirs}) into the table of the budgets and
 * into JSON. Arguments: the samples' file, the JSON file. A ratio is that of the medians of one run; a row without samples is shown as
 * not measured, never left out.
 */
public final class BenchReport {
    private static final PrintStream OUT = System.out;

    /** The budgets; {@code atMost} false: the ratio has to be at least the bound. Without a peer the bound is on our own median. */
    private enum Row {
        CREATE_PAUSED(
                "create-paused", "s", "lab: create to paused, small PV guest, against xl create -p", 0.25, true, true),
        CREATE_LINUX("create-linux", "s", "lab: the same, Debian's cloud kernel and ramdisk, cached", 0.35, true, true),
        CREATE_PVH("create-pvh", "s", "lab: the same kernel and ramdisk as PVH", 0.3, true, true),
        CREATE_DISK(
                "create-disk",
                "s",
                "lab: create with a disk until it is connected, against xl create",
                0.25,
                true,
                true),
        DEVICES_PAUSED(
                "devices-paused",
                "s",
                "lab: a vif and a vbd, to both ready, paused, against xl create -p",
                0.1,
                true,
                true),
        DEVICES_CONNECTED(
                "devices-connected",
                "s",
                "lab: the same, running, to both Connected, against xl create",
                0.1,
                true,
                true),
        LIST("list", "s", "lab: GET /v1/domains, against xl list", 0.03, true, true),
        START("start-to-ready", "s", "simulated host: start to ready", 1.5, true, false),
        EVENTS("event-latency", "ms", "simulated host: event to websocket, p99 at 10,000/s", 10, true, false),
        CONSOLE("console-rate", "MiB/s", "simulated host: one guest's console to ten viewers", 20, false, false),
        CONSOLE_LAB(
                "console-lab", "MiB/s", "lab: the same, against xl console on xenconsoled with one", 3.0, false, true),
        XENSTORE("xenstore-operations", "1/s", "xenstore client, against the C client, C xenstored", 3.0, false, true);

        private final String id;
        private final String unit;
        private final String title;
        private final double bound;
        private final boolean atMost;
        private final boolean ratio;

        Row(String id, String unit, String title, double bound, boolean atMost, boolean ratio) {
            this.id = id;
            this.unit = unit;
            this.title = title;
            this.bound = bound;
            this.atMost = atMost;
            this.ratio = ratio;
        }
    }

    private BenchReport() {}

    public static void main(String[] arguments) throws Exception {
        List<String[]> samples = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            String[] parts = line.split("\t", -1);
            if (parts.length == 3) {
                samples.add(parts);
            }
        }
        ObjectMapper json = new ObjectMapper();
        ArrayNode rows = json.createArrayNode();
        OUT.printf("%-62s %24s %24s %8s %9s%n", "row", "ours: median (min-max) n", "theirs", "ratio", "budget");
        for (Row row : Row.values()) {
            rows.add(
                    report(row, values(samples, row, "ours"), values(samples, row, "theirs"), json.createObjectNode()));
        }
        json.writerWithDefaultPrettyPrinter().writeValue(Path.of(arguments[1]).toFile(), rows);
    }

    private static ObjectNode report(Row row, List<Double> ours, List<Double> theirs, ObjectNode node) {
        node.put("row", row.id).put("title", row.title).put("unit", row.unit).put("budget", row.bound);
        node.set("ours", node.pojoNode(ours));
        node.set("theirs", node.pojoNode(theirs));
        // A peer that did nothing is no measure: anything is infinitely many times as much.
        boolean measured = !ours.isEmpty() && (!row.ratio || (!theirs.isEmpty() && median(theirs) > 0));
        if (!measured) {
            OUT.printf("%-62s %24s %24s %8s %9s%n", row.title, "not measured", "", "", budget(row));
            return node.put("measured", false);
        }
        double figure = row.ratio ? median(ours) / median(theirs) : median(ours);
        boolean met = row.atMost ? figure <= row.bound : figure >= row.bound;
        OUT.printf(
                Locale.ROOT,
                "%-62s %24s %24s %8.3f %9s %s%n",
                row.title,
                spread(ours),
                spread(theirs),
                figure,
                budget(row),
                met ? "met" : "MISSED");
        return node.put("measured", true).put("figure", figure).put("met", met);
    }

    private static String budget(Row row) {
        return (row.atMost ? "<= " : ">= ") + row.bound;
    }

    private static List<Double> values(List<String[]> samples, Row row, String side) {
        return samples.stream()
                .filter(sample -> sample[0].equals(row.id) && sample[1].equals(side))
                .map(sample -> Double.parseDouble(sample[2]))
                .sorted()
                .toList();
    }

    private static double median(List<Double> sorted) {
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    private static String spread(List<Double> sorted) {
        if (sorted.isEmpty()) {
            return "";
        }
        return String.format(
                Locale.ROOT,
                "%.4g (%.3g-%.3g) %d",
                median(sorted),
                sorted.get(0),
                sorted.get(sorted.size() - 1),
                sorted.size());
    }
}
