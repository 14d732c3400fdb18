package dev.offshoot.cli;

import java.util.ArrayList;
import java.util.List;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** By which rules a merge goes: those of {@code merge}, of requests for one, and of all that works like one. */
final class RuleOptions {
    /** The field of a reply with what the rules say of collections that are not there. */
    static final String UNKNOWN = "unknown";

    private static final String ANY = "*";

    @Option(
            names = "--strategy",
            paramLabel = "ours|theirs",
            description = "Whose version counts wherever there would be a conflict: that of the branch, or the other.")
    private @Nullable String strategy;

    @Option(
            names = "--mode",
            paramLabel = "[COLLECTION=]MODE",
            description = "When changes of both sides are a conflict: documentTouched, fieldTouched (default),"
                    + " fieldDivergent, documentDivergent; in all other collections where none is named. Repeatable.")
    private List<String> modes = new ArrayList<>();

    @Option(
            names = "--path",
            paramLabel = "COLLECTION.PATH=STRATEGY",
            description = "What becomes of a field that both sides changed: ours, theirs, base, max, min, sum, union."
                    + " Repeatable.")
    private List<String> paths = new ArrayList<>();

    /** Adds what was given to a command. */
    void appendTo(Document command) {
        if (strategy != null) {
            command.append("strategy", strategy);
        }
        if (!modes.isEmpty()) {
            command.append("modes", modes());
        }
        if (!paths.isEmpty()) {
            command.append("paths", paths());
        }
    }

    private Document modes() {
        Document byCollection = new Document();
        for (String mode : modes) {
            int equals = mode.lastIndexOf('=');
            byCollection.append(equals < 0 ? ANY : mode.substring(0, equals), mode.substring(equals + 1));
        }
        return byCollection;
    }

    /** By collection: the collection is what stands before the first dot. */
    private Document paths() {
        Document byCollection = new Document();
        for (String path : paths) {
            int dot = path.indexOf('.');
            int equals = path.lastIndexOf('=');
            if (dot < 1 || equals < dot + 2) {
                throw new CliException(
                        ExitCodes.USAGE,
                        "'" + path + "' is no strategy for a field: a collection, a dot, the field, = and the strategy",
                        "--path items.stock.qty=sum");
            }
            String collection = path.substring(0, dot);
            Document strategies = byCollection.get(collection, new Document());
            byCollection.append(
                    collection, strategies.append(path.substring(dot + 1, equals), path.substring(equals + 1)));
        }
        return byCollection;
    }

    /** Says what of the rules said nothing. */
    static void warn(Terminal terminal, Document reply) {
        for (String name : reply.getList(UNKNOWN, String.class, List.of())) {
            terminal.err().println("  no side has a collection '" + name + "': the rules for it say nothing");
        }
    }
}
