package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.merge.MergeBase;
import dev.offshoot.merge.MergeConflict;
import dev.offshoot.merge.MergeContext;
import dev.offshoot.merge.MergeCounts;
import dev.offshoot.merge.MergeMode;
import dev.offshoot.merge.MergePlan;
import dev.offshoot.merge.MergeRules;
import dev.offshoot.merge.MergeSettings;
import dev.offshoot.merge.Position;
import dev.offshoot.merge.Resolutions;
import dev.offshoot.merge.Sides;
import dev.offshoot.merge.ThreeWay;
import dev.offshoot.state.Branch;
import dev.offshoot.state.BranchSteps;
import dev.offshoot.state.Catalog;
import dev.offshoot.state.Scope;
import dev.offshoot.state.Segments;
import dev.offshoot.state.Snapshot;
import dev.offshoot.state.Statement;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.Origin;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Plans a rebase or a cherry-pick that keeps commits apart: does again on another state what each commit did, one on top of the other. Each is
 * a three-way merge: its base is the state before the commit, theirs the one after it, ours what the commits before it came to. Nothing is
 * written: what comes out are the commits of one {@link Statement.Draft}, which become visible together.
 *
 * <p>A commit keeps its author, command and message; {@link Change.Pick} says which one it was and who picked it. One that comes to nothing is
 * left out, unless it did nothing from the start. In a rebase a merge of what the new base has is left out, and any other is merged again, with
 * what the new base and the commits before it have in common with it. In a cherry-pick a merge is what it brought.
 *
 * <p>A commit that is where it is to go already ({@link PickedBefore}) is left out, as Git drops it: in a rebase by its name, once for each
 * that the new base has and the branch has not; else where nothing of it was taken back since.
 *
 * <p>The first commit in conflict ends it. When it goes on all is planned again, with what was said of the conflicts of each commit, so
 * nothing of it has to be kept. Used once, by one thread.
 */
final class Picks {
    /** Memory holds the commits and what they come to; 50,000 small ones take about 100 MB. */
    private static final BranchSteps.Limits LIMITS = new BranchSteps.Limits(50_000, 128L << 20);

    /** So many of the commits that are there already are listed; the others are counted. */
    private static final int LISTED_MAX = 100;

    /** What is there already is the same on both sides, or was changed since. */
    private static final MergeSettings DIVERGENT =
            new MergeSettings(Map.of(MergeSettings.ANY, MergeRules.of(MergeMode.FIELD_DIVERGENT)), null);

    private final MergePlanning planning;
    private final MergeTask task;
    private final MergeContext context;
    private final String by;
    private final Catalog catalog;
    private final Branch target;
    private final List<Statement.Part> parts = new ArrayList<>();
    private final List<Snapshot> referred = new ArrayList<>();
    private MergeCounts counts = MergeCounts.NONE;
    private Snapshot state = Snapshot.EMPTY;
    private int places;
    private int picked;
    private int dropped;
    private int alreadyCount;
    private final List<Already> already = new ArrayList<>();
    private final Set<Position> counterparts = new HashSet<>();

    /** @param by who picks */
    Picks(MergePlanning planning, MergeTask task, MergeContext context, String by) {
        this.planning = planning;
        this.task = task;
        this.context = context;
        this.by = by;
        this.catalog = planning.project().catalog();
        this.target = catalog.existing(task.target());
    }

    /**
     * Where it stopped.
     *
     * @param number of the commit, from 1
     * @param of how many
     * @param states the three that the conflicts are between
     */
    record Stop(Commit commit, int number, int of, List<MergeConflict> conflicts, Sides<Snapshot> states) {}

    /**
     * A commit that is there already.
     *
     * @param as the commit that it is
     */
    private record Already(Commit commit, Position as) {}

