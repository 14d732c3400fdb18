package dev.offshoot.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offshoot undrop PROJECT BRANCH [--as NAME]}, {@code offshoot undrop PROJECT~BRANCH COLLECTION --collection [--as NAME]}. */
@Command(
        name = "undrop",
        description = "Bring back a branch that was dropped, as it was then; or a collection of a branch.")
final class Undrop implements Callable<Integer> {
    private static final List<String> COLLECTION = List.of("name", "at", "inserted", "head_lsn");

    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(
            index = "0",
            paramLabel = "PROJECT",
            description = "Name of the project; project~branch for a collection.")
    private String project = "";

    @Parameters(
            index = "1",
            paramLabel = "NAME",
            description =
                    "Name of the branch, or its id (offshoot branch list PROJECT --dropped); or of the collection.")
    private String name = "";

    @Option(names = "--as", paramLabel = "NAME", description = "Another name for what comes back.")
    private @Nullable String as;

    @Option(names = "--collection", description = "NAME is a collection.")
    private boolean collection;

    Undrop(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Document command = collection
                ? new Document("undrop", 1).append("collection", name)
                : new Document("undrop", isId() ? Long.valueOf(name) : name);
        if (as != null) {
            command.append("as", as);
        }
        try (Target open = target.open(terminal)) {
            Document reply = open.once(project, command);
            output.to(terminal)
                    .fact(
                            collection ? Replies.fields(reply, COLLECTION) : BranchList.row(reply),
                            (collection ? "collection " : "branch ") + reply.getString("name") + " of " + project
                                    + " is back");
        }
        return ExitCodes.OK;
    }

    /** A branch's name is never all digits. */
    private boolean isId() {
        return name.matches("[0-9]{1,18}");
    }
}
