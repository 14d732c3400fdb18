package dev.offshoot.state;

import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.RecordCodec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The commits of parts of a history, the oldest first, each with the states before and after it. The commits are read at once, and folded one
 * by one as they are asked for, so that of the states no more than what one of them changed is held beside the first. Not thread safe.
 */
public final class BranchSteps implements Iterator<BranchSteps.Step> {
    private final Project project;
    private final Runnable patience;
    private final List<Commit> commits = new ArrayList<>();

    /** The places of commits that do not follow the one before them in this list. */
    private final Set<Integer> starts = new HashSet<>();

    private int next;
    private @Nullable Snapshot state;

    /**
     * A commit and what it was made on.
     *
     * @param before as it is stored; of a commit that begins with a reset the state that it goes back to
     * @param after at the branch and the last LSN of the commit
     */
    public record Step(Commit commit, Snapshot before, Snapshot after) {}

    /**
     * How much is read at most.
     *
     * @param commits how many
     * @param bytes what they may take together in the log, before compression
     */
    public record Limits(int commits, long bytes) {}

    /**
     * @param oldestFirst the parts
     * @param patience called for every record and commit; what it throws ends this
     * @throws CommandException BSONObjectTooLarge where it is more than the limits, BadValue where the log no longer has all of it
     */
    BranchSteps(Project project, List<Segments.Segment> oldestFirst, Limits limits, Runnable patience) {
        this.project = project;
        this.patience = patience;
        long bytes = 0;
        for (Segments.Segment part : oldestFirst) {
            starts.add(commits.size());
            bytes = read(part, limits, bytes);
        }
    }

    private long read(Segments.Segment part, Limits limits, long before) {
        long first = project.firstLsn();
        if (part.above() + 1 < first) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "the log above LSN " + part.above() + " of project '" + project.name()
                            + "' is no longer kept, as it begins at LSN " + first
                            + ", so its commits cannot be told apart; squash: true makes one commit of them");
        }
        long bytes = before;
        try (RecordCursor cursor = project.records(part.above() + 1)) {
            LogRecord entry = cursor.next();
            while (entry != null && entry.firstLsn() <= part.upTo()) {
                patience.run();
                for (Commit commit : RecordCodec.decode(entry).commits()) {
                    boolean isHere = commit.branch() == part.branch()
                            && commit.firstLsn() > part.above()
                            && commit.lastLsn() <= part.upTo();
                    if (isHere) {
                        commits.add(commit);
                        bytes += commit.approximateBytes();
                        check(limits, bytes);
                    }
                }
                entry = cursor.next();
            }
        }
        return bytes;
    }

    private void check(Limits limits, long bytes) {
        if (commits.size() > limits.commits() || bytes > limits.bytes()) {
            throw new CommandException(
                    ErrorCode.BSON_OBJECT_TOO_LARGE,
                    "that are more than " + limits.commits() + " commits or " + (limits.bytes() >> 20)
                            + " MiB of changes, which is too much to keep apart in one step; make one commit of them with"
                            + " squash: true");
        }
    }

    /** The last LSN of the last commit; 0 where there is none. */
    public long lastLsn() {
        return commits.isEmpty() ? 0 : commits.get(commits.size() - 1).lastLsn();
    }

    /** All of the commits, whatever was asked for so far. */
    public List<Commit> commits() {
        return Collections.unmodifiableList(commits);
    }

    /** How many commits there are in all. */
    public int size() {
        return commits.size();
    }

    @Override
    public boolean hasNext() {
        return next < commits.size();
    }

    @Override
    public Step next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        patience.run();
        Commit commit = commits.get(next);
        Snapshot known = starts.contains(next) || commit.changes().get(0) instanceof Change.Reset ? null : state;
        Snapshot before = known == null ? before(commit) : known;
        next++;
        Snapshot folded = BranchFold.apply(before, commit, Keeper.NONE, past());
        Snapshot after = new Snapshot(commit.branch(), commit.lastLsn(), folded.byName(), folded.collections());
        state = after;
        return new Step(commit, before, after);
    }

    /** The state that a commit was made on, or that it goes back to. */
    private Snapshot before(Commit commit) {
        Catalog catalog = project.catalog();
        if (commit.changes().get(0) instanceof Change.Reset reset) {
            return Scope.restrict(
                    project.storedAt(catalog.existing(reset.from()), reset.lsn()),
                    catalog.crossing(reset.from(), commit.branch()));
        }
        return project.storedAt(catalog.existing(commit.branch()), commit.firstLsn() - 1);
    }

    /** What commits refer to. Where a reset goes to is the state that its commit is folded on. */
    private Past past() {
        return new Past() {
            @Override
            public Snapshot at(long branch, long lsn) {
                return project.storedAt(project.catalog().existing(branch), lsn);
            }

            @Override
            public @Nullable Snapshot target(long branch, Change.Reset reset) {
                return null;
            }
        };
    }
}