    /**
     * What it comes to.
     *
     * @param parts the commits
     * @param referred the states that they refer to
     * @param state what the target would store; where it stopped, before that
     * @param picked how many commits are done again
     * @param dropped how many came to nothing, or are there already
     * @param alreadyCount how many are there already
     * @param already the first of those
     * @param stop null where all are done
     */
    record Planned(
            List<Statement.Part> parts,
            List<Snapshot> referred,
            Snapshot state,
            MergeCounts counts,
            int picked,
            int dropped,
            int alreadyCount,
            List<Already> already,
            @Nullable Stop stop) {
        /** What the reply to the command tells of it. */
        Doc toDoc(Catalog catalog) {
            DocBuilder out = new DocBuilder().append("picked", picked).append("dropped", dropped);
            if (alreadyCount > 0) {
                out.startDocument("already").append("count", alreadyCount).startArray("commits");
                for (Already one : already) {
                    begin(out.addDocument(), one.commit, catalog)
                            .startDocument("as")
                            .append("branch", catalog.existing(one.as.branch()).name())
                            .append("lsn", one.as.lsn())
                            .end();
                    LogDocuments.writeOrigin(out, one.commit.origin());
                    out.end();
                }
                out.end().end();
            }
            if (stop != null) {
                Commit commit = stop.commit;
                begin(out.startDocument("stopped_at"), commit, catalog)
                        .append("number", stop.number)
                        .append("of", stop.of);
                LogDocuments.writeOrigin(out, commit.origin());
                out.end();
            }
            return out.buildDoc();
        }

        private static DocBuilder begin(DocBuilder out, Commit commit, Catalog catalog) {
            return out.append("branch", catalog.existing(commit.branch()).name())
                    .append("lsn", commit.firstLsn())
                    .append("last_lsn", commit.lastLsn());
        }
    }

    /**
     * Plans it.
     *
     * @param head the position of the target that it is planned for
     * @param ours the state to begin with
     * @param said what was said of the conflicts of a commit, by its last LSN
     * @param stopAt the last LSN of a commit to stop at whatever it comes to; 0 for none
     */
    Planned plan(Position head, Snapshot ours, LongFunction<Resolutions> said, long stopAt) {
        Position onto = task.onto();
        state = ours;
        if (onto != null) {
            parts.add(new Statement.Part(null, List.of(new Change.Reset(onto.branch(), onto.lsn()))));
            referred.add(planning.state(onto));
            places = 1;
        }
        List<Segments.Segment> segments = segments(head);
        BranchSteps steps = planning.project().steps(segments, LIMITS, context.patience());
        Segments.Segment newest = segments.isEmpty() ? null : segments.get(segments.size() - 1);
        if (onto != null && newest != null && newest.branch() == head.branch() && steps.lastLsn() != head.lsn()) {
            // Invariant: no commit is left behind
            throw new IllegalStateException("the log does not have LSN " + head.lsn() + " of branch " + head.branch());
        }
        PickedBefore before = new PickedBefore(
                planning.project(), task.target(), onto == null ? head : onto, steps.commits(), context.patience());
        @Nullable Predicate<Position> own = onto == null ? null : MergeBase.contained(catalog, head);
        @Nullable Stop stop = null;
        for (int number = 1; steps.hasNext() && stop == null; number++) {
            BranchSteps.Step step = steps.next();
            Commit commit = step.commit();
            Change first = commit.changes().get(0);
            if (commit.changes().size() == 1 && first instanceof Change.Reset) {
                continue;
            }
            boolean again = onto != null && first instanceof Change.Merge;
            if (again && MergeBase.isContained(catalog, merged(first), Objects.requireNonNull(onto))) {
                dropped++;
                continue;
            }
            Sides<Snapshot> sides = again ? sidesOfMerge((Change.Merge) first, commit) : sides(step);
            Position theirs = again ? merged(first) : new Position(commit.branch(), commit.lastLsn());
            boolean isWhole = !planning.comesInWithoutDocuments(theirs, task);
            MergeContext named = isWhole ? context : context.unnamed();
            Position as = again || commit.lastLsn() == stopAt ? null : before.find(commit);
            if (as != null && isLeftOut(as, own, sides, named)) {
                dropped++;
                alreadyCount++;
                if (already.size() < LISTED_MAX) {
                    already.add(new Already(commit, as));
                }
                continue;
            }
            MergePlan plan = ThreeWay.plan(sides, task.settings(), said.apply(commit.lastLsn()), named);
            if (plan.hasConflicts() || commit.lastLsn() == stopAt) {
                stop = new Stop(commit, number, steps.size(), plan.conflicts(), sides);
            } else {
                add(commit, again ? (Change.Merge) first : null, plan, theirs);
            }
        }
        return new Planned(parts, referred, state, counts, picked, dropped, alreadyCount, already, stop);
    }

