package dev.offshoot.state;

import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.RecordCodec;
import dev.offshoot.wal.WalRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A project's log read from LSN 1 and told by plain maps, without anything of the product but the decoding of records. Reading
 * checks what the log promises of itself: contiguous LSNs, times that rise, a wall clock that never goes back.
 */
public final class PlainProject {
    private final TreeMap<Long, PlainBranch> branches = new TreeMap<>();
    private final TreeMap<Long, String> projects = new TreeMap<>();
    private final List<Long> commitEnds = new ArrayList<>();
    private long lastLsn;
    private long lastTime;
    private long lastMillis;

    /** A branch and the commits of its own. */
    public static final class PlainBranch {
        private final long id;
        private final long parent;
        private final long base;
        private final List<Commit> own = new ArrayList<>();
        private String name;
        private boolean dropped;

        PlainBranch(long id, Change.CreateBranch created) {
            this.id = id;
            this.name = created.name();
            this.parent = created.parent();
            this.base = created.base();
        }

        public long id() {
            return id;
        }

        public String name() {
            return name;
        }

        public boolean dropped() {
            return dropped;
        }

        /** What {@link Branch} should say, but for the time. */
        String line() {
            return id + " " + name + " from " + parent + "@" + base + (dropped ? " dropped" : "");
        }

        /** The newest change of its own, or the fork point. */
        long head() {
            return own.isEmpty() ? base : own.get(own.size() - 1).lastLsn();
        }
    }

    /** Reads all there is. */
    public static PlainProject read(LogStore log) {
        PlainProject project = new PlainProject();
        try (RecordCursor cursor = log.read(1)) {
            for (LogRecord entry = cursor.next(); entry != null; entry = cursor.next()) {
                project.apply(entry);
            }
        }
        return project;
    }

    public long lastLsn() {
        return lastLsn;
    }

    /** All branches that ever were, by id. */
    public Map<Long, PlainBranch> branches() {
        return branches;
    }

    /** Of a system log: the names of the projects that are there, by id. */
    public Map<Long, String> projects() {
        return projects;
    }

    /** The LSNs at which commits end, in order. */
    public List<Long> commitEnds() {
        return commitEnds;
    }

    /** A branch as it is. */
    public PlainState head(long branch) {
        return at(branch, lastLsn);
    }

    /** The branch of this name that is there, as it is. */
    public PlainState head(String name) {
        for (PlainBranch branch : branches.values()) {
            if (branch.name.equals(name) && !branch.dropped) {
                return head(branch.id);
            }
        }
        throw new AssertionError("no branch " + name);
    }

    /** A branch as it was; an LSN inside a commit means the end of the commit before. */
    public PlainState at(long branch, long lsn) {
        PlainBranch at = branches.get(branch);
        if (at == null) {
            throw new AssertionError("no branch " + branch);
        }
        PlainState state = at.parent == 0 ? new PlainState() : at(at.parent, Math.min(lsn, at.base));
        for (Commit commit : at.own) {
            if (commit.lastLsn() <= lsn) {
                apply(state, commit);
            }
        }
        return state;
    }

    static void apply(PlainState state, Commit commit) {
        long at = commit.firstLsn();
        for (Change change : commit.changes()) {
            state.apply(change, at++);
        }
    }

    private void apply(LogRecord entry) {
        require(entry.firstLsn() == lastLsn + 1, "the record after LSN " + lastLsn + " starts at " + entry.firstLsn());
        WalRecord record = RecordCodec.decode(entry);
        require(Long.compareUnsigned(record.time(), lastTime) > 0, "times do not rise at LSN " + entry.firstLsn());
        require(record.millis() >= lastMillis, "the clock goes back at LSN " + entry.firstLsn());
        lastTime = record.time();
        lastMillis = record.millis();
        for (Commit commit : record.commits()) {
            require(commit.firstLsn() == lastLsn + 1, "a commit after " + lastLsn + " starts at " + commit.firstLsn());
            apply(commit);
            lastLsn = commit.lastLsn();
            commitEnds.add(lastLsn);
        }
        require(lastLsn == entry.lastLsn(), "the record at " + entry.firstLsn() + " ends at " + lastLsn);
    }

    private void apply(Commit commit) {
        if (commit.branch() != Commit.PROJECT) {
            PlainBranch branch = branches.get(commit.branch());
            require(branch != null && !branch.dropped, "LSN " + commit.firstLsn() + " is of no branch that is there");
            if (branch != null) {
                branch.own.add(commit);
            }
            return;
        }
        long lsn = commit.firstLsn();
        for (Change change : commit.changes()) {
            applyEvent(change, lsn++);
        }
    }

    private void applyEvent(Change change, long lsn) {
        if (change instanceof Change.CreateBranch create) {
            branches.put(lsn, new PlainBranch(lsn, create));
        } else if (change instanceof Change.DropBranch drop) {
            branch(drop.branch()).dropped = true;
        } else if (change instanceof Change.RenameBranch rename) {
            branch(rename.branch()).name = rename.name();
        } else if (change instanceof Change.CreateProject create) {
            require(!projects.containsValue(create.name()), "LSN " + lsn + " makes " + create.name() + " again");
            projects.put(lsn, create.name());
        } else if (change instanceof Change.DropProject drop) {
            boolean own = projects.isEmpty() && !branches.isEmpty(); // a project's own log ends with it
            require(
                    own || projects.remove(drop.project()) != null,
                    "LSN " + lsn + " removes a project that is not there");
        } else {
            throw new AssertionError("LSN " + lsn + ": a " + change.kind() + " that is of no branch");
        }
    }

    private PlainBranch branch(long id) {
        PlainBranch branch = branches.get(id);
        if (branch == null) {
            throw new AssertionError("no branch " + id);
        }
        return branch;
    }

    private static void require(boolean holds, String problem) {
        if (!holds) {
            throw new AssertionError(problem);
        }
    }
}
