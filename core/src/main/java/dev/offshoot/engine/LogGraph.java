package dev.offshoot.engine;

import dev.offshoot.state.Branch;
import dev.offshoot.state.LogQuery;
import dev.offshoot.state.LoggedCommit;
import dev.offshoot.state.Project;
import dev.offshoot.wal.Change;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The commits that a position sees and those that came to it by merges, the newest first, each with its parents. A lane is the
 * log of one position. Where two lanes come to the same commit, all below is the same too, so one of them ends. Not thread safe.
 */
final class LogGraph implements Iterator<LogNode> {
    private final Project project;
    private final LogQuery query;
    private final Runnable patience;
    private final List<Peeking<LoggedCommit>> lanes = new ArrayList<>();

    LogGraph(Project project, Branch branch, long lsn, LogQuery query, Runnable patience) {
        this.project = project;
        this.query = query;
        this.patience = patience;
        open(branch, lsn);
    }

    @Override
    public boolean hasNext() {
        return lanes.stream().anyMatch(Peeking::hasNext);
    }

    @Override
    public LogNode next() {
        Peeking<LoggedCommit> lane = newest();
        if (lane == null) {
            throw new NoSuchElementException();
        }
        LoggedCommit commit = lane.next();
        lanes.removeIf(other -> {
            LoggedCommit same = other.peek();
            return other != lane && (same == null || same.firstLsn() == commit.firstLsn());
        });
        List<Long> parents = new ArrayList<>(2);
        add(parents, lane);
        if (commit.source() instanceof Change.Merge merge) {
            Branch from = project.catalog().branch(merge.from());
            if (from != null) {
                add(parents, open(from, merge.lsn()));
            }
        }
        return new LogNode(commit, parents);
    }

    private Peeking<LoggedCommit> open(Branch branch, long lsn) {
        Peeking<LoggedCommit> lane = new Peeking<>(project.log(branch, lsn, query, patience));
        lanes.add(lane);
        return lane;
    }

    private @Nullable Peeking<LoggedCommit> newest() {
        Peeking<LoggedCommit> newest = null;
        long lsn = 0;
        for (Peeking<LoggedCommit> lane : lanes) {
            LoggedCommit next = lane.peek();
            if (next != null && next.firstLsn() > lsn) {
                newest = lane;
                lsn = next.firstLsn();
            }
        }
        return newest;
    }

    private static void add(List<Long> parents, Peeking<LoggedCommit> lane) {
        LoggedCommit next = lane.peek();
        if (next != null) {
            parents.add(next.firstLsn());
        }
    }
}
