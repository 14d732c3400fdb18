package dev.offshoot.cli;

import dev.offshoot.driver.CommandCursor;
import java.util.List;
import java.util.concurrent.Callable;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offshoot log [REF]}. */
@Command(
        name = "log",
        description = {
            "Show the commits that a branch or a position sees, the newest first: LSNs, time, who, command, branch, collections, message.",
            "A position is a branch, branch~LSN, branch~TIME, a tag, or an LSN or ISO time of the branch that REF names."
        })
final class Log implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final RowsOptions output = new RowsOptions();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "REF",
            description = "A project, project~branch, project~branch~LSN, project~tag. Default: the only project.")
    private @Nullable String reference;

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "Show so many commits at most. Default: all.")
    private @Nullable Long limit;

    @Option(names = "--stat", description = "Count the documents that each commit touched.")
    private boolean stat;

    @Option(
            names = {"-p", "--patch"},
            description = "Show what each commit did to each document.")
    private boolean patch;

    @Option(
            names = "--graph",
            description = "Draw how commits hang together; shows those too that came by merges. Not with filters.")
    private boolean graph;

    @Option(names = "--actor", paramLabel = "TEXT", description = "Only commits of whose name this is a part.")
    private @Nullable String actor;

    @Option(names = "--since", paramLabel = "POSITION", description = "Only what this position does not see.")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "POSITION", description = "Only what this position sees too.")
    private @Nullable String until;

    @Option(
            names = "--collection",
            paramLabel = "NAME",
            description = "Only commits that touched a collection that was called so then.")
    private @Nullable String collection;

    @Option(
            names = "--id",
            paramLabel = "ID",
            description = "Only commits that made a version of the document with this _id; needs --collection.")
    private @Nullable String id;

    Log(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Document command = options();
        terminal.stop().watch();
        try (Target open = target.open(terminal)) {
            Reference named = reference == null ? Reference.ofOnlyProject(open, "log") : Reference.of(reference);
            Document whole = new Document("branchLog", named.position() == null ? 1 : named.position());
            whole.putAll(command);
            try (CommandCursor rows = CommandCursor.open(open.mongo(), open.database(named.project()), whole)) {
                print(rows);
            }
        }
        return ExitCodes.OK;
    }

    private Document options() {
        if (limit != null && limit < 1) {
            throw new CliException(ExitCodes.USAGE, "--limit is 1 or more, not " + limit, "-n 20");
        }
        if (id != null && collection == null) {
            throw new CliException(
                    ExitCodes.USAGE, "--id is that of a document in a collection", "--collection NAME --id ID");
        }
        Document command = new Document("patch", patch).append("graph", graph);
        append(command, "limit", limit);
        append(command, "actor", actor);
        append(command, "since", since);
        append(command, "until", until);
        append(command, "collection", collection);
        append(command, "_id", id == null ? null : DocumentId.of(id));
        return command;
    }

    private static void append(Document command, String field, @Nullable Object value) {
        if (value != null) {
            command.append(field, value);
        }
    }

    private void print(CommandCursor rows) {
        if (output.isText()) {
            printText(rows);
        } else {
            output.print(terminal, rows);
        }
    }

    private void printText(CommandCursor rows) {
        GraphLanes lanes = new GraphLanes();
        List<Long> parents = List.of();
        long commits = 0;
        while (!isStopped() && rows.hasNext()) {
            BsonDocument row = rows.next();
            if (row.containsKey("part")) {
                about(lanes, LogRows.patch(row));
                continue;
            }
            lines(lanes.behind(parents));
            commits++;
            parents = parents(row);
            if (graph) {
                List<String> drawn = lanes.commit(row.getInt64("lsn").getValue(), parents);
                lines(drawn.subList(0, drawn.size() - 1));
                terminal.out().println(drawn.get(drawn.size() - 1) + LogRows.commit(row));
            } else {
                terminal.out().println(LogRows.commit(row));
            }
            if (stat) {
                about(lanes, LogRows.stat(row));
            }
            if (patch) {
                about(lanes, LogRows.patch(row));
            }
        }
        long first = rows.reply().getInt64("first_lsn").getValue();
        if (first > 1 && since == null && (limit == null || commits < limit) && !isStopped()) {
            terminal.out().println("(what was before LSN " + first + " is no longer kept)");
        }
    }

    private static List<Long> parents(BsonDocument row) {
        return row.containsKey("parents")
                ? row.getArray("parents").stream().map(Log::lsn).toList()
                : List.of();
    }

    private static Long lsn(BsonValue value) {
        return value.asInt64().getValue();
    }

    private void about(GraphLanes lanes, List<String> lines) {
        lines.forEach(line -> terminal.out().println(graph ? lanes.margin() + line : line));
    }

    private void lines(List<String> lines) {
        lines.forEach(terminal.out()::println);
    }

    private boolean isStopped() {
        return terminal.stop().isRequested() || terminal.out().checkError();
    }
}
