package dev.offshoot.cli;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bson.Document;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code offshoot project create NAME}. */
@Command(name = "create", description = "Create a project with the branch main.")
final class ProjectCreate implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(paramLabel = "NAME", description = "Name of the project, which is the name of the database.")
    private String name = "";

    ProjectCreate(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (Target open = target.openOrCreate(terminal)) {
            open.database(name);
            Document reply = open.admin().runCommand(new Document("createProject", name));
            Map<String, Object> project = Replies.fields(reply.append("name", name), List.of("name", "id", "head_lsn"));
            output.to(terminal).fact(project, "created project " + name + " with branch main");
        }
        return ExitCodes.OK;
    }
}
