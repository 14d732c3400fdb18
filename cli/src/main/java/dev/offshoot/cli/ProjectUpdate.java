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

/** {@code offshoot project update PROJECT [--protect PATTERN]... [--no-protect] [--default BRANCH]}. */
@Command(
        name = "update",
        description = "Protect branches by their names, choose the default branch; without options show both.")
final class ProjectUpdate implements Callable<Integer> {
    private static final List<String> FIELDS = List.of("project", "default", "protect");

    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.")
    private String project = "";

    @Option(
            names = "--protect",
            paramLabel = "PATTERN",
            description =
                    "Names such as 'release-*' that only merges change, from now on these and no others. Repeatable.")
    private List<String> patterns = new ArrayList<>();

    @Option(names = "--no-protect", description = "No branch is protected by its name from now on.")
    private boolean unprotected;

    @Option(
            names = "--default",
            paramLabel = "BRANCH",
            description = "Where new branches and tags begin if nothing else is said.")
    private @Nullable String defaultBranch;

    ProjectUpdate(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (unprotected && !patterns.isEmpty()) {
            throw new CliException(
                    ExitCodes.USAGE, "--protect and --no-protect exclude each other", "offshoot project update --help");
        }
        Document command = new Document("updateProject", 1);
        if (unprotected || !patterns.isEmpty()) {
            command.append("protect", patterns);
        }
        if (defaultBranch != null) {
            command.append("default", defaultBranch);
        }
        try (Target open = target.open(terminal)) {
            output.to(terminal).fields(Replies.fields(open.database(project).runCommand(command), FIELDS));
        }
        return ExitCodes.OK;
    }
}
