package dev.offshoot.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code offshoot branch list PROJECT}. */
@Command(name = "list", description = "List the branches of a project.")
final class BranchList implements Callable<Integer> {
    static final List<String> COLUMNS = List.of("name", "id", "parent", "base_lsn", "head_lsn", "created");

    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.")
    private String project = "";

    BranchList(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (Target open = target.open(terminal)) {
            output.to(terminal).rows(Replies.rows(open.branches(project), COLUMNS), COLUMNS);
        }
        return ExitCodes.OK;
    }
}
