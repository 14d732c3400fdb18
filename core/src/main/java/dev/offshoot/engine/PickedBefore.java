package dev.offshoot.engine;

import dev.offshoot.merge.MergeBase;
import dev.offshoot.merge.Position;
import dev.offshoot.mql.CommandException;
import dev.offshoot.state.Catalog;
import dev.offshoot.state.Project;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.StoreException;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.RecordCodec;
import dev.offshoot.wal.RecordSummary;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Tells of commits that are to be done again whether a position has them already: the commit itself, one that was picked from it, one that
 * it was picked from, or one that both were picked from, each through any number of picks ({@link Change.Pick}).
 *
 * <p>A pick is younger than what it does again, so the log is read from the oldest of the commits and of those that they were picked from;
 * of records without picks only the header is looked at. What the log no longer has is not known. What came through the scope of a partial
 * branch may be less than the commit, and counts on that branch alone.
 *
 * <p>Immutable once made.
 */
final class PickedBefore {
    private final Project project;
    private final Catalog catalog;
    private final long target;
    private final Predicate<Position> contained;

    /** What commits did again, by the commit; only commits that did. */
    private final Map<Position, Change.Pick> picks = new HashMap<>();

    /** The newest commit of the position that did a commit again, by all names of that. */
    private final Map<Position, Position> there = new HashMap<>();

    /**
     * @param target the branch that the commits are to go to
     * @param in the position
     * @param commits those that will be asked for
     * @param patience called for every record; what it throws ends this
     */
    PickedBefore(Project project, long target, Position in, List<Commit> commits, Runnable patience) {
        this.project = project;
        this.catalog = project.catalog();
        this.target = target;
        this.contained = MergeBase.contained(catalog, in);
        long oldest = Long.MAX_VALUE;
        for (Commit commit : commits) {
            Change.Pick pick = commit.pick();
            if (pick != null) {
                picks.put(position(commit), pick);
            }
            for (Position name : names(position(commit), true)) {
                oldest = Math.min(oldest, name.lsn());
            }
        }
        if (oldest <= in.lsn()) {
            scan(oldest, in.lsn(), patience);
        }
        List<Position> pickers = new ArrayList<>(picks.keySet());
        pickers.removeIf(contained.negate());
        pickers.sort((a, b) -> Long.compare(a.lsn(), b.lsn()));
        for (Position picker : pickers) {
            names(picker, false).forEach(name -> there.put(name, picker));
        }
    }

    /** Which commit of the position is this one; null for none. */
    @Nullable
    Position find(Commit commit) {
        Position newest = null;
        for (Position name : names(position(commit), false)) {
            Position found = there.getOrDefault(name, contained.test(name) ? name : null);
            if (found != null && (newest == null || newest.lsn() < found.lsn())) {
                newest = found;
            }
        }
        return newest;
    }

    static Position position(Commit commit) {
        return new Position(commit.branch(), commit.lastLsn());
    }

    /** A commit, and what it was picked from, the newest first. */
    private List<Position> names(Position commit, boolean readsLog) {
        List<Position> names = new ArrayList<>();
        Position at = commit;
        while (at != null) {
            names.add(at);
            Change.Pick pick = picks.get(at);
            if (pick == null && readsLog && names.size() > 1) {
                pick = read(at);
            }
            at = pick == null || isNarrowed(pick, at.branch()) ? null : new Position(pick.from(), pick.lsn());
        }
        return names;
    }

    /** Whether a pick may have left out something of a commit that is not left out on the target anyway. */
    private boolean isNarrowed(Change.Pick pick, long branch) {
        return branch != target && !catalog.crossing(pick.from(), branch).isEmpty();
    }

    /** What a commit did again, from the log; null for nothing, or where the log does not have it. */
    private Change.@Nullable Pick read(Position position) {
        Commit commit = position.lsn() < project.firstLsn() ? null : commitAt(position);
        Change.Pick pick = commit == null ? null : commit.pick();
        if (pick != null) {
            picks.put(position, pick);
        }
        return pick;
    }

    private @Nullable Commit commitAt(Position position) {
        try (RecordCursor cursor = project.records(position.lsn())) {
            LogRecord entry = cursor.next();
            if (entry != null) {
                for (Commit commit : RecordCodec.decode(entry).commits()) {
                    if (position(commit).equals(position)) {
                        return commit;
                    }
                }
            }
            return null;
        } catch (StoreException | CommandException e) {
            if (project.firstLsn() <= position.lsn()) {
                throw e;
            }
            return null; // it was trimmed meanwhile
        }
    }

    private void scan(long oldest, long upTo, Runnable patience) {
        long from = Math.max(oldest, project.firstLsn());
        try (RecordCursor cursor = project.records(from)) {
            for (LogRecord entry = cursor.next(); entry != null && entry.firstLsn() <= upTo; entry = cursor.next()) {
                patience.run();
                if (hasPicks(entry)) {
                    for (Commit commit : RecordCodec.decode(entry).commits()) {
                        Change.Pick pick = commit.pick();
                        if (pick != null) {
                            picks.put(position(commit), pick);
                        }
                    }
                }
            }
        } catch (StoreException | CommandException e) {
            if (project.firstLsn() <= from) {
                throw e;
            }
            scan(oldest, upTo, patience); // it was trimmed meanwhile: what is left is looked at again
        }
    }

    private static boolean hasPicks(LogRecord entry) {
        for (RecordSummary.Group group : RecordSummary.of(entry).groups()) {
            if (group.changes().containsKey(Change.Kind.PICK.label())) {
                return true;
            }
        }
        return false;
    }
}
