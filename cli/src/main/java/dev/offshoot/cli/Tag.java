package dev.offshoot.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The group of verbs on tags. */
@Command(
        name = "tag",
        description = "Name positions of a project for good; list and delete such names.",
        subcommands = {TagCreate.class, TagList.class, TagDelete.class})
final class Tag implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCodes.USAGE;
    }
}
