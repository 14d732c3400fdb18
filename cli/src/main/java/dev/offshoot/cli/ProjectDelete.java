package dev.offshoot.cli;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bson.Document;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code offshoot project delete NAME}. */
@Command(name = "delete", description = "Delete a project with all its branches.")
final class ProjectDelete implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Mixin
    private final Confirmation confirmation = new Confirmation();

    @Parameters(paramLabel = "NAME", description = "Name of the project.")
    private String name = "";

    ProjectDelete(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        confirmation.mustBePossible(terminal);
        try (Target open = target.open(terminal)) {
            boolean isClosed = open.listing().closed().stream()
                    .anyMatch(project -> project.getString("name").equals(name));
            String branches = isClosed
                    ? "whatever is left of it"
                    : "its branches (" + open.branches(name).size() + ")";
            confirmation.ask(terminal, "project '" + name + "' and " + branches, name);
            Document unused = open.admin().runCommand(new Document("dropProject", name));
            output.to(terminal).fact(Map.of("deleted", name), "deleted project " + name);
        }
        return ExitCodes.OK;
    }
}
