package dev.offshoot.engine;

import dev.offshoot.bson.Value;
import dev.offshoot.merge.ConflictType;
import dev.offshoot.merge.MergeConflict;
import dev.offshoot.merge.MergeContext;
import dev.offshoot.merge.MergePlan;
import dev.offshoot.merge.MergeSettings;
import dev.offshoot.merge.Position;
import dev.offshoot.merge.Resolution;
import dev.offshoot.merge.Resolutions;
import dev.offshoot.merge.Sides;
import dev.offshoot.merge.ThreeWay;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.BranchLog;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.LogQuery;
import dev.offshoot.state.LoggedCommit;
import dev.offshoot.state.Project;
import dev.offshoot.state.RecordId;
import dev.offshoot.state.Snapshot;
import dev.offshoot.state.Statement;
import dev.offshoot.wal.Change;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes what one actor did out of a range of a history, and leaves what others did: each run of commits that are the actor's, the newest
 * first, is undone on what is left, in memory. What comes out, beside the end of the range, is theirs of a three-way merge into the
 * branch's head.
 *
 * <p>Where others changed the same later in the range, that has to come out as a conflict of the merge with the head. So such a document is
 * in the base what the actor had made of it, and in theirs what it was before. A document to which that happened in several runs is not in
 * the base at all, so that whatever its undoing would change is in conflict. Names, options and indexes of a collection are treated alike.
 * Unique keys and validators are left to the merge with the head, as only what comes out in the end has to keep to them.
 */
final class ActorUndo {
    private final Project project;
    private final MergeSettings settings;
    private final MergeContext context;
    private final Set<Key> contested = new HashSet<>();
    private Snapshot left;
    private Snapshot base;
    private int step;

    ActorUndo(Project project, MergeSettings settings, MergeContext context) {
        this.project = project;
        this.settings = settings;
        this.context = context;
        this.left = Snapshot.EMPTY;
        this.base = Snapshot.EMPTY;
    }

    /** A document, by the id of its collection and its {@code _id}. */
    private record Key(long collection, Value id) {}

    /** Commits that follow each other, from one state to another. */
    private record Run(Snapshot before, Snapshot after) {}

