package dev.offshoot.cli;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bson.Document;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code offshoot branch delete PROJECT NAME [--yes]}. */
@Command(name = "delete", description = "Delete a branch. Asks for its name first.")
final class BranchDelete implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Mixin
    private final Confirmation confirmation = new Confirmation();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.")
    private String project = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "Name of the branch.")
    private String name = "";

    BranchDelete(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        confirmation.mustBePossible(terminal);
        try (Target open = target.open(terminal)) {
            Document branch = BranchShow.find(open, project, name);
            confirmation.ask(terminal, "branch '" + name + "' of '" + project + "'", name);
            Document unused = open.database(project).runCommand(new Document("dropBranch", name));
            output.to(terminal)
                    .fact(
                            Map.of("deleted", name, "head_lsn", branch.get("head_lsn", 0L)),
                            "deleted branch " + name + " of " + project);
        }
        return ExitCodes.OK;
    }
}
