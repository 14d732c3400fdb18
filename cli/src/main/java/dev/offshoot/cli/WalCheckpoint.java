package dev.offshoot.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.bson.Document;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code offshoot wal checkpoint PROJECT}. */
@Command(
        name = "checkpoint",
        description = "Make a checkpoint of a project now: a restart and reads of the past begin there.")
final class WalCheckpoint implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.")
    private String project = "";

    WalCheckpoint(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (Target open = target.open(terminal)) {
            Document reply = open.database(project).runCommand(new Document("walCheckpoint", 1));
            String sentence = reply.containsKey("lsn")
                    ? "checkpoint of " + project + " at LSN " + reply.get("lsn")
                    : project + " has no changes, so no checkpoint";
            output.to(terminal).fact(Replies.fields(reply, List.of("project", "lsn", "created")), sentence);
        }
        return ExitCodes.OK;
    }
}
