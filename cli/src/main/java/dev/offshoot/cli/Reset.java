package dev.offshoot.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offshoot reset PROJECT POSITION}. */
@Command(
        name = "reset",
        description =
                "Make a branch show what is at a position. Discards nothing: what it showed before stays in its history.")
final class Reset implements Callable<Integer> {
    private static final List<String> FIELDS = List.of("name", "to", "changed", "old_head_lsn", "head_lsn", "before");

    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project, or project~branch.")
    private String project = "";

    @Parameters(
            index = "1",
            paramLabel = "POSITION",
            description = "A branch, branch~LSN, branch~TIME, a tag, or an LSN or ISO time of the branch itself.")
    private String position = "";

    @Option(names = "--expect", paramLabel = "LSN", description = "Only if this is the branch's head.")
    private @Nullable Long expect;

    Reset(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Document command = new Document("resetBranch", 1).append("to", position);
        if (expect != null) {
            command.append("expect", Lsn.check(expect));
        }
        try (Target open = target.open(terminal)) {
            Document reply = open.once(project, command);
            output.to(terminal).fact(Replies.fields(reply, FIELDS), sentence(reply));
        }
        return ExitCodes.OK;
    }

    private String sentence(Document reply) {
        String name = reply.getString("name");
        return reply.getBoolean("changed")
                ? "reset " + name + " to " + reply.get("to") + ", now at LSN " + reply.get("head_lsn")
                        + "; get back with: offshoot reset " + project + " " + reply.get("before")
                : name + " is at " + reply.get("to") + " already";
    }
}
