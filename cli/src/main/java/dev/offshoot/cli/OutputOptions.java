package dev.offshoot.cli;

import picocli.CommandLine.Option;

/** The form of what a verb prints. */
final class OutputOptions {
    enum Form {
        TEXT,
        JSON
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "text|json",
            description = "Text for people (default), JSON for scripts.")
    private Form form = Form.TEXT;

    Output to(Terminal terminal) {
        return new Output(terminal, form == Form.JSON);
    }
}
