package dev.offshoot.cli;

import java.util.concurrent.Callable;
import org.bson.Document;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code offshoot tag delete PROJECT NAME}. */
@Command(name = "delete", description = "Delete a tag. Its position stays as long as history is kept.")
final class TagDelete implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.")
    private String project = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "Name of the tag.")
    private String name = "";

    TagDelete(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (Target open = target.open(terminal)) {
            Document reply = open.database(project).runCommand(new Document("dropTag", name));
            output.to(terminal)
                    .fact(
                            Replies.fields(reply, TagList.COLUMNS),
                            "deleted tag " + name + " of " + project + ", which was LSN " + reply.get("lsn") + " of "
                                    + reply.getString("branch"));
        }
        return ExitCodes.OK;
    }
}
