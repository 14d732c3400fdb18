package dev.offshoot.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.bson.Document;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offshoot reflog PROJECT}. */
@Command(
        name = "reflog",
        description = "List where a branch's head was before resets, merges, undos and renames, the newest first.")
final class Reflog implements Callable<Integer> {
    private static final List<String> COLUMNS = List.of("lsn", "before", "command", "from", "at", "actor", "message");

    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project, or project~branch.")
    private String project = "";

    @Option(names = "--limit", paramLabel = "N", description = "How many at most. Default: ${DEFAULT-VALUE}.")
    private int limit = 50;

    Reflog(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (Target open = target.open(terminal)) {
            Document reply = open.database(project).runCommand(new Document("branchReflog", 1).append("limit", limit));
            output.to(terminal).rows(Replies.rows(reply.getList("entries", Document.class), COLUMNS), COLUMNS);
        }
        return ExitCodes.OK;
    }
}
