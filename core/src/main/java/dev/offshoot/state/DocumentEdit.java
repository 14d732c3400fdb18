package dev.offshoot.state;

import org.jspecify.annotations.Nullable;

/**
 * What one commit made of one document, of whatever changes.
 *
 * @param collection what the collection was called then
 * @param before null where it was inserted
 * @param after null where it was deleted
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record DocumentEdit(String collection, byte @Nullable [] before, byte @Nullable [] after) {
    /** The version that there is: after the commit, else before it. */
    public byte[] document() {
        byte[] document = after == null ? before : after;
        if (document == null) {
            throw new IllegalStateException("an edit of no document");
        }
        return document;
    }
}
