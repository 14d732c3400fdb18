package dev.offshoot.cli;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.Document;
import org.bson.json.JsonParseException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offshoot resolve PROJECT ID... --take ours|theirs|base|drop|none | --value JSON}. */
@Command(
        name = "resolve",
        description = {
            "Decide what a merge could not. Nothing changes on the branch before the merge goes on with --continue."
        })
final class Resolve implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project, or project~branch.")
    private String project = "";

    @Parameters(index = "1..*", paramLabel = "ID", description = "Conflicts, as 'conflicts' lists them.")
    private List<String> ids = List.of();

    @ArgGroup(exclusive = true, multiplicity = "1")
    @SuppressWarnings("NullAway.Init")
    private How how;

    static final class How {
        @Option(
                names = "--take",
                paramLabel = "ours|theirs|base|drop|none",
                description =
                        "What is there after the merge: a side's version, the one before, nothing; none: open again.")
        private @Nullable String take;

        @Option(
                names = "--value",
                paramLabel = "JSON",
                description = "What is there after the merge, as extended JSON.")
        private @Nullable String value;
    }

    @Option(names = "--all", description = "Decide all of them; see --type and --collection.")
    private boolean all;

    @Option(names = "--type", paramLabel = "TYPE", description = "With --all: those of a type, such as documentEdit.")
    private @Nullable String type;

    @Option(names = "--collection", paramLabel = "NAME", description = "With --all: those in a collection.")
    private @Nullable String collection;

    @Option(
            names = "--into",
            paramLabel = "BRANCH",
            description =
                    "With --all: the branch that is merged into. Default: the one that PROJECT names, or the default"
                            + " branch.")
    private @Nullable String into;

    Resolve(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (all != ids.isEmpty() || (!all && (type != null || collection != null || into != null))) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "name conflicts, or all of them with --all",
                    "offshoot resolve " + project + " --all --collection items --take theirs");
        }
        long resolved = 0;
        try (Target open = target.open(terminal)) {
            if (all) {
                Document which = new Document();
                append(which, "type", type);
                append(which, "collection", collection);
                Document command = command(which);
                append(command, "into", into);
                resolved = open.database(project).runCommand(command).getLong("resolved");
            }
            for (String id : ids) {
                resolved += open.database(project).runCommand(command(id)).getLong("resolved");
            }
        }
        output.to(terminal).fact(Map.of("resolved", resolved), "decided " + Replies.count(resolved, "conflict"));
        return ExitCodes.OK;
    }

    private Document command(Object what) {
        Document command = new Document("resolveConflict", what);
        append(command, "take", how.take);
        return how.value == null ? command : command.append("value", value(how.value));
    }

    private static void append(Document command, String field, @Nullable String value) {
        if (value != null) {
            command.append(field, value);
        }
    }

    private static BsonValue value(String json) {
        try {
            BsonValue value = BsonDocument.parse("{v: " + json + "}").get("v");
            if (value != null) {
                return value;
            }
        } catch (JsonParseException e) {
            throw new CliException(
                    ExitCodes.USAGE, "--value is no JSON: " + e.getMessage(), "--value '{_id: 1, qty: 4}'", e);
        }
        throw new CliException(ExitCodes.USAGE, "--value is empty", "--value '{_id: 1, qty: 4}'");
    }
}
