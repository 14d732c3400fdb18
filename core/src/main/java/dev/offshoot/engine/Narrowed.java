package dev.offshoot.engine;

import dev.offshoot.bson.Value;
import dev.offshoot.merge.MergeContext;
import dev.offshoot.merge.Position;
import dev.offshoot.merge.Sides;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.NearNames;
import dev.offshoot.state.Project;
import dev.offshoot.state.RecordId;
import dev.offshoot.state.Snapshot;
import dev.offshoot.tree.Tree;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The states of a task that is to bring only part of what lies between base and theirs: of one collection, or of one actor
 * ({@link MergeTask#detail}). Made anew whenever they are needed, and always the same.
 *
 * @param named whether the collections of theirs are those at its position, so that changes can name them by that
 */
record Narrowed(Sides<Snapshot> states, boolean named) {
    /**
     * Narrows them down.
     *
     * @param states the whole states
     */
    static Narrowed of(Project project, MergeTask task, Sides<Snapshot> states, MergeContext context) {
        Value actor = task.detail().get("actor");
        Value collection = task.detail().get("collection");
        Sides<Snapshot> narrowed = states;
        Position from = task.theirs();
        Position to = task.base();
        if (actor != null && from != null && to != null) {
            narrowed = new ActorUndo(project, task.settings(), context).states(actor.asString(), from, to, states);
        }
        if (collection != null) {
            narrowed = only(narrowed, collection.asString());
        }
        return new Narrowed(narrowed, actor == null);
    }

    /** With nothing of theirs but one collection, which had this name in the base or has it in theirs or ours. */
    private static Sides<Snapshot> only(Sides<Snapshot> states, String name) {
        Snapshot base = states.base();
        Snapshot theirs = states.theirs();
        CollectionSnapshot ours = states.ours().entry(name);
        CollectionSnapshot before = base.entry(name) == null && ours != null
                ? base.collections().get(RecordId.key(ours.id()))
                : base.entry(name);
        CollectionSnapshot after =
                before == null ? theirs.entry(name) : theirs.collections().get(RecordId.key(before.id()));
        if (before != null && after == null) {
            after = theirs.entry(before.name());
        }
        if (before == null && after == null) {
            throw new CommandException(
                    ErrorCode.NAMESPACE_NOT_FOUND,
                    "collection '" + name + "' was not there in that range; "
                            + NearNames.hint(
                                    "there was",
                                    name,
                                    base.all().stream()
                                            .map(CollectionSnapshot::name)
                                            .toList()));
        }
        Snapshot one = with(without(base, before), after);
        return new Sides<>(
                base, states.ours(), new Snapshot(theirs.branch(), theirs.lsn(), one.byName(), one.collections()));
    }

    static Snapshot without(Snapshot state, @Nullable CollectionSnapshot collection) {
        return collection == null
                ? state
                : new Snapshot(
                        state.branch(),
                        state.lsn(),
                        state.byName().remove(nameKey(collection)),
                        state.collections().remove(RecordId.key(collection.id())));
    }

    static Snapshot with(Snapshot state, @Nullable CollectionSnapshot collection) {
        if (collection == null) {
            return state;
        }
        Tree<Long> byName = state.byName().put(nameKey(collection), collection.id());
        return new Snapshot(
                state.branch(),
                state.lsn(),
                byName,
                state.collections().put(RecordId.key(collection.id()), collection));
    }

    private static byte[] nameKey(CollectionSnapshot collection) {
        return collection.name().getBytes(StandardCharsets.UTF_8);
    }
}
