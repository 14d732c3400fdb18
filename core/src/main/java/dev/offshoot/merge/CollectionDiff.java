package dev.offshoot.merge;

import dev.offshoot.bson.Doc;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexSnapshot;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A collection or view that is not the same on both sides, or may not be: whether documents differ shows when {@link #documents} is walked.
 * Immutable, safe to share.
 *
 * @param before null where it is not there
 * @param after null where it is not there
 */
public record CollectionDiff(
        @Nullable CollectionSnapshot before, @Nullable CollectionSnapshot after) {
    public CollectionDiff {
        if (before == null && after == null) {
            throw new IllegalArgumentException("a collection is there before or after");
        }
    }

    /** Its name after, or before where it is not there after. */
    public String name() {
        return there().name();
    }

    public boolean isView() {
        return there().isView();
    }

    public boolean isCreated() {
        return before == null;
    }

    public boolean isDropped() {
        return after == null;
    }

    /** Whether it is the same collection under another name. */
    public boolean isRenamed() {
        return before != null && after != null && !before.name().equals(after.name());
    }

    /** Whether it was dropped and made again: another collection of the same name. */
    public boolean isReplaced() {
        return before != null && after != null && before.id() != after.id();
    }

    /**
     * The options that differ; all of them where it is on one side only. The fields of a view's definition, {@code viewOn} and {@code pipeline},
     * are options as the log keeps them. The uuid of a collection that was made again is not told.
     */
    public List<OptionChange> options() {
        return OptionChange.of(options(before), options(after));
    }

    private Doc options(@Nullable CollectionSnapshot side) {
        return side == null ? Doc.EMPTY : isReplaced() ? side.optionsWithoutUuid() : side.options();
    }

    /** The indexes that differ, by name: those there before in their order, then new ones. The one on {@code _id} comes and goes with the collection. */
    public List<IndexChange> indexes() {
        List<IndexChange> changes = new ArrayList<>();
        for (IndexSnapshot index : indexes(before)) {
            IndexSnapshot other = after == null ? null : after.index(index.name());
            boolean same = other == null ? index.isId() : other.spec().equals(index.spec());
            if (!same) {
                changes.add(new IndexChange(index.name(), index, other));
            }
        }
        for (IndexSnapshot index : indexes(after)) {
            if (!index.isId() && (before == null || before.index(index.name()) == null)) {
                changes.add(new IndexChange(index.name(), null, index));
            }
        }
        return changes;
    }

    private static List<IndexSnapshot> indexes(@Nullable CollectionSnapshot side) {
        return side == null ? List.of() : side.indexes();
    }

    /** Whether anything but documents differs. */
    public boolean hasMetadata() {
        return isCreated()
                || isDropped()
                || isRenamed()
                || isReplaced()
                || !options().isEmpty()
                || !indexes().isEmpty();
    }

    /** As {@link #documents(Runnable)}, not to be ended. */
    public Iterator<DocumentChange> documents() {
        return documents(() -> {});
    }

    /**
     * The documents that differ, ascending by {@link DocumentChange#recordId}, found as they are asked for. The time depends on how many
     * differ and not on how many there are, if both sides come from one state; of a collection that was dropped and made again each document of
     * both sides is read, and looked up on the other side by its {@code _id}. One that was removed and inserted again is one
     * change, also where it came back as it was ({@link DocumentChange#isSameAgain}).
     *
     * @param eachNode is called before the walk looks into a node of a tree; what it throws ends the walk
     */
    public Iterator<DocumentChange> documents(Runnable eachNode) {
        return new DocumentChanges(before, after, eachNode);
    }

    /** How many documents differ. Walks through them all. */
    public DocumentCounts counts(Runnable eachNode) {
        return DocumentCounts.of(documents(eachNode));
    }

    /** Whether the sides surely are the same, by looking at no document. */
    boolean isEmpty() {
        return before != null && after != null && before.documents().sharesAllWith(after.documents()) && !hasMetadata();
    }

    private CollectionSnapshot there() {
        CollectionSnapshot there = after == null ? before : after;
        if (there == null) {
            throw new AssertionError("a collection is there before or after");
        }
        return there;
    }
}
