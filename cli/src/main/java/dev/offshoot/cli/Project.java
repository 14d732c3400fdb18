package dev.offshoot.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The group of verbs on projects. */
@Command(
        name = "project",
        description = "Create, list, update and delete projects: a project is a database under branching.",
        subcommands = {ProjectCreate.class, ProjectList.class, ProjectUpdate.class, ProjectDelete.class})
final class Project implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return ExitCodes.USAGE;
    }
}
