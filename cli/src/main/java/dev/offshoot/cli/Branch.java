package dev.offshoot.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The group of verbs on branches. */
@Command(
        name = "branch",
        description = "List, create, delete, rename, show and describe branches of a project.",
        subcommands = {
            BranchList.class,
            BranchCreate.class,
            BranchDelete.class,
            BranchRename.class,
            BranchShow.class,
            BranchUpdate.class,
            BranchExtend.class,
            BranchKeep.class
        })
final class Branch implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCodes.USAGE;
    }
}
