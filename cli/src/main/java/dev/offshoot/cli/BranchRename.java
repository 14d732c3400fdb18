package dev.offshoot.cli;

import java.util.concurrent.Callable;
import org.bson.Document;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code offshoot branch rename PROJECT OLD NEW}. */
@Command(name = "rename", description = "Give a branch another name.")
final class BranchRename implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.")
    private String project = "";

    @Parameters(index = "1", paramLabel = "OLD", description = "Its name.")
    private String oldName = "";

    @Parameters(index = "2", paramLabel = "NEW", description = "Its new name.")
    private String newName = "";

    BranchRename(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (Target open = target.open(terminal)) {
            Document reply =
                    open.database(project).runCommand(new Document("renameBranch", oldName).append("to", newName));
            output.to(terminal)
                    .fact(
                            Replies.fields(reply.append("name", newName), BranchCreate.FIELDS),
                            "renamed branch " + oldName + " of " + project + " to " + newName);
        }
        return ExitCodes.OK;
    }
}
