package dev.offshoot.cli;

import java.util.concurrent.Callable;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offshoot undo PROJECT [--lsn LSN | --from POSITION [--to POSITION]] [--actor TEXT] [--collection NAME]}. */
@Command(
        name = "undo",
        description = {
            "Take back what was changed above one position of a branch up to another, as one new commit.",
            "Exit code 5 where there are conflicts to be resolved first."
        })
final class Undo implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Mixin
    private final MoveOptions options = new MoveOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project, or project~branch.")
    private String project = "";

    @Option(names = "--lsn", paramLabel = "LSN", description = "Only the commit that this LSN is in.")
    private @Nullable Long lsn;

    @Option(names = "--from", paramLabel = "POSITION", description = "The position before what is taken back.")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "POSITION", description = "The last position of it. Default: the head.")
    private @Nullable String to;

    @Option(
            names = "--actor",
            paramLabel = "TEXT",
            description = "Only what was done by those whose name, as the log shows it, holds this text.")
    private @Nullable String actor;

    @Option(names = "--collection", paramLabel = "NAME", description = "Only what was done in this collection.")
    private @Nullable String collection;

    Undo(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Document command = new Document("undoChanges", 1);
        if (!options.ends()) {
            append(command, "lsn", lsn);
            append(command, "from", from);
            append(command, "to", to);
            append(command, "actor", actor);
            append(command, "collection", collection);
        }
        try (Target open = target.open(terminal)) {
            Document reply = open.once(project, options.appendTo(command));
            return options.report(terminal, output.to(terminal), reply, "undo " + project, project);
        }
    }

    private static void append(Document command, String field, @Nullable Object value) {
        if (value != null) {
            command.append(field, value);
        }
    }
}
