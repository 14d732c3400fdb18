package dev.offshoot.cli;

import java.util.concurrent.Callable;
import org.bson.Document;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code offshoot branch keep PROJECT NAME}. */
@Command(name = "keep", description = "Let a branch stay that was to expire.")
final class BranchKeep implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.")
    private String project = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "Name of the branch.")
    private String name = "";

    BranchKeep(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        BranchUpdate.run(terminal, target, output, project, new Document("updateBranch", name).append("expires", null));
        return ExitCodes.OK;
    }
}
