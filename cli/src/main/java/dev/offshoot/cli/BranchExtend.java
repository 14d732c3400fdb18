package dev.offshoot.cli;

import java.util.concurrent.Callable;
import org.bson.Document;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code offshoot branch extend PROJECT NAME SPAN}. */
@Command(name = "extend", description = "Let a branch expire later, counted from now; one that stays will expire.")
final class BranchExtend implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.")
    private String project = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "Name of the branch.")
    private String name = "";

    @Parameters(index = "2", paramLabel = "SPAN|TIME", description = "A while such as 2h or 7d, or an ISO time.")
    private String expires = "";

    BranchExtend(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        BranchUpdate.run(
                terminal, target, output, project, new Document("updateBranch", name).append("expires", expires));
        return ExitCodes.OK;
    }
}
