package dev.offshoot.cli;

import dev.offshoot.driver.CommandCursor;
import picocli.CommandLine.Option;

/** The form of documents that a verb prints one after the other. */
final class RowsOptions {
    enum Form {
        TEXT,
        JSON,
        NDJSON
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "text|json|ndjson",
            description = "Text for people (default); for scripts an array, or a document a line, of extended JSON.")
    private Form form = Form.TEXT;

    boolean isText() {
        return form == Form.TEXT;
    }

    /** Prints all of them for scripts. */
    void print(Terminal terminal, CommandCursor rows) {
        DiffJson printer = new DiffJson(terminal.out(), form == Form.JSON);
        while (!terminal.stop().isRequested() && !terminal.out().checkError() && rows.hasNext()) {
            printer.print(rows.next());
        }
        printer.end();
    }
}
