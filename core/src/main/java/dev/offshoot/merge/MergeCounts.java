package dev.offshoot.merge;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import java.util.Objects;

/**
 * What a merge changes on our side, without what is in conflict. A collection that is brought whole counts as one, and none of its
 * documents.
 *
 * @param inserted documents
 * @param updated documents
 * @param deleted documents
 * @param created collections and views
 * @param dropped collections and views
 * @param altered names, options and indexes
 */
public record MergeCounts(long inserted, long updated, long deleted, long created, long dropped, long altered) {
    public static final MergeCounts NONE = new MergeCounts(0, 0, 0, 0, 0, 0);

    /** The counts of two merges, one after the other. */
    public MergeCounts plus(MergeCounts other) {
        return new MergeCounts(
                inserted + other.inserted,
                updated + other.updated,
                deleted + other.deleted,
                created + other.created,
                dropped + other.dropped,
                altered + other.altered);
    }

    public void appendTo(DocBuilder out) {
        out.append("inserted", inserted)
                .append("updated", updated)
                .append("deleted", deleted)
                .append("created", created)
                .append("dropped", dropped)
                .append("altered", altered);
    }

    /** What {@link #appendTo} wrote. */
    public static MergeCounts of(Doc doc) {
        return new MergeCounts(
                number(doc, "inserted"),
                number(doc, "updated"),
                number(doc, "deleted"),
                number(doc, "created"),
                number(doc, "dropped"),
                number(doc, "altered"));
    }

    private static long number(Doc doc, String name) {
        return Objects.requireNonNull(doc.get(name), name).asInt64();
    }
}