    /**
     * What the merge is to be made of.
     *
     * @param actor part of the name of who made the commits
     * @param from the position before the range
     * @param to the position at its end
     * @param states those at the two positions, and the head as ours
     */
    Sides<Snapshot> states(String actor, Position from, Position to, Sides<Snapshot> states) {
        left = states.base();
        base = states.base();
        List<Run> runs = runs(actor, from, to);
        if (runs.isEmpty()) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "nobody whose name holds '" + actor + "' changed anything from LSN " + (from.lsn() + 1) + " to "
                            + to.lsn() + "; see who did with {branchLog: 1}");
        }
        runs.forEach(this::undo);
        Snapshot theirs = new Snapshot(from.branch(), from.lsn(), left.byName(), left.collections());
        return new Sides<>(base, states.ours(), theirs);
    }

    private List<Run> runs(String actor, Position from, Position to) {
        LogQuery query =
                new LogQuery(from.lsn(), to.lsn(), null, null, lsn -> true, false, BranchLogCommand::replays, null, 0);
        BranchLog log = project.log(branch(to.branch()), to.lsn(), query, context.patience());
        List<Run> runs = new ArrayList<>();
        @Nullable LoggedCommit newest = null;
        @Nullable LoggedCommit oldest = null;
        while (log.hasNext()) {
            LoggedCommit commit = log.next();
            if (commit.origin().actor().contains(actor)) {
                newest = newest == null ? commit : newest;
                oldest = commit;
            } else if (newest != null && oldest != null) {
                runs.add(run(oldest, newest));
                newest = null;
            }
        }
        if (newest != null && oldest != null) {
            runs.add(run(oldest, newest));
        }
        return runs;
    }

    private Run run(LoggedCommit oldest, LoggedCommit newest) {
        Snapshot before = oldest.source() instanceof Change.Reset reset
                ? project.storedAt(branch(reset.from()), reset.lsn())
                : project.storedAt(branch(oldest.branch()), oldest.firstLsn() - 1);
        return new Run(before, project.storedAt(branch(newest.branch()), newest.lastLsn()));
    }

    private Branch branch(long id) {
        return project.catalog().existing(id);
    }

    private void undo(Run run) {
        List<MergeConflict> found = new ArrayList<>();
        Resolutions takeNote = conflict -> {
            found.add(conflict);
            return Resolution.THEIRS;
        };
        Resolutions resolutions = settings.strategy() == null ? takeNote : Resolutions.NONE;
        MergePlan plan =
                ThreeWay.plan(new Sides<>(run.after, left, run.before), settings, resolutions, context.unchecked());
        for (MergeConflict conflict : found) {
            boolean isOfDocument =
                    conflict.type() == ConflictType.DOCUMENT_EDIT || conflict.type() == ConflictType.DELETE_VERSUS_EDIT;
            Value id = conflict.id();
            if (isOfDocument && id != null) {
                contest(run, conflict.collection(), id);
            } else if (!contest(run, conflict)) {
                throw undecided(run, conflict);
            }
        }
        if (plan.hasConflicts()) {
            throw undecided(run, plan.conflicts().get(0));
        }
        left = left.with(plan.changes(), plan.referred(), step++);
    }

    /** Sees to it that the merge with the head finds the conflict. */
    private void contest(Run run, String name, Value id) {
        CollectionSnapshot there = left.entry(name);
        CollectionSnapshot mine = there == null ? null : base.collections().get(RecordId.key(there.id()));
        if (there == null || mine == null) {
            return;
        }
        Key key = new Key(there.id(), id);
        boolean again = !contested.add(key);
        CollectionSnapshot then = run.after.collections().get(RecordId.key(there.id()));
        long old = then == null || again ? 0 : record(then, id);
        long now = record(mine, id);
        List<Change> changes = new ArrayList<>();
        if (now != 0 && now != old) {
            changes.add(new Change.Delete(mine.id(), now));
        }
        if (then != null && old != 0) {
            changes.add(new Change.Put(mine.id(), old, Objects.requireNonNull(then.document(old))));
        }
        base = base.with(changes, new Statement.Referred(List.of()), step++);
    }

    /** The same for what a collection is: its name, options and indexes, or whether it is there at all. False where it cannot be done. */
    private boolean contest(Run run, MergeConflict conflict) {
        String name = conflict.collection();
        CollectionSnapshot there = left.entry(name);
        there = there == null ? run.after.entry(name) : there;
        there = there == null ? run.before.entry(name) : there;
        if (there == null) {
            return false;
        }
        byte[] key = RecordId.key(there.id());
        CollectionSnapshot then = run.after.collections().get(key);
        CollectionSnapshot mine = base.collections().get(key);
        if (then == null) { // what the actor dropped has to come back under a name that others gave to another one
            base = Narrowed.without(base, base.entry(name));
            return true;
        }
        CollectionSnapshot made =
                mine == null || conflict.type() == ConflictType.DELETE_VERSUS_EDIT ? then : mine.definedAs(then);
        Snapshot rest = Narrowed.without(base, mine);
        if (rest.entry(made.name()) != null) {
            return false;
        }
        base = Narrowed.with(rest, made);
        return true;
    }

    private static long record(CollectionSnapshot collection, Value id) {
        byte[] key = collection.idIndex().keys().key(List.of(id));
        return collection.idIndex().holder(key, 0);
    }

    private CommandException undecided(Run run, MergeConflict conflict) {
        return new CommandException(
                ErrorCode.WRITE_CONFLICT,
                "what the actor did up to LSN " + run.after.lsn() + " in '" + conflict.collection()
                        + "' cannot be told apart from what others did later: " + conflict.reason()
                        + ". Nothing was changed. Undo it run by run, the newest first, with from: " + run.before.lsn()
                        + ", to: " + run.after.lsn() + " and no actor, or say with strategy: 'ours' or 'theirs' what"
                        + " is to count");
    }
}
