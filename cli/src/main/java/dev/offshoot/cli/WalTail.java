package dev.offshoot.cli;

import com.mongodb.client.ClientSession;
import com.mongodb.client.MongoDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offshoot wal tail PROJECT [--follow] [--from LSN] [--limit N]}. */
@Command(
        name = "tail",
        description = {
            "Show the records of a project's log: LSNs, time, who, command, branch, collection, changes.",
            "The last ones, unless --from says where to begin. With -o json each is one line of JSON."
        })
final class WalTail implements Callable<Integer> {
    private static final List<String> FIELDS = List.of("lsn", "last_lsn", "at", "bytes", "commits");
    private static final long LAST = 10;
    private static final long WAIT_MILLIS = 500;

    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.")
    private String project = "";

    @Option(names = "--follow", description = "Wait at the end for what comes, until Ctrl-C.")
    private boolean follow;

    @Option(names = "--from", paramLabel = "LSN", description = "Begin at the record that holds this LSN.")
    private @Nullable Long from;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "Show so many records at most. Default: 10 without --from, else all.")
    private @Nullable Long limit;

    WalTail(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        check();
        if (follow) {
            terminal.stop().watch();
        }
        try (Target open = target.open(terminal);
                ClientSession session = open.mongo().startSession()) {
            tail(open.database(project), session);
        }
        return ExitCodes.OK;
    }

    private void check() {
        if (from != null) {
            long unused = Lsn.check(from);
        }
        if (limit != null && limit < 1) {
            throw new CliException(ExitCodes.USAGE, "--limit is 1 or more, not " + limit, "--limit 20");
        }
    }

    private Document command() {
        Document command = new Document("walTail", 1).append("follow", follow);
        if (from == null) {
            command.append("last", limit == null ? LAST : follow ? Math.min(LAST, limit) : limit);
        } else {
            command.append("from", from);
        }
        return limit == null ? command : command.append("limit", limit);
    }

    private void tail(MongoDatabase database, ClientSession session) {
        Document cursor = cursor(database.runCommand(session, command()));
        cursor.getList("firstBatch", Document.class).forEach(this::print);
        while (cursor.getLong("id") != 0
                && !terminal.stop().isRequested()
                && !terminal.out().checkError()) {
            Document more = new Document("getMore", cursor.getLong("id")).append("collection", collection(cursor));
            if (follow) {
                more.append("maxTimeMS", WAIT_MILLIS);
            }
            cursor = cursor(database.runCommand(session, more));
            cursor.getList("nextBatch", Document.class).forEach(this::print);
        }
        if (cursor.getLong("id") != 0) {
            Document unused = database.runCommand(
                    session,
                    new Document("killCursors", collection(cursor)).append("cursors", List.of(cursor.getLong("id"))));
        }
    }

    private static Document cursor(Document reply) {
        return reply.get("cursor", Document.class);
    }

    private static String collection(Document cursor) {
        String namespace = cursor.getString("ns");
        return namespace.substring(namespace.indexOf('.') + 1);
    }

    private void print(Document row) {
        Output to = output.to(terminal);
        if (to.json()) {
            terminal.out().println(Json.line(Replies.fields(row, FIELDS)));
        } else {
            row.getList("commits", Document.class)
                    .forEach(commit -> terminal.out().println(line(row, commit)));
        }
    }

    private static String line(Document row, Document commit) {
        List<String> words = new ArrayList<>();
        long first = row.getLong("lsn");
        long last = row.getLong("last_lsn");
        words.add(first == last ? Long.toString(first) : first + "-" + last);
        words.add(row.getDate("at").toInstant().toString());
        words.add(commit.getString("actor"));
        words.add(commit.getString("command"));
        words.add(place(commit.getString("branch"), commit.getString("ns")));
        List<String> changes = new ArrayList<>();
        commit.get("changes", Document.class).forEach((kind, count) -> changes.add(kind + " " + count));
        words.add(String.join(", ", changes));
        String message = commit.getString("message");
        if (message != null) {
            words.add(Json.line(message));
        }
        return String.join("  ", words);
    }

    /** Branch and collection; an event of the project has no branch. */
    private static String place(String branch, String namespace) {
        return branch.isEmpty() || namespace.isEmpty() ? branch + namespace : branch + "." + namespace;
    }
}
