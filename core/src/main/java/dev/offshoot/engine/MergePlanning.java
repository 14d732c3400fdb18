package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.engine.MergeOutcome.Status;
import dev.offshoot.merge.MergeBase;
import dev.offshoot.merge.MergeConflict;
import dev.offshoot.merge.MergeContext;
import dev.offshoot.merge.MergePlan;
import dev.offshoot.merge.PartialSides;
import dev.offshoot.merge.Position;
import dev.offshoot.merge.Resolutions;
import dev.offshoot.merge.Sides;
import dev.offshoot.merge.ThreeWay;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Catalog;
import dev.offshoot.state.Mask;
import dev.offshoot.state.Project;
import dev.offshoot.state.Scope;
import dev.offshoot.state.Snapshot;
import dev.offshoot.state.Statement;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.RetryResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Plans what {@link MergeTask}s come to with one head of their targets: which states are merged, what the changes are, and where they are in
 * conflict. Changes nothing. Used for one command, by one thread.
 */
final class MergePlanning {
    private final Invocation call;
    private final Project project;

    /** The merge that goes on; null as long as none does. */
    private PendingMerges.@Nullable Pending going;

    MergePlanning(Invocation call, Project project) {
        this.call = call;
        this.project = project;
    }

    Project project() {
        return project;
    }

    /** From here on it plans for a merge that waited. */
    void goesOn(PendingMerges.Pending waiting) {
        going = waiting;
    }

    /** What a task comes to with one head of its target. */
    final class Planned {
        final MergeTask task;
        final Snapshot head;
        final Position ours;
        final Position theirs;
        final Resolutions resolutions;
        Status status = Status.UP_TO_DATE;
        List<Position> bases = List.of();
        List<String> unknown = List.of();

        @Nullable
        Snapshot comesIn;

        @Nullable
        MergePlan plan;

        /** What takes the place of the plan where commits are kept apart. */
        Picks.@Nullable Planned picks;

        Planned(MergeTask task, Snapshot head, Resolutions resolutions) {
            this.task = task;
            this.resolutions = resolutions;
            this.head = head;
            this.ours = Position.of(head);
            this.theirs = task.theirs() == null ? ours : task.theirs();
        }

        List<MergeConflict> conflicts() {
            if (picks != null) {
                return picks.stop() == null ? List.of() : picks.stop().conflicts();
            }
            return plan == null ? List.of() : plan.conflicts();
        }

        MergeOutcome outcome(long headNow) {
            return new MergeOutcome(
                    status,
                    task,
                    ours,
                    theirs,
                    bases,
                    picks != null ? picks.counts() : plan == null ? null : plan.counts(),
                    conflicts().size(),
                    headNow,
                    digest().toString(),
                    picks == null ? null : picks.toDoc(project.catalog()),
                    unknown);
        }

        PlanDigest digest() {
            Doc decided = resolutions instanceof Said said ? said.toDoc() : Doc.EMPTY;
            return new PlanDigest(ours, theirs, task.toDoc(), decided);
        }

        PendingMerges.Pending pending(UUID session) {
            Picks.Stop stop = picks == null ? null : picks.stop();
            long commit = stop == null ? 0 : stop.commit().lastLsn();
            return new PendingMerges.Pending(task, session, ours, theirs, bases, 0, commit);
        }

        /** What the log keeps of it for a command that is sent again. */
        List<RetryResult> kept(Once made) {
            return made.results(outcome(0).toDoc());
        }

        List<Change> changes() {
            List<Change> first = new ArrayList<>();
            Position onto = task.onto();
            if (status == Status.FAST_FORWARD && comesIn != null) {
                first.add(new Change.Reset(comesIn.branch(), comesIn.lsn()));
            } else if (onto != null) {
                first.add(new Change.Reset(onto.branch(), onto.lsn()));
            } else if (task.edge()) {
                first.add(new Change.Merge(theirs.branch(), theirs.lsn()));
            }
            return plan == null ? first : plan.changesAfter(first);
        }

