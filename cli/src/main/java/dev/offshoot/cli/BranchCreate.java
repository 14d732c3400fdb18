package dev.offshoot.cli;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bson.Document;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offshoot branch create PROJECT NAME [--from REF]}. */
@Command(name = "create", description = "Create a branch. Copies nothing.")
final class BranchCreate implements Callable<Integer> {
    static final List<String> FIELDS = List.of("name", "parent", "base_lsn", "head_lsn");

    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.")
    private String project = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "Name of the new branch.")
    private String name = "";

    @Option(
            names = "--from",
            paramLabel = "REF",
            description = "Where it begins: a branch, an LSN or an ISO time. Default: main.")
    private String from = "main";

    BranchCreate(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (Target open = target.open(terminal)) {
            Document reply = open.database(project).runCommand(new Document("createBranch", name).append("from", from));
            Map<String, Object> branch = Replies.fields(reply, FIELDS);
            output.to(terminal)
                    .fact(
                            branch,
                            "created branch " + name + " of " + project + " from " + branch.get("parent") + " at LSN "
                                    + branch.get("base_lsn"));
        }
        return ExitCodes.OK;
    }
}
