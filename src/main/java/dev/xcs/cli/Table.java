package dev.xcs.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Columns for people; a heading that starts with {@code >} is a column that is aligned to the right. */
final class Table {
    private final List<String> headings;
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... headings) {
        this.headings = List.of(headings);
        rows.add(this.headings.stream().map(heading -> heading.replace(">", "")).toList());
    }

    void row(Object... cells) {
        rows.add(IntStream.range(0, cells.length)
                .mapToObj(i -> Visible.line(String.valueOf(cells[i])))
                .toList());
    }

    void print(PrintStream out) {
        int[] widths = IntStream.range(0, headings.size()).map(this::width).toArray();
        rows.forEach(row -> out.println(line(row, widths)));
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }

    private String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            String space = " ".repeat(widths[i] - row.get(i).length());
            line.append(headings.get(i).startsWith(">") ? space + row.get(i) : row.get(i) + space)
                    .append("  ");
        }
        return line.toString().stripTrailing();
    }
}
