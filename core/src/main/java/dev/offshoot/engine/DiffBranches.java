package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.merge.CollectionDiff;
import dev.offshoot.merge.MergeBase;
import dev.offshoot.merge.PartialSides;
import dev.offshoot.merge.Position;
import dev.offshoot.merge.Sides;
import dev.offshoot.merge.SnapshotDiff;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Catalog;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Scope;
import dev.offshoot.state.Snapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * <code>{diffBranches: 1, from, to, mergeBase, collections, stat, summary, fields, cursor}</code>: what differs between two positions of a project, as a
 * cursor of {@link DiffEvents}. Positions are given as {@link Positions} reads them. Where one is missing it is the one that the database
 * reference names; where both are, it is what the reference's branch has that its parent has not. With {@code mergeBase} the side before is what
 * the two have in common.
 */
final class DiffBranches implements Command {
    private static final String CURSOR = "$cmd.diffBranches";

    @Override
    public String name() {
        return "diffBranches";
    }

    @Override
    public String help() {
        return "tells what differs between two positions: {diffBranches: 1, from: position, to: position, stat: bool}";
    }

    @Override
    public Set<String> fields() {
        return Set.of("from", "to", "collections", "mergeBase", "stat", "summary", "fields", "cursor");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Moves.checkOne(call, "name what is compared in 'from' and 'to'");
        Target to = Positions.of(call, "to");
        Snapshot there = call.snapshot(to);
        Base base = from(call, to, there);
        Target from = base.target;
        DiffEvents.Form form =
                new DiffEvents.Form(call.bool("stat", false), call.bool("summary", false), call.bool("fields", true));
        Set<String> wanted = collections(call);
        long size = CursorReply.batchSize(name(), call.document("cursor"), CursorReply.FIRST_BATCH);
        Compared compared = Compared.of(call, base.masks, base.state, to, there);
        Snapshot before = compared.before();
        Snapshot after = compared.after();
        checkThere(wanted, before, after);
        List<CollectionDiff> found = SnapshotDiff.collections(before, after, call.deadline()::check);
        found.removeIf(each -> !isWanted(wanted, each));
        describe("from", from, before, reply);
        describe("to", to, after, reply);
        CursorReply.first(
                call,
                new CursorReply.Opening(CURSOR, size, false, false),
                new DiffEvents(found, form, call.deadline()),
                reply);
    }

    /**
     * The side before.
     *
     * @param target what the reply names it
     * @param masks whatever the state is made of; the target is the first
     */
    private record Base(Target target, List<Target> masks, Snapshot state) {
        static Base of(Invocation call, Target target) {
            return new Base(target, List.of(target), call.snapshot(target).stored());
        }
    }

    private static Base from(Invocation call, Target to, Snapshot after) {
        if (call.has("from") || call.has("to")) {
            Target from = Positions.of(call, "from");
            return call.bool("mergeBase", false) ? common(call, from, after) : Base.of(call, from);
        }
        Branch branch = to.branch();
        if (branch.parent() == 0) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "branch '" + branch.name()
                            + "' was made from no other, so there is nothing to compare it with unless"
                            + " 'from' says so: a branch, a tag, an LSN or a time of '"
                            + to.project().name() + "'");
        }
        Branch parent = to.project().catalog().existing(branch.parent());
        return parent.dropped() || branch.scope() != null // which shows what its parent does not
                ? Base.of(call, new Target(to.reference(), to.project(), branch, branch.base()))
                : common(call, new Target(to.reference(), to.project(), parent, null), after);
    }

    /**
     * What two have in common: the newest such position where there are several, and for a collection that did not go through all partial branches
     * between them the newest on the ways that it can go.
     */
    private static Base common(Invocation call, Target from, Snapshot after) {
        Catalog catalog = from.project().catalog();
        Snapshot before = call.snapshot(from);
        Position here = new Position(before.branch(), before.lsn());
        Position there = new Position(after.branch(), after.lsn());
        if (here.equals(there)) {
            return Base.of(call, from); // which may be kept where what it came from is not
        }
        Set<Scope> met = MergeBase.scopes(catalog, here, there);
        Map<Set<Scope>, Target> found = new LinkedHashMap<>();
        Function<Set<Scope>, Snapshot> bases = closed -> call.snapshot(found.computeIfAbsent(closed, scopes -> {
                    Position base = MergeBase.of(catalog, here, there, scope -> !scopes.contains(scope))
                            .get(0);
                    return new Target(from.reference(), from.project(), catalog.existing(base.branch()), base.lsn());
                }))
                .stored();
        Snapshot whole = bases.apply(Set.of());
        Snapshot state = PartialSides.of(
                        new Sides<>(whole, before.stored(), after.stored()), met, List.of(), false, bases)
                .base();
        List<Target> targets = List.copyOf(found.values());
        return new Base(targets.get(0), targets, state);
    }

    private static void describe(String field, Target side, Snapshot state, DocBuilder reply) {
        Long at = side.at();
        reply.startDocument(field)
                .append("branch", side.branch().name())
                .append("lsn", at == null ? state.lsn() : at)
                .end();
    }

    /** The names that are asked for; empty for all. */
    private static Set<String> collections(Invocation call) {
        Value names = call.get("collections");
        Set<String> wanted = new LinkedHashSet<>();
        if (names == null) {
            return wanted;
        }
        for (Value name : names.isArray() ? values(names.asDoc()) : List.of(names)) {
            if (!name.isString()) {
                throw call.mismatch("collections", name, "types '[string, array]'");
            }
            wanted.add(name.asString());
        }
        if (wanted.isEmpty()) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE, "'collections' names no collection; leave it out for all of them");
        }
        return wanted;
    }

    private static List<Value> values(Doc array) {
        List<Value> values = new ArrayList<>();
        array.forEach(element -> values.add(element.value()));
        return values;
    }

    /** A name that was mistyped must not read as one in which nothing differs. */
    private static void checkThere(Set<String> wanted, Snapshot before, Snapshot after) {
        for (String name : wanted) {
            if (before.entry(name) == null && after.entry(name) == null) {
                throw new CommandException(
                        ErrorCode.NAMESPACE_NOT_FOUND,
                        "collection '" + name
                                + "' is at neither of the two positions; leave 'collections' out to see all"
                                + " that differ");
            }
        }
    }

    private static boolean isWanted(Set<String> wanted, CollectionDiff found) {
        return wanted.isEmpty() || isNamed(wanted, found.before()) || isNamed(wanted, found.after());
    }

    private static boolean isNamed(Set<String> wanted, @Nullable CollectionSnapshot side) {
        return side != null && wanted.contains(side.name());
    }
}
