package dev.offshoot.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code offshoot tag create PROJECT NAME [POSITION]}. */
@Command(name = "create", description = "Name a position for good. It is kept for as long as the tag is there.")
final class TagCreate implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.")
    private String project = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "Name of the tag.")
    private String name = "";

    @Parameters(
            index = "2",
            arity = "0..1",
            paramLabel = "POSITION",
            description = "A branch, branch~LSN, branch~TIME, another tag, or an LSN or ISO time of main. Default: the"
                    + " head of the default branch.")
    private @Nullable String position;

    TagCreate(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (Target open = target.open(terminal)) {
            Document command = new Document("createTag", name);
            Document reply =
                    open.database(project).runCommand(position == null ? command : command.append("at", position));
            Map<String, Object> tag = Replies.fields(reply, TagList.COLUMNS);
            output.to(terminal)
                    .fact(
                            tag,
                            "tagged LSN " + tag.get("lsn") + " of " + project + "~" + tag.get("branch") + " as "
                                    + name);
        }
        return ExitCodes.OK;
    }
}
