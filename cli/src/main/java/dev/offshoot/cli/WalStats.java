package dev.offshoot.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bson.Document;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code offshoot wal stats PROJECT}. */
@Command(name = "stats", description = "Show what a project takes in its store. Reads its whole log.")
final class WalStats implements Callable<Integer> {
    private static final List<String> FIELDS = List.of(
            "project",
            "first_lsn",
            "last_lsn",
            "oldest_lsn",
            "segments",
            "records",
            "log_bytes",
            "bytes",
            "compression",
            "changes",
            "checkpoints",
            "last_checkpoint_lsn",
            "pages",
            "unsaved_changes",
            "unsaved_bytes");

    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.")
    private String project = "";

    WalStats(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (Target open = target.open(terminal)) {
            Document reply = open.database(project).runCommand(new Document("walStats", 1));
            Map<String, Object> facts = Replies.fields(reply, FIELDS);
            Output to = output.to(terminal);
            to.fields(to.json() ? facts : flat(facts));
        }
        return ExitCodes.OK;
    }

    /** Without maps inside, for people. */
    private static Map<String, Object> flat(Map<String, Object> facts) {
        Map<String, Object> flat = new LinkedHashMap<>();
        facts.forEach((name, value) -> {
            if (value instanceof Map<?, ?> inner) {
                inner.forEach((part, content) -> flat.put(name + "_" + part, content));
            } else {
                flat.put(name, value);
            }
        });
        return flat;
    }
}