    /**
     * Whether a commit that is there already is left out.
     *
     * @param as what it is there
     * @param own the commits of the branch that is rebased; null for none
     */
    private boolean isLeftOut(
            Position as, @Nullable Predicate<Position> own, Sides<Snapshot> sides, MergeContext named) {
        boolean byName = own != null && counterparts.add(as) && !own.test(as);
        return byName
                || ThreeWay.plan(sides, DIVERGENT, Resolutions.NONE, named)
                        .changes()
                        .isEmpty();
    }

    private List<Segments.Segment> segments(Position head) {
        Position onto = task.onto();
        return onto == null ? commits(catalog, task) : MergeBase.beyond(catalog, head, onto);
    }

    /** The parts of histories that a cherry-pick brings. */
    static List<Segments.Segment> commits(Catalog catalog, MergeTask task) {
        Position theirs = Objects.requireNonNull(task.theirs());
        Position base = Objects.requireNonNull(task.base());
        Value only = task.detail().get("commit");
        return only == null
                ? MergeBase.beyond(catalog, theirs, base)
                : List.of(new Segments.Segment(theirs.branch(), only.asInt64() - 1, theirs.lsn()));
    }

    private static Position merged(Change merge) {
        return new Position(((Change.Merge) merge).from(), ((Change.Merge) merge).lsn());
    }

    /** What a commit did, seen from the target. */
    private Sides<Snapshot> sides(BranchSteps.Step step) {
        long branch = step.commit().branch();
        Snapshot base = Scope.restrict(step.before(), catalog.crossing(branch, task.target()));
        base = Scope.restrict(base, catalog.crossing(branch, state.branch()));
        return new Sides<>(base, state, planning.inScope(step.after(), task));
    }

    /** What a merge brings when it is done again: the new base and the commits before it are what it has in common. */
    private Sides<Snapshot> sidesOfMerge(Change.Merge merge, Commit commit) {
        Position theirs = merged(merge);
        Position before = new Position(commit.branch(), commit.firstLsn() - 1);
        List<Position> bases = MergeBase.of(catalog, List.of(Objects.requireNonNull(task.onto()), before), theirs);
        Snapshot base = Scope.restrict(
                planning.base(bases, List.of(Position.of(state), theirs), task, context),
                catalog.crossing(theirs.branch(), task.target()));
        return new Sides<>(base, state, planning.inScope(planning.state(theirs), task));
    }

    private void add(Commit commit, Change.@Nullable Merge merge, MergePlan plan, Position theirs) {
        boolean isNote = commit.changes().stream()
                .allMatch(change -> change instanceof Change.Mark || change instanceof Change.Pick);
        if (plan.changes().isEmpty() && !isNote && merge == null) {
            dropped++;
            return;
        }
        List<Change> changes = new ArrayList<>();
        if (merge != null) {
            changes.add(merge);
        }
        changes.add(new Change.Pick(commit.branch(), commit.lastLsn(), by));
        if (isNote) {
            changes.add(new Change.Mark());
        }
        int own = changes.size();
        boolean refers = false;
        for (Change change : plan.changes()) {
            changes.add(Snapshot.placed(MergePlan.shifted(change, places + own)));
            refers |= change instanceof Change.RestoreCollection;
        }
        if (refers) {
            referred.add(planning.state(theirs));
        }
        Statement.Referred past = refers ? plan.referred() : new Statement.Referred(List.of());
        state = state.foreseen(changes.subList(own, changes.size()), past, places + own);
        parts.add(new Statement.Part(origin(commit), changes));
        places += changes.size();
        counts = counts.plus(plan.counts());
        picked++;
    }

    private Origin origin(Commit commit) {
        Origin origin = commit.origin();
        Value message = task.detail().get("message");
        return new Origin(
                origin.actor(),
                origin.command(),
                target.name(),
                origin.namespace(),
                message == null ? origin.message() : message.asString());
    }
}
