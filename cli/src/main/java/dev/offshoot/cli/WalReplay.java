package dev.offshoot.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offshoot wal replay PROJECT --to LSN [--branch B]}. */
@Command(
        name = "replay",
        description = {
            "Compute a branch at a position again, from the oldest state that there is, and compare it with what readers see there.",
            "Exit code 1 where they differ."
        })
final class WalReplay implements Callable<Integer> {
    private static final List<String> FIELDS =
            List.of("project", "branch", "lsn", "from_lsn", "records", "same", "collections");
    private static final List<String> COLUMNS =
            List.of("collection", "documents", "bytes", "index_entries", "replayed", "seen", "same");
    private static final int HASH_CHARS = 12;

    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.")
    private String project = "";

    @Option(names = "--to", required = true, paramLabel = "LSN", description = "The position.")
    private long to;

    @Option(names = "--branch", paramLabel = "NAME", description = "The branch. Default: main.")
    private String branch = "main";

    WalReplay(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        Document command = new Document("walReplay", 1).append("to", Lsn.check(to));
        try (Target open = target.open(terminal)) {
            Document reply = open.database(project + "~" + branch).runCommand(command);
            print(reply);
            return reply.getBoolean("same") ? ExitCodes.OK : ExitCodes.FAILURE;
        }
    }

    private void print(Document reply) {
        Output out = output.to(terminal);
        if (out.json()) {
            out.fields(Replies.fields(reply, FIELDS));
            return;
        }
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Document collection : reply.getList("collections", Document.class)) {
            rows.add(row(collection));
        }
        out.rows(rows, COLUMNS);
        terminal.out()
                .println(reply.get("branch") + " of " + project + " at LSN " + reply.get("lsn") + ", computed from LSN "
                        + reply.get("from_lsn") + " and " + reply.get("records") + " records: "
                        + (reply.getBoolean("same") ? "the same as readers see" : "NOT what readers see"));
    }

    private static Map<String, Object> row(Document collection) {
        Document replayed = collection.get("replayed", Document.class);
        Document seen = collection.get("seen", Document.class);
        Document figures = replayed == null ? seen : replayed;
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("collection", collection.get("name"));
        for (String name : List.of("documents", "bytes", "index_entries")) {
            row.put(name, figures.get(name));
        }
        row.put("replayed", hash(replayed));
        row.put("seen", hash(seen));
        row.put("same", collection.getBoolean("same") ? "yes" : "no");
        return row;
    }

    private static String hash(@Nullable Document side) {
        return side == null ? "-" : side.getString("hash").substring(0, HASH_CHARS);
    }
}
