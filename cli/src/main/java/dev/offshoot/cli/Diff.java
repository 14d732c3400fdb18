package dev.offshoot.cli;

import dev.offshoot.driver.CommandCursor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.bson.BsonDocument;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offshoot diff PROJECT [FROM [TO]]}. */
@Command(
        name = "diff",
        description = {
            "Show what differs between two positions of a project: collections, their options and indexes, documents, fields.",
            "A position is a branch, branch~LSN, branch~TIME, a tag, or an LSN or ISO time of the branch that PROJECT names."
        })
final class Diff implements Callable<Integer> {
    private static final String BETWEEN = "..";
    private static final String SINCE_COMMON = "...";

    private final Terminal terminal;

    enum Form {
        TEXT,
        JSON,
        NDJSON
    }

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Parameters(
            index = "0",
            paramLabel = "PROJECT",
            description = "Name of the project, or project~branch. Alone: what the branch has that its parent has not.")
    private String project = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FROM",
            description =
                    "The position before, or both as FROM..TO. FROM...TO is what TO has that FROM has not: from what"
                            + " they have in common.")
    private @Nullable String from;

    @Parameters(
            index = "2",
            arity = "0..1",
            paramLabel = "TO",
            description = "The position after. Default: what PROJECT names.")
    private @Nullable String to;

    @Option(names = "--stat", description = "Only count the documents of each collection that differ.")
    private boolean stat;

    @Option(names = "--summary", description = "Only collections, options and indexes; no documents.")
    private boolean summary;

    @Option(
            names = "--collection",
            paramLabel = "NAME",
            description = "Only this collection, by its name before or after. Repeatable.")
    private List<String> collections = new ArrayList<>();

    @Option(names = "--whole", description = "Show whole documents before and after in place of fields.")
    private boolean whole;

    @Option(names = "--exit-code", description = "Exit with 6 when anything differs.")
    private boolean exitCode;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "text|json|ndjson",
            description = "Text for people (default); for scripts an array, or a document a line, of extended JSON.")
    private Form form = Form.TEXT;

    Diff(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Document command = command();
        boolean differs;
        try (Target open = target.open(terminal);
                CommandCursor events = CommandCursor.open(open.mongo(), open.database(project), command)) {
            differs = print(events);
        }
        return differs && exitCode ? ExitCodes.DIFFERENT : ExitCodes.OK;
    }

    private Document command() {
        String one = from;
        String other = to;
        boolean common = false;
        int between = one == null || other != null ? -1 : one.indexOf(BETWEEN);
        if (one != null && between >= 0) {
            common = one.startsWith(SINCE_COMMON, between);
            other = one.substring(between + (common ? SINCE_COMMON : BETWEEN).length());
            one = one.substring(0, between);
            if (other.startsWith(".") || other.contains(BETWEEN)) {
                throw new CliException(
                        ExitCodes.USAGE,
                        "'" + from + "' is not two positions",
                        "offshoot diff " + project + " FROM..TO, or FROM...TO from what they have in common");
            }
        }
        Document command = new Document("diffBranches", 1)
                .append("mergeBase", common)
                .append("stat", stat)
                .append("summary", summary)
                .append("fields", !whole);
        append(command, "from", one);
        append(command, "to", other);
        return collections.isEmpty() ? command : command.append("collections", collections);
    }

    private static void append(Document command, String field, @Nullable String position) {
        if (position != null && !position.isEmpty()) {
            command.append(field, position);
        }
    }

    /** Answers whether there is a difference. */
    private boolean print(CommandCursor events) {
        DiffPrinter printer = switch (form) {
            case TEXT -> new DiffText(terminal.out(), name(events, "from") + " -> " + name(events, "to"));
            case JSON -> new DiffJson(terminal.out(), true);
            case NDJSON -> new DiffJson(terminal.out(), false);
        };
        boolean differs = false;
        while (!terminal.stop().isRequested() && !terminal.out().checkError() && events.hasNext()) {
            differs = true;
            printer.print(events.next());
        }
        printer.end();
        return differs;
    }

    private String name(CommandCursor events, String side) {
        BsonDocument position = events.reply().getDocument(side);
        int branch = Math.max(project.indexOf('~'), project.indexOf('@'));
        return (branch < 0 ? project : project.substring(0, branch)) + "~"
                + position.getString("branch").getValue() + "~"
                + position.getInt64("lsn").getValue();
    }
}
