package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Project;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.RecordCursor;
import java.util.ArrayDeque;
import java.util.Set;

/**
 * <code>{walTail: 1, from: LSN, last: N, limit: N, follow: false, cursor: {}}</code>: the records of a project's log, as a cursor. Begins at
 * the record that holds {@code from}; without it at the last {@code last} records. With {@code follow} the cursor stays open at
 * the end, and {@code getMore} waits for what comes.
 */
final class WalTail implements Command {
    private static final String COLLECTION = "wal.tail";
    private static final long LAST_MAX = 100_000;

    @Override
    public String name() {
        return "walTail";
    }

    @Override
    public String help() {
        return "shows the records of a project's log, and those that come";
    }

    @Override
    public Set<String> fields() {
        return Set.of("from", "last", "limit", "follow", "cursor");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Project project = Branches.project(call);
        long limit = call.number("limit", 0);
        boolean follows = call.bool("follow", false);
        long batch = CursorReply.batchSize(call.name(), call.document("cursor"), CursorReply.FIRST_BATCH);
        LogTail tail =
                new LogTail(call.engine(), project, from(call, project), limit == 0 ? Long.MAX_VALUE : limit, follows);
        CursorReply.Opening opening = new CursorReply.Opening(COLLECTION, batch, false, false);
        if (follows) {
            CursorReply.firstOfTail(call, opening, tail, true, reply);
        } else {
            CursorReply.first(call, opening, tail, reply);
        }
    }

    private static long from(Invocation call, Project project) {
        if (!call.has("from")) {
            long last = call.number("last", 0);
            return last == 0 ? project.firstLsn() : lastRecords(call, project, Math.min(LAST_MAX, last));
        }
        long from = call.number("from", 0);
        project.records(from).close(); // refuses what is not there but for the next one
        if (from > project.lastLsn() && !call.bool("follow", false)) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "LSN " + from + " is not in the log of project '" + project.name() + "'; it has "
                            + project.firstLsn() + " to " + project.lastLsn());
        }
        return from;
    }

    /** Where the last so many records begin: looks from ever further back until there are enough. */
    private static long lastRecords(Invocation call, Project project, long count) {
        long end = project.lastLsn();
        long first = project.firstLsn();
        for (long back = count; ; back *= 4) {
            long from = Math.max(first, end - back + 1);
            ArrayDeque<Long> found = new ArrayDeque<>();
            try (RecordCursor cursor = project.records(from)) {
                for (LogRecord entry = cursor.next(); entry != null; entry = cursor.next()) {
                    call.deadline().checkNow();
                    found.add(entry.firstLsn());
                    if (found.size() > count) {
                        found.remove();
                    }
                }
            }
            if (found.size() == count || from == first) {
                return found.isEmpty() ? from : found.getFirst();
            }
        }
    }
}