        /** What the target shows after it; null where conflicts are open. */
        @Nullable
        Snapshot after() {
            MergePlan made = plan;
            if (picks != null) {
                return picks.stop() == null ? picks.state() : null;
            }
            Position onto = task.onto();
            Snapshot here = onto == null ? head : inScope(state(onto, List.of()), task);
            return switch (status) {
                case UP_TO_DATE -> head;
                case FAST_FORWARD -> comesIn == null ? null : inScope(comesIn, task);
                case MERGED -> made == null ? here : here.with(made.changes(), made.referred());
                case CONFLICTS -> null;
            };
        }

        Statement.Referred referred() {
            if (picks != null) {
                return new Statement.Referred(picks.referred());
            }
            List<Snapshot> states = new ArrayList<>();
            if (comesIn != null) {
                states.add(comesIn);
            }
            if (task.onto() != null) {
                states.add(state(task.onto(), List.of()));
            }
            return new Statement.Referred(states);
        }
    }

    /**
     * Plans a task.
     *
     * @param head of its target
     * @param resolutions what is said of conflicts
     */
    Planned plan(MergeTask task, Snapshot head, Resolutions resolutions) {
        Planned planned = new Planned(task, head, resolutions);
        if (task.isApart()) {
            planApart(planned, resolutions);
            return checked(planned);
        }
        Catalog catalog = project.catalog();
        Position ours = task.onto() == null ? planned.ours : task.onto();
        boolean merges = task.base() == null && task.edge();
        List<Scope> brings = catalog.crossing(planned.theirs.branch(), task.target());
        if (merges && isContained(planned.theirs, ours, brings)) {
            return planned;
        }
        planned.comesIn = task.theirs() == null ? head : state(planned.theirs, List.of());
        if (merges && isFastForward(task, ours, planned.theirs)) {
            planned.status = Status.FAST_FORWARD;
            return checked(planned);
        }
        Snapshot here = task.onto() == null ? head : inScope(state(ours, List.of()), task);
        MergeContext context = context();
        List<Position> bases = task.base() != null ? List.of(task.base()) : MergeBase.of(catalog, ours, planned.theirs);
        Sides<Snapshot> sides = sides(task, bases, ours, here, planned.comesIn, context);
        Narrowed narrowed = Narrowed.of(project, task, sides, context);
        boolean named = narrowed.named() && brings.stream().noneMatch(Scope::schemaOnly);
        MergePlan plan =
                ThreeWay.plan(narrowed.states(), task.settings(), resolutions, named ? context : context.unnamed());
        planned.bases = bases;
        planned.plan = plan;
        planned.unknown = task.settings().unknown(sides);
        boolean nothing = plan.changes().isEmpty() && !task.edge() && task.onto() == null;
        planned.status = plan.hasConflicts() ? Status.CONFLICTS : nothing ? Status.UP_TO_DATE : Status.MERGED;
        return checked(planned);
    }

    private Planned checked(Planned planned) {
        Mask mask = project.catalog().existing(planned.task.target()).mask();
        Snapshot after = mask == null ? null : planned.after();
        if (after != null) {
            Masked.checkNames(mask, planned.head, after);
        }
        return planned;
    }

    private void planApart(Planned planned, Resolutions resolutions) {
        MergeTask task = planned.task;
        Position onto = task.onto();
        LongFunction<Resolutions> said = resolutions instanceof Said all ? all::of : commit -> resolutions;
        Picks.Planned picks = picked(task, planned.ours, planned.head, said, 0);
        planned.picks = picks;
        planned.bases = task.base() != null
                ? List.of(task.base())
                : MergeBase.of(project.catalog(), onto == null ? planned.ours : onto, planned.theirs);
        boolean nothing = onto == null && picks.picked() == 0;
        planned.status = picks.stop() != null ? Status.CONFLICTS : nothing ? Status.UP_TO_DATE : Status.MERGED;
    }

    /** @param stopAt the commit to stop at whatever it comes to; 0 for none */
    private Picks.Planned picked(
            MergeTask task, Position at, Snapshot head, LongFunction<Resolutions> said, long stopAt) {
        try {
            return picks(task).plan(at, apartFrom(task, head), said, stopAt);
        } catch (CommandException e) {
            throw going != null && e.code().equals(ErrorCode.BAD_VALUE) ? gone(e) : e;
        }
    }

