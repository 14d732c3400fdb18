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

/** {@code offshoot cherry-pick PROJECT SOURCE [--from POSITION [--to POSITION]]}. */
@Command(
        name = "cherry-pick",
        description = {
            "Bring single commits of another branch to a branch, each with its author and message.",
            "Exit code 5 where there are conflicts to be resolved first."
        })
final class CherryPick implements Callable<Integer> {
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

    @Parameters(
            index = "0",
            paramLabel = "PROJECT",
            description = "Name of the project, or project~branch: where the changes go.")
    private String project = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "SOURCE",
            description = "A branch, or the commit of a branch that an LSN is in: dev~48211.")
    private @Nullable String source;

    @Option(names = "--from", paramLabel = "POSITION", description = "The position of SOURCE before the changes.")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "POSITION", description = "The last position of them. Default: SOURCE.")
    private @Nullable String to;

    @Option(names = "--squash", description = "Make one commit of them, by you, instead of one each.")
    private boolean squash;

    CherryPick(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (source == null && !options.ends()) {
            throw new ParameterException(spec.commandLine(), "Missing required parameter: 'SOURCE'");
        }
        Document command = new Document("cherryPick", options.ends() ? 1 : source);
        if (!options.ends()) {
            append(command, "from", from);
            append(command, "to", to);
            if (squash) {
                command.append("squash", true);
            }
        }
        try (Target open = target.open(terminal)) {
            Document reply = open.once(project, options.appendTo(command));
            return options.report(terminal, output.to(terminal), reply, "cherry-pick " + project, project);
        }
    }

    private static void append(Document command, String field, @Nullable String value) {
        if (value != null) {
            command.append(field, value);
        }
    }
}
