package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import dev.offshoot.state.Statement;
import dev.offshoot.state.Turn;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.RecordCodec;
import dev.offshoot.wal.RetryKey;
import dev.offshoot.wal.RetryResult;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that a command that makes one commit makes it once, however often it is sent with the same session and transaction number: what
 * it came to is kept in the log with the commit, as that of retryable writes is. Immutable.
 *
 * @param what tells the command, so that another one under the same number is not taken for it
 * @param keys the names that the commit can be found by; none for a command that is sent once
 */
record Once(Project project, String what, List<RetryKey> keys) {
    private static final String WHAT = "once";

    /** A command under the session and the transaction number that it came with, if it did. */
    static Once of(Invocation call, Project project, String what) {
        RetryKey key = call.retryKey(0);
        return new Once(project, what, key == null ? List.of() : List.of(key));
    }

    /** The same with more names. */
    Once with(List<RetryKey> others) {
        Set<RetryKey> all = new LinkedHashSet<>(keys);
        all.addAll(others);
        return new Once(project, what, List.copyOf(all));
    }

    /** What the log keeps beside the commit. */
    List<RetryResult> results(Doc outcome) {
        byte[] kept = new DocBuilder()
                .append(WHAT, what)
                .append("outcome", outcome)
                .buildDoc()
                .toBytes();
        return keys.stream().map(key -> new RetryResult(key, kept)).toList();
    }

    /**
     * What it came to when it was executed before, or null.
     *
     * @throws CommandException InvalidOptions where that was another command; TransactionTooOld
     */
    @Nullable
    Doc executed(Turn turn) {
        for (RetryKey key : keys) {
            byte[] kept = turn.executed(key);
            if (kept != null) {
                return outcome(Doc.of(kept), key);
            }
        }
        return null;
    }

    private Doc outcome(Doc kept, RetryKey key) {
        Value was = kept.get(WHAT);
        if (was == null || !was.isString() || !was.asString().equals(what)) {
            throw new CommandException(
                    ErrorCode.INVALID_OPTIONS,
                    "txnNumber " + key.txnNumber() + " of this session was used by "
                            + (was == null ? "another write" : was.toString()) + " before, not by " + what
                            + "; send another command with a number of its own");
        }
        return Objects.requireNonNull(kept.get("outcome")).asDoc();
    }

    /** The same before anything is looked at; waits until what it tells of is acknowledged. */
    @Nullable
    Doc before(Branch branch, Invocation call) {
        return keys.isEmpty()
                ? null
                : project.<Before>write(
                                branch,
                                call.origin(branch.name(), ""),
                                turn -> Statement.Draft.unchanged(new Before(executed(turn))))
                        .outcome();
    }

    private record Before(@Nullable Doc outcome) {}

    /**
     * Where the commit ends that was made before; the branch's head where the log does not reach back to it.
     *
     * @param above an LSN below it
     */
    long commitLsn(Branch branch, long above) {
        if (above + 1 >= project.firstLsn()) {
            try (RecordCursor cursor = project.records(above + 1)) {
                for (LogRecord entry = cursor.next(); entry != null; entry = cursor.next()) {
                    for (Commit commit : RecordCodec.decode(entry).commits()) {
                        if (commit.results().stream().anyMatch(result -> keys.contains(result.key()))) {
                            return commit.lastLsn();
                        }
                    }
                }
            }
        }
        return project.storedHead(branch).lsn();
    }
}
