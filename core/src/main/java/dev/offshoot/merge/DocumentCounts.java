package dev.offshoot.merge;

import java.util.Iterator;

/**
 * How many documents differ.
 *
 * @param added that are only there after
 * @param removed that are only there before
 * @param changed that are there before and after, and are not the same
 * @param sameAgain that were removed and inserted again as they were
 */
public record DocumentCounts(long added, long removed, long changed, long sameAgain) {
    static DocumentCounts of(Iterator<DocumentChange> documents) {
        long added = 0;
        long removed = 0;
        long changed = 0;
        long sameAgain = 0;
        while (documents.hasNext()) {
            DocumentChange change = documents.next();
            if (change.isAdded()) {
                added++;
            } else if (change.isRemoved()) {
                removed++;
            } else if (change.isSameAgain()) {
                sameAgain++;
            } else {
                changed++;
            }
        }
        return new DocumentCounts(added, removed, changed, sameAgain);
    }

    /** Whether no document has another content than before. */
    public boolean isEmpty() {
        return added == 0 && removed == 0 && changed == 0;
    }
}
