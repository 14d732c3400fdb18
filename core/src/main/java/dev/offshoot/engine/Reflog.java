package dev.offshoot.engine;

import dev.offshoot.state.Branch;
import dev.offshoot.state.Lineage;
import dev.offshoot.state.Project;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.RecordCodec;
import dev.offshoot.wal.RecordSummary;
import dev.offshoot.wal.WalRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was done to a branch beyond plain writes: from the log, and where that was trimmed from the catalog, which keeps resets and merges
 * for good. Reads the headers of the log once, from where the branch was made.
 *
 * @param trimmedBelow the first LSN of the log where the branch is older than that; else 0
 */
record Reflog(List<Entry> newestFirst, long trimmedBelow) {
    /** The commands that are looked for among those that wrote to the branch itself. */
    private static final Set<String> COMMANDS = Set.of(
            "resetBranch",
            "mergeBranch",
            "mergeRequest",
            "rebaseBranch",
            "cherryPick",
            "undoChanges",
            "revertMerge",
            "restore",
            "undrop",
            "dropDatabase");

    /** The commands whose commits are events of the project. */
    private static final Set<String> EVENTS =
            Set.of("createProject", "createBranch", "renameBranch", "dropBranch", "undrop", "sweepBranches");

    /**
     * @param lsn the last one of the commit
     * @param before the position before the commit
     * @param target the id of the branch that it reset to, merged or was made from; 0 for none of these
     * @param millis 0 where the log no longer says who did it and when
     */
    record Entry(
            long lsn,
            long before,
            String command,
            long target,
            long targetLsn,
            String actor,
            String message,
            long millis) {
        /** One command made several commits: commits that were picked, alone or behind the reset of a rebase. */
        Entry upTo(long last) {
            return new Entry(last, before, command, target, targetLsn, actor, message, millis);
        }
    }

    /**
     * Reads it.
     *
     * @param limit how many at most
     * @param patience called for every record; what it throws ends this
     */
    static Reflog read(Project project, Branch branch, int limit, Runnable patience) {
        Deque<Entry> newest = new ArrayDeque<>();
        long first = project.firstLsn();
        boolean isTrimmed = first > branch.id();
        if (isTrimmed) {
            List<Lineage> old = project.catalog().lineage(branch.id(), 0, first - 1);
            for (int i = old.size() - 1; i >= 0; i--) {
                add(newest, limit, of(old.get(i)));
            }
        }
        try (RecordCursor cursor = project.records(Math.max(first, branch.id()))) {
            for (LogRecord record = cursor.next(); record != null; record = cursor.next()) {
                patience.run();
                if (isWanted(record)) {
                    collect(RecordCodec.decode(record), branch, newest, limit);
                }
            }
        }
        List<Entry> entries = new ArrayList<>(newest.size());
        for (Iterator<Entry> i = newest.descendingIterator(); i.hasNext(); ) {
            entries.add(i.next());
        }
        return new Reflog(entries, isTrimmed ? first : 0);
    }

    private static boolean isWanted(LogRecord record) {
        for (RecordSummary.Group group : RecordSummary.of(record).groups()) {
            String command = group.origin().command();
            boolean isPick = group.changes().containsKey(Change.Kind.PICK.label());
            if (isPick || COMMANDS.contains(command) || EVENTS.contains(command)) {
                return true;
            }
        }
        return false;
    }

    private static void collect(WalRecord record, Branch branch, Deque<Entry> newest, int limit) {
        @Nullable Entry last = null;
        for (Commit commit : record.commits()) {
            Change.Pick pick = commit.branch() == branch.id() ? commit.pick() : null;
            if (pick != null && last != null && last.lsn() + 1 == commit.firstLsn()) {
                newest.removeLast();
                last = last.upTo(commit.lastLsn());
                add(newest, limit, last);
                continue;
            }
            boolean isOwn = commit.branch() == branch.id()
                    && COMMANDS.contains(commit.origin().command());
            if (pick != null) {
                last = of(commit, pick, record.millis());
                add(newest, limit, last);
            } else if (isOwn || isEventOf(commit, branch.id())) {
                last = of(commit, record.millis());
                add(newest, limit, last);
            }
        }
    }

    private static boolean isEventOf(Commit commit, long branch) {
        if (commit.branch() != Commit.PROJECT) {
            return false;
        }
        Change change = commit.changes().get(0);
        return switch (change.kind()) {
            case CREATE_BRANCH, CREATE_PARTIAL_BRANCH -> commit.firstLsn() == branch;
            case RENAME_BRANCH -> ((Change.RenameBranch) change).branch() == branch;
            case DROP_BRANCH -> ((Change.DropBranch) change).branch() == branch;
            case RESTORE_BRANCH -> ((Change.RestoreBranch) change).branch() == branch;
            default -> false;
        };
    }

    private static Entry of(Commit commit, Change.Pick pick, long millis) {
        return new Entry(
                commit.lastLsn(),
                commit.firstLsn() - 1,
                "cherryPick",
                pick.from(),
                pick.lsn(),
                pick.by(),
                commit.origin().message(),
                millis);
    }

    private static Entry of(Commit commit, long millis) {
        Origin origin = commit.origin();
        Source source = source(commit.changes().get(0));
        return new Entry(
                commit.lastLsn(),
                commit.firstLsn() - 1,
                origin.command(),
                source.branch,
                source.lsn,
                origin.actor(),
                origin.message(),
                millis);
    }

    private static Source source(Change first) {
        return switch (first.kind()) {
            case RESET -> new Source(((Change.Reset) first).from(), ((Change.Reset) first).lsn());
            case MERGE -> new Source(((Change.Merge) first).from(), ((Change.Merge) first).lsn());
            case CREATE_BRANCH, CREATE_PARTIAL_BRANCH ->
                new Source(((Change.CreateBranch) first).parent(), ((Change.CreateBranch) first).base());
            default -> new Source(0, 0);
        };
    }

    private record Source(long branch, long lsn) {}

    private static Entry of(Lineage lineage) {
        return new Entry(
                lineage.lastLsn(),
                lineage.lsn() - 1,
                lineage.reset() ? "resetBranch" : "mergeBranch",
                lineage.from(),
                lineage.fromLsn(),
                "",
                "",
                0);
    }

    private static void add(Deque<Entry> newest, int limit, Entry entry) {
        newest.add(entry);
        if (newest.size() > limit) {
            newest.remove();
        }
    }
}
