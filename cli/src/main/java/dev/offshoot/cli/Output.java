package dev.offshoot.cli;

import java.util.List;
import java.util.Map;

/** Prints the result of a verb: rows and facts for people, or one JSON value for scripts. */
record Output(Terminal terminal, boolean json) {
    /** One thing that was done or asked for, with a sentence about it. */
    void fact(Map<String, Object> value, String sentence) {
        terminal.out().println(json ? Json.line(value) : sentence);
    }

    /** Things of one kind. The columns are the fields that people see, in order. */
    void rows(List<Map<String, Object>> rows, List<String> columns) {
        if (json) {
            terminal.out().println(Json.pretty(rows));
        } else {
            Table.of(columns, rows).forEach(terminal.out()::println);
        }
    }

    /** One thing with all its fields. */
    void fields(Map<String, Object> value) {
        if (json) {
            terminal.out().println(Json.pretty(value));
        } else {
            Table.ofFields(value).forEach(terminal.out()::println);
        }
    }
}
