package dev.offshoot.cli;

import java.util.concurrent.Callable;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code offshoot rebase PROJECT~BRANCH ONTO}. */
@Command(
        name = "rebase",
        description = {
            "Make a branch begin anew at another position, with its own commits on top, each with its author and message.",
            "Stops at the first commit that is in conflict.",
            "Exit code 5 where there are conflicts to be resolved first."
        })
final class Rebase implements Callable<Integer> {
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

    @Parameters(index = "0", paramLabel = "PROJECT", description = "The branch, as project~branch.")
    private String project = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "ONTO",
            description = "Where it is to begin: a branch, branch~LSN, branch~TIME or a tag.")
    private @Nullable String onto;

    @Option(names = "--squash", description = "Make one commit of them, by you, instead of one each.")
    private boolean squash;

    Rebase(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Document command = new Document("rebaseBranch", 1);
        if (!options.ends()) {
            if (onto == null) {
                throw new ParameterException(spec.commandLine(), "Missing required parameter: 'ONTO'");
            }
            command.append("onto", onto);
            if (squash) {
                command.append("squash", true);
            }
        }
        try (Target open = target.open(terminal)) {
            Document reply = open.once(project, options.appendTo(command));
            return options.report(terminal, output.to(terminal), reply, "rebase " + project, project);
        }
    }
}
