package dev.offshoot.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.bson.BsonDocument;
import org.bson.Document;
import org.bson.json.JsonParseException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offshoot restore PROJECT COLLECTION [--at POSITION] [--id ID | --filter JSON] [--as NAME] [--dry-run]}. */
@Command(
        name = "restore",
        description = {
            "Make a collection, or documents of it, what it was at a position, as one new commit.",
            "A collection that was dropped comes back; without --at, as it was right before.",
            "Whole projects are restored from archives by: offshoot wal restore."
        })
final class Restore implements Callable<Integer> {
    private static final List<String> FIELDS = List.of(
            "name", "at", "created", "inserted", "updated", "deleted", "altered", "changed", "head_lsn", "dryRun");

    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project, or project~branch.")
    private String project = "";

    @Parameters(index = "1", paramLabel = "COLLECTION", description = "Name of the collection.")
    private String collection = "";

    @Option(
            names = "--at",
            paramLabel = "POSITION",
            description = "A branch, branch~LSN, branch~TIME, a tag, or an LSN or ISO time of the branch itself.")
    private @Nullable String at;

    @ArgGroup(exclusive = true)
    private @Nullable Documents documents;

    @Option(names = "--as", paramLabel = "NAME", description = "Restore the collection under another name.")
    private @Nullable String as;

    @Option(names = "--dry-run", description = "Only count what it would change.")
    private boolean dryRun;

    static final class Documents {
        @Option(names = "--id", paramLabel = "ID", description = "Only the document with this _id: JSON, or a text.")
        private @Nullable String id;

        @Option(
                names = "--filter",
                paramLabel = "JSON",
                description = "Only documents that match, as they are now or as they were then.")
        private @Nullable String filter;
    }

    Restore(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Document command = command();
        try (Target open = target.open(terminal)) {
            Document reply = open.once(project, command);
            output.to(terminal).fact(Replies.fields(reply, FIELDS), sentence(reply));
        }
        return ExitCodes.OK;
    }

    private Document command() {
        Document command = new Document("restore", collection);
        if (at != null) {
            command.append("at", at);
        }
        if (as != null) {
            command.append("as", as);
        }
        Documents some = documents;
        if (some != null && some.id != null) {
            command.append("_id", DocumentId.of(some.id));
        } else if (some != null && some.filter != null) {
            command.append("filter", filter(some.filter));
        }
        return dryRun ? command.append("dryRun", true) : command;
    }

    private static BsonDocument filter(String text) {
        try {
            return BsonDocument.parse(text);
        } catch (JsonParseException e) {
            throw new CliException(
                    ExitCodes.USAGE, "--filter is no JSON: " + e.getMessage(), "--filter '{\"sku\": 7}'", e);
        }
    }

    private String sentence(Document reply) {
        String what = project + " " + reply.get("name");
        if (!dryRun && !reply.getBoolean("changed")) {
            return what + " is what it was at " + reply.get("at") + " already";
        }
        return (dryRun ? "would restore " : "restored ") + what + " to " + reply.get("at") + ": "
                + reply.get("inserted")
                + " inserted, " + reply.get("updated") + " updated, " + reply.get("deleted") + " deleted, "
                + reply.get("altered") + " options and indexes altered"
                + (dryRun ? "" : "; now at LSN " + reply.get("head_lsn"));
    }
}
