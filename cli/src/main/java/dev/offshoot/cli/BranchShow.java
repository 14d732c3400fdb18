package dev.offshoot.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.bson.Document;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code offshoot branch show PROJECT NAME}. */
@Command(name = "show", description = "Show where a branch comes from and where it stands.")
final class BranchShow implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.")
    private String project = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "Name of the branch.")
    private String name = "";

    BranchShow(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (Target open = target.open(terminal)) {
            output.to(terminal).fields(BranchList.row(find(open, project, name)));
        }
        return ExitCodes.OK;
    }

    /** The branch as the engine lists it; names are unique without regard to case. */
    static Document find(Target open, String project, String name) {
        List<Document> branches = open.branches(project);
        for (Document branch : branches) {
            if (branch.getString("name").equalsIgnoreCase(name)) {
                return branch;
            }
        }
        String names = String.join(
                ", ", branches.stream().map(b -> b.getString("name")).toList());
        throw new CliException(
                ExitCodes.NOT_FOUND,
                "branch '" + name + "' not found in '" + project + "'; it has: " + names,
                "offshoot branch list " + project);
    }
}
