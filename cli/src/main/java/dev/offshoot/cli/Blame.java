package dev.offshoot.cli;

import dev.offshoot.driver.CommandCursor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bson.BsonDocument;
import org.bson.Document;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code offshoot blame REF COLLECTION ID}. */
@Command(
        name = "blame",
        description = "Show for each field of a document who gave it its value, when, and in which commit.")
final class Blame implements Callable<Integer> {
    private static final List<String> COLUMNS = List.of("field", "lsn", "at", "actor", "command", "message", "value");

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

    Blame(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Reference named = Reference.of(reference);
        Document command = new Document("documentBlame", collection).append("_id", DocumentId.of(id));
        named.appendTo(command);
        try (Target open = target.open(terminal);
                CommandCursor rows = CommandCursor.open(open.mongo(), open.database(named.project()), command)) {
            if (output.isText()) {
                List<Map<String, Object>> table = new ArrayList<>();
                rows.forEachRemaining(row -> table.add(cells(row)));
                Table.of(COLUMNS, table).forEach(terminal.out()::println);
            } else {
                output.print(terminal, rows);
            }
        }
        return ExitCodes.OK;
    }

    private static Map<String, Object> cells(BsonDocument row) {
        Map<String, Object> cells = new LinkedHashMap<>();
        cells.put("field", LogRows.plain(LogRows.text(row, "path")));
        cells.put("lsn", row.getInt64("lsn").getValue());
        if (row.containsKey("at")) {
            cells.put("at", LogRows.time(row));
            cells.put("actor", LogRows.plain(LogRows.text(row, "actor")));
            cells.put("command", LogRows.text(row, "command"));
            cells.put("message", LogRows.message(row));
        }
        cells.put("value", DiffText.json(row.get("value")));
        return cells;
    }
}