    private Picks picks(MergeTask task) {
        return new Picks(this, task, context(), call.origin("", "", "").actor());
    }

    /** The state that the first of commits that are kept apart goes on top of. */
    private Snapshot apartFrom(MergeTask task, Snapshot head) {
        return task.onto() == null ? head : inScope(state(task.onto()), task);
    }

    private MergeContext context() {
        return new MergeContext(call.pipelineContext(), call.deadline()::checkNow);
    }

    Snapshot base(List<Position> bases, List<Position> sides, MergeTask task, MergeContext context) {
        return base(bases, Set.of(), sides, task, context);
    }

    /**
     * The three states to merge.
     *
     * @param bases what both sides have in common
     * @param at the position of ours
     * @param theirs the state that comes in
     */
    private Sides<Snapshot> sides(
            MergeTask task, List<Position> bases, Position at, Snapshot ours, Snapshot theirs, MergeContext context) {
        List<Position> sides = List.of(at, Position.of(theirs));
        Position only = task.base();
        if (only != null) {
            return new Sides<>(based(only, sides, task), ours, inScope(theirs, task));
        }
        Catalog catalog = project.catalog();
        long from = task.onto() == null ? theirs.branch() : at.branch();
        Map<Set<Scope>, Snapshot> known = new HashMap<>();
        known.put(Set.of(), base(bases, Set.of(), sides, task, context));
        return PartialSides.of(
                new Sides<>(known.get(Set.of()), ours, theirs),
                MergeBase.scopes(catalog, at, Position.of(theirs)),
                catalog.crossing(from, task.target()),
                task.onto() != null,
                closed -> known.computeIfAbsent(
                        closed,
                        scopes -> base(
                                MergeBase.of(catalog, at, Position.of(theirs), scope -> !scopes.contains(scope)),
                                scopes,
                                sides,
                                task,
                                context)));
    }

    /** @param closed scopes that what is looked for did not come through */
    private Snapshot base(
            List<Position> bases, Set<Scope> closed, List<Position> sides, MergeTask task, MergeContext context) {
        return MergeBase.state(
                project.catalog(),
                bases,
                scope -> !closed.contains(scope),
                position -> state(position, sides),
                task.settings(),
                context);
    }

    /** A state that changes are told from: with what is left of it in theirs, and with what both sides may have. */
    private Snapshot based(Position position, List<Position> sides, MergeTask task) {
        Catalog catalog = project.catalog();
        Position theirs = sides.get(1);
        Snapshot state = Scope.restrict(
                state(position, sides),
                catalog.passed(position.branch(), position.lsn(), catalog.existing(theirs.branch()), theirs.lsn()));
        state = inScope(state, task);
        for (Position side : sides) {
            state = Scope.restrict(state, catalog.crossing(position.branch(), side.branch()));
        }
        return state;
    }

    /** What the target of a task may have of a state: partial branches leave the rest out, so it is neither brought nor missed. */
    Snapshot inScope(Snapshot state, MergeTask task) {
        return Scope.restrict(state, project.catalog().crossing(state.branch(), task.target()));
    }

    /** Whether what comes in leaves documents behind, so that changes cannot name its collections where they are whole. */
    boolean comesInWithoutDocuments(Position theirs, MergeTask task) {
        return project.catalog().crossing(theirs.branch(), task.target()).stream()
                .anyMatch(Scope::schemaOnly);
    }

    /**
     * The three states that the conflicts of a waiting merge were found between.
     *
     * @param said what was said of its conflicts
     */
    Sides<Snapshot> states(PendingMerges.Pending waiting, Supplier<Said> said) {
        goesOn(waiting);
        MergeTask task = waiting.task();
        if (task.isApart()) {
            return statesApart(waiting, said.get());
        }
        Position ours = task.onto() == null ? waiting.ours() : task.onto();
        MergeContext context = context();
        Sides<Snapshot> whole = sides(
                task,
                waiting.bases(),
                ours,
                inScope(state(ours, List.of()), task),
                state(waiting.theirs(), List.of()),
                context);
        return Narrowed.of(project, task, whole, context).states();
    }

