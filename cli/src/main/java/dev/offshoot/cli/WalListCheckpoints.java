package dev.offshoot.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code offshoot wal list-checkpoints PROJECT}. */
@Command(name = "list-checkpoints", description = "List the checkpoints of a project, oldest first.")
final class WalListCheckpoints implements Callable<Integer> {
    private static final List<String> FIELDS = List.of("lsn", "at", "created", "branches", "root", "damaged");
    private static final List<String> COLUMNS = List.of("lsn", "at", "created", "branches", "damaged");

    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.")
    private String project = "";

    WalListCheckpoints(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (Target open = target.open(terminal)) {
            List<Map<String, Object>> rows = new ArrayList<>(Replies.rows(open.checkpoints(project), FIELDS));
            output.to(terminal).rows(rows, COLUMNS);
        }
        return ExitCodes.OK;
    }
}
