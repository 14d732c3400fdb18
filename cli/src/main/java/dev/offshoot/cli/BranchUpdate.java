package dev.offshoot.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offshoot branch update PROJECT NAME [--description TEXT] [--label LABEL]... [--protect] [--expires SPAN] [--default]}. */
@Command(name = "update", description = "Describe, label or protect a branch, or make it the default one.")
final class BranchUpdate implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.")
    private String project = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "Name of the branch.")
    private String name = "";

    @Option(names = "--description", paramLabel = "TEXT", description = "What it is for. An empty text takes it away.")
    private @Nullable String description;

    @Option(names = "--label", paramLabel = "LABEL", description = "Its labels from now on. Repeatable.")
    private List<String> labels = new ArrayList<>();

    @Option(names = "--no-labels", description = "It has no labels from now on.")
    private boolean unlabelled;

    @Option(
            names = "--protect",
            negatable = true,
            description = "Only merges change it from now on; --no-protect lifts that.")
    private @Nullable Boolean protect;

    @Option(
            names = "--expires",
            paramLabel = "SPAN|TIME",
            description = "Drop it after a while such as 2h or 7d, or at an ISO time.")
    private @Nullable String expires;

    @Option(names = "--default", description = "New branches and tags begin at it if nothing else is said.")
    private boolean makeDefault;

    BranchUpdate(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Document command = new Document("updateBranch", name);
        if (description != null) {
            command.append("description", description);
        }
        if (unlabelled || !labels.isEmpty()) {
            command.append("labels", unlabelled ? List.of() : labels);
        }
        if (protect != null) {
            command.append("protected", protect);
        }
        if (expires != null) {
            command.append("expires", expires);
        }
        if (makeDefault) {
            command.append("default", true);
        }
        if (command.size() == 1 || (unlabelled && !labels.isEmpty())) {
            throw new CliException(
                    ExitCodes.USAGE,
                    command.size() == 1
                            ? "nothing was said about branch " + name
                            : "--label and --no-labels exclude each other",
                    "offshoot branch update --help");
        }
        run(terminal, target, output, project, command);
        return ExitCodes.OK;
    }

    /** Sends an {@code updateBranch} and shows what the branch is like now. */
    static void run(Terminal terminal, TargetOptions target, OutputOptions output, String project, Document command) {
        try (Target open = target.open(terminal)) {
            Document reply = open.database(project).runCommand(command);
            String notes = BranchList.notes(reply);
            output.to(terminal)
                    .fact(
                            BranchList.row(reply),
                            "branch " + reply.getString("name") + " of " + project + ": "
                                    + (notes.isEmpty() ? "nothing special" : notes));
        }
    }
}