    private Sides<Snapshot> statesApart(PendingMerges.Pending waiting, Said said) {
        MergeTask task = waiting.task();
        Snapshot head = state(waiting.ours());
        Picks.Stop stop =
                picked(task, waiting.ours(), head, said::of, waiting.commit()).stop();
        return stop == null ? new Sides<>(Snapshot.EMPTY, Snapshot.EMPTY, Snapshot.EMPTY) : stop.states();
    }

    private boolean isFastForward(MergeTask task, Position ours, Position theirs) {
        if (task.fastForward() == MergeTask.FastForward.NEVER) {
            return false;
        }
        Catalog catalog = project.catalog();
        if (!catalog.crossing(ours.branch(), theirs.branch()).isEmpty()) {
            if (task.fastForward() == MergeTask.FastForward.ONLY) {
                throw new CommandException(
                        ErrorCode.ILLEGAL_OPERATION,
                        "branch '" + catalog.existing(theirs.branch()).name() + "' is partial: moved forward to it, '"
                                + target(task).name() + "' would lose what it leaves out; merge without ff: 'only'");
            }
            return false;
        }
        List<Scope> brings = catalog.crossing(theirs.branch(), task.target());
        boolean possible = isContained(ours, theirs, List.of())
                && (brings.isEmpty() || isContained(ours, new Position(ours.branch(), 0), List.of()));
        if (!possible && task.fastForward() == MergeTask.FastForward.ONLY) {
            throw new CommandException(
                    ErrorCode.ILLEGAL_OPERATION,
                    "branch '" + target(task).name() + "' has changes of its own, so it cannot be moved forward to what"
                            + " is merged; merge without ff: 'only'");
        }
        return possible;
    }

    Snapshot state(Position position) {
        return state(position, List.of());
    }

    /**
     * Whether all that went into one position went into another one too, also what not all scopes of partial branches let through.
     *
     * @param brings scopes that nothing else is asked for than what they let through
     */
    private boolean isContained(Position position, Position in, List<Scope> brings) {
        return MergeBase.isContained(project.catalog(), position, in)
                && MergeBase.isContained(project.catalog(), position, in, brings::contains);
    }

    /**
     * The state at a position. That which a branch was made from is at hand with the branch, and shares its pages and nodes with it.
     *
     * @param sides positions of branches that may have been made there
     */
    private Snapshot state(Position position, List<Position> sides) {
        Catalog catalog = project.catalog();
        for (Position side : sides) {
            Branch at = catalog.branch(side.branch());
            while (at != null) {
                if (at.parent() == position.branch() && at.base() == position.lsn() && at.scope() == null) {
                    Snapshot made = project.madeFrom(at);
                    if (made != null) {
                        return made;
                    }
                }
                at = catalog.branch(at.parent());
            }
        }
        try {
            return project.storedAt(catalog.existing(position.branch()), position.lsn());
        } catch (CommandException e) {
            throw e.code().equals(ErrorCode.BAD_VALUE) ? gone(e) : e;
        }
    }

    /** What is said where a position is no longer kept. */
    private CommandException gone(CommandException cause) {
        PendingMerges.Pending waiting = going;
        String next;
        if (waiting == null) {
            next =
                    ". It is what the branches have in common, so nobody can tell which of them changed what since. See what"
                            + " is different with {diffBranches: 1, from: 'INTO', to: 'SOURCE'}, and take over what is wanted with"
                            + " {restore: COLLECTION, at: 'SOURCE'}";
        } else {
            String target = target(waiting.task()).name();
            next = ". So the " + waiting.task().kind().word() + " into branch '" + target
                    + "' cannot go on; {mergeBranch: 1, into: '" + target
                    + "', abort: true} ends it, and then it may be begun anew";
        }
        return new CommandException(cause.code(), cause.message() + next);
    }

    /** The branch that a task changes; it has to be there. */
    Branch target(MergeTask task) {
        Branch target = project.catalog().existing(task.target());
        if (target.dropped()) {
            throw new CommandException(
                    ErrorCode.NAMESPACE_NOT_FOUND,
                    "branch '" + target.name() + "' of '" + project.name() + "' was dropped meanwhile");
        }
        return target;
    }
}
