package dev.offshoot.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code offshoot project list}. */
@Command(name = "list", description = "List the projects.")
final class ProjectList implements Callable<Integer> {
    static final List<String> COLUMNS = List.of("name", "id", "branches", "head_lsn", "created");

    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    ProjectList(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (Target open = target.open(terminal)) {
            Target.Projects projects = open.listing();
            output.to(terminal).rows(Replies.rows(projects.open(), COLUMNS), COLUMNS);
            return projects.tellClosed(terminal);
        }
    }
}
