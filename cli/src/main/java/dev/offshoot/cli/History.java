package dev.offshoot.cli;

import dev.offshoot.driver.CommandCursor;
import java.util.concurrent.Callable;
import org.bson.BsonDocument;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offshoot history REF COLLECTION ID}. */
@Command(
        name = "history",
        description =
                "Show the versions of a document, the newest first: LSNs, time, who, command, what they did, message, and the"
                        + " document below.")
final class History implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final RowsOptions output = new RowsOptions();

    @Parameters(
            index = "0",
            paramLabel = "REF",
            description = "A project, project~branch, project~branch~LSN, project~tag.")
    private String reference = "";

    @Parameters(index = "1", paramLabel = "COLLECTION", description = "What its collection is called there.")
    private String collection = "";

    @Parameters(index = "2", paramLabel = "ID", description = DocumentId.DESCRIPTION)
    private String id = "";

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "Show so many versions at most. Default: all.")
    private @Nullable Long limit;

    History(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (limit != null && limit < 1) {
            throw new CliException(ExitCodes.USAGE, "--limit is 1 or more, not " + limit, "-n 20");
        }
        Reference named = Reference.of(reference);
        Document command = new Document("documentHistory", collection).append("_id", DocumentId.of(id));
        named.appendTo(command);
        if (limit != null) {
            command.append("limit", limit);
        }
        terminal.stop().watch();
        try (Target open = target.open(terminal);
                CommandCursor rows = CommandCursor.open(open.mongo(), open.database(named.project()), command)) {
            if (!rows.hasNext()) {
                throw new CliException(
                        ExitCodes.NOT_FOUND,
                        "'" + collection + "' never had a document with _id " + id
                                + ", as far back as the log is kept; an _id of digits is a number, '\"7\"' a string",
                        "offshoot log " + reference + " --collection " + collection);
            }
            if (output.isText()) {
                printText(rows);
            } else {
                output.print(terminal, rows);
            }
        }
        return ExitCodes.OK;
    }

    private void printText(CommandCursor rows) {
        while (!terminal.stop().isRequested() && !terminal.out().checkError() && rows.hasNext()) {
            BsonDocument row = rows.next();
            String message = LogRows.message(row);
            terminal.out()
                    .println(LogRows.head(row) + "  " + LogRows.text(row, "op")
                            + (message.isEmpty() ? "" : "  " + message));
            if (row.containsKey("document")) {
                terminal.out().println("    " + DiffText.json(row.get("document")));
            }
        }
    }
}
