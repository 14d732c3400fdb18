package dev.offshoot.cli;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bson.Document;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offshoot commit REF -m MESSAGE}. */
@Command(name = "commit", description = "Name where a branch stands now by a message, which the log shows.")
final class Commit implements Callable<Integer> {
    private static final List<String> FIELDS = List.of("branch", "lsn", "message");

    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "REF", description = "A project, or project~branch.")
    private String reference = "";

    @Option(
            names = {"-m", "--message"},
            paramLabel = "MESSAGE",
            required = true,
            description = "What there is to say.")
    private String message = "";

    Commit(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (Target open = target.open(terminal)) {
            Document reply = open.database(reference).runCommand(new Document("commitBranch", message));
            Map<String, Object> commit = Replies.fields(reply, FIELDS);
            output.to(terminal)
                    .fact(
                            commit,
                            "LSN " + commit.get("lsn") + " of "
                                    + Reference.of(reference).project() + "~" + commit.get("branch") + ": "
                                    + LogRows.plain(message));
        }
        return ExitCodes.OK;
    }
}
