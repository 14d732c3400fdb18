package dev.offshoot.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.bson.Document;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code offshoot tag list PROJECT}. */
@Command(name = "list", description = "List the tags of a project.")
final class TagList implements Callable<Integer> {
    static final List<String> COLUMNS = List.of("name", "branch", "lsn", "created");

    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.")
    private String project = "";

    TagList(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (Target open = target.open(terminal)) {
            Document reply = open.database(project).runCommand(new Document("listTags", 1));
            output.to(terminal).rows(Replies.rows(reply.getList("tags", Document.class), COLUMNS), COLUMNS);
        }
        return ExitCodes.OK;
    }
}
