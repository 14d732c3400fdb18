package dev.offshoot.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.bson.Document;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code offshoot wal list-segments PROJECT}. */
@Command(name = "list-segments", description = "List the parts that the log of a project lies in.")
final class WalListSegments implements Callable<Integer> {
    private static final List<String> COLUMNS = List.of("name", "first_lsn", "last_lsn", "bytes");

    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.")
    private String project = "";

    WalListSegments(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (Target open = target.open(terminal)) {
            Document reply = open.database(project).runCommand(new Document("walListSegments", 1));
            output.to(terminal).rows(Replies.rows(reply.getList("segments", Document.class), COLUMNS), COLUMNS);
        }
        return ExitCodes.OK;
    }
}
