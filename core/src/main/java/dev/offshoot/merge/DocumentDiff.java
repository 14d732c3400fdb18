package dev.offshoot.merge;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.ArrayList;
import java.util.List;

/**
 * What differs between two versions of a document, field by field and byte by byte: 1 and NumberLong(1) differ, and so do the same fields
 * in another order. Immutable.
 *
 * <p>Nested documents are compared field by field. Arrays are compared by element where on both sides all elements are documents that have
 * an {@code _id}, each another one: elements are added, removed, moved, and differ in their fields. Other arrays are compared by position,
 * with the fewest removals and insertions that lead from one to the other; elements that were removed and inserted at the same place are
 * told as changed, nested documents among them by their fields. Where that takes more than 500 removals and insertions, the array has
 * changed as a whole. So have documents with a name twice (MongoDB's server can store such), and ones that hold names that are no UTF-8,
 * or an array whose names do not count up: what holds them directly has changed as a whole, or the document itself has, at the root.
 *
 * <p>Changes are in the order of the version before, those of one document or array together, and behind them what was added to it. Of
 * what moved the fewest are told: the others stay, in their order.
 *
 * @param changes none where the versions are the same
 */
public record DocumentDiff(List<FieldChange> changes) {
    public DocumentDiff {
        changes = List.copyOf(changes);
    }

    /** The difference of two versions. Takes time in proportion to their size, and that of long arrays times the edits of the array. */
    public static DocumentDiff between(Doc before, Doc after) {
        return new DocumentDiff(DiffWalk.changes(before, after));
    }

    public boolean isEmpty() {
        return changes.isEmpty();
    }

    /**
     * The version after, byte for byte, made from the version before.
     *
     * @throws IllegalArgumentException when the difference is not of this document: a value that it has before is not there, or what
     *     moves or stays does not fill the places
     */
    public Doc apply(Doc before) {
        return new DiffPatch(changes).apply(before);
    }

    /** The changes as an array of documents, each as {@link FieldChange#toDoc} makes it. May be larger than a document may be. */
    public Doc toArray() {
        DocBuilder array = new DocBuilder();
        changes.forEach(change -> array.add(change.toDoc()));
        return array.buildDoc();
    }

    /**
     * Reads what {@link #toArray} wrote.
     *
     * @throws CommandException where an element is not a change
     */
    public static DocumentDiff of(Doc array) {
        List<FieldChange> changes = new ArrayList<>();
        for (Doc.Field change : array) {
            changes.add(FieldChange.of(document(change.value())));
        }
        return new DocumentDiff(changes);
    }

    private static Doc document(Value change) {
        if (!change.isDocument()) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE, "the changes of a document have to be documents, found " + change);
        }
        return change.asDoc();
    }
}
