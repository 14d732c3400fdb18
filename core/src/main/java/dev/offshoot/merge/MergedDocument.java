package dev.offshoot.merge;

import dev.offshoot.bson.Doc;
import java.util.List;

/**
 * What became of a document that both sides have. Immutable.
 *
 * @param document the merged document, with our side's value wherever there is a conflict. It may be larger than a document may be
 * @param conflicts the places that could not be decided, in the document's order
 */
public record MergedDocument(Doc document, List<FieldConflict> conflicts) {
    public MergedDocument {
        conflicts = List.copyOf(conflicts);
    }

    public boolean hasConflicts() {
        return !conflicts.isEmpty();
    }
}
