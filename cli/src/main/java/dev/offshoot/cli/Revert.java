package dev.offshoot.cli;

import java.util.concurrent.Callable;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code offshoot revert PROJECT LSN}. */
@Command(
        name = "revert",
        description = {
            "Take back what a merge brought to a branch, as one new commit.",
            "Exit code 5 where there are conflicts to be resolved first."
        })
final class Revert implements Callable<Integer> {
    private final Terminal terminal;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Mixin
    private final MoveOptions options = new MoveOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project, or project~branch.")
    private String project = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "LSN", description = "The LSN of the merge.")
    private @Nullable Long lsn;

    Revert(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Long merge = options.ends() ? Long.valueOf(1) : lsn;
        if (merge == null) {
            throw new ParameterException(spec.commandLine(), "Missing required parameter: 'LSN'");
        }
        try (Target open = target.open(terminal)) {
            Document reply = open.once(project, options.appendTo(new Document("revertMerge", merge)));
            return options.report(terminal, output.to(terminal), reply, "revert " + project, project);
        }
    }
}
