package dev.offshoot.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Columns of text, each as wide as its widest cell; numbers to the right. */
final class Table {
    private static final String GAP = "  ";

    private Table() {}

    /** A head line and one line a row. */
    static List<String> of(List<String> columns, List<Map<String, Object>> rows) {
        List<List<String>> cells = new ArrayList<>();
        cells.add(columns.stream().map(Table::title).toList());
        for (Map<String, Object> row : rows) {
            cells.add(columns.stream().map(column -> text(row.get(column))).toList());
        }
        boolean[] numbers = new boolean[columns.size()];
        for (int i = 0; i < numbers.length; i++) {
            String column = columns.get(i);
            numbers[i] = !rows.isEmpty() && rows.stream().allMatch(row -> row.get(column) instanceof Number);
        }
        return lines(cells, numbers);
    }

    /** One line a field. */
    static List<String> ofFields(Map<String, Object> value) {
        List<List<String>> cells = new ArrayList<>();
        value.forEach((name, content) -> cells.add(List.of(title(name), text(content))));
        return lines(cells, new boolean[2]);
    }

    private static List<String> lines(List<List<String>> cells, boolean[] numbers) {
        int[] widths = new int[numbers.length];
        for (List<String> row : cells) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        return cells.stream().map(row -> line(row, widths, numbers)).toList();
    }

    private static String line(List<String> row, int[] widths, boolean[] numbers) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String padding = " ".repeat(widths[i] - width(row.get(i)));
            line.append(i == 0 ? "" : GAP)
                    .append(numbers[i] ? padding : "")
                    .append(row.get(i))
                    .append(numbers[i] ? "" : padding);
        }
        return line.toString().stripTrailing();
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }

    private static String title(String field) {
        return field.replace('_', ' ').replaceAll("(?<=[a-z])(?=[A-Z])", " ").toUpperCase(Locale.ROOT);
    }

    private static String text(@Nullable Object value) {
        if (value == null) {
            return "-";
        }
        boolean nested = value instanceof Map
                || (value instanceof List<?> list && list.stream().anyMatch(Map.class::isInstance));
        return nested ? Json.line(value) : value.toString();
    }
}
