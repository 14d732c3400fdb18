package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.merge.CollectionDiff;
import dev.offshoot.merge.DocumentChange;
import dev.offshoot.merge.DocumentCounts;
import dev.offshoot.merge.DocumentDiff;
import dev.offshoot.merge.IndexChange;
import dev.offshoot.merge.OptionChange;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexSnapshot;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What differs, as documents: collection by collection, first its metadata, then its documents by record id, made as they are asked for.
 * Each has {@code collection}, {@code what} (collection, view, option, index, document, stat) and {@code op} (added, removed, changed,
 * renamed, replaced). Documents that were removed and inserted again as they were have no event.
 *
 * <p>An event that would be larger than 16 MiB comes as two, the first with {@code before}, the second with {@code after}, both with
 * {@code part} and {@code parts} and without {@code fields}; an {@code _id} of more than 4 KiB is in the document alone.
 */
final class DiffEvents implements Iterator<Doc> {
    private static final int ID_BYTES_MAX = 4 << 10;

    private final Iterator<CollectionDiff> collections;
    private final Form form;
    private final Deadline deadline;
    private final Queue<Doc> ready = new ArrayDeque<>();
    private String collection = "";
    private Iterator<DocumentChange> documents = Collections.emptyIterator();

    /**
     * What is told.
     *
     * @param stat how many documents differ, in place of each of them
     * @param summary metadata, and of documents nothing or what {@code stat} says
     * @param fields of what changed the fields, in place of the whole before and after
     */
    record Form(boolean stat, boolean summary, boolean fields) {}

    DiffEvents(List<CollectionDiff> collections, Form form, Deadline deadline) {
        this.collections = collections.iterator();
        this.form = form;
        this.deadline = deadline;
    }

    @Override
    public boolean hasNext() {
        while (ready.isEmpty()) {
            if (documents.hasNext()) {
                document(documents.next());
            } else if (collections.hasNext()) {
                begin(collections.next());
            } else {
                return false;
            }
        }
        return true;
    }

    @Override
    public Doc next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return ready.remove();
    }

    private void begin(CollectionDiff found) {
        deadline.checkNow();
        collection = found.name();
        if (form.summary || !form.stat) {
            metadata(found);
        }
        if (form.stat) {
            stat(found);
        } else if (!form.summary) {
            documents = found.documents(deadline::check);
        }
    }

    // ---- metadata

    private void metadata(CollectionDiff found) {
        CollectionSnapshot before = found.before();
        CollectionSnapshot after = found.after();
        String what = found.isView() ? "view" : "collection";
        if (before == null || after == null) {
            whole(event(what, op(before, after)).buildDoc(), options(before), options(after));
        } else {
            if (found.isRenamed()) {
                ready.add(event(what, "renamed").append("from", before.name()).buildDoc());
            }
            if (found.isReplaced()) {
                ready.add(event(what, "replaced").buildDoc());
            }
            found.options().forEach(this::option);
        }
        found.indexes().forEach(this::index);
    }

    private static @Nullable Value options(@Nullable CollectionSnapshot side) {
        return side == null ? null : Value.document(side.optionsWithoutUuid());
    }

    private void option(OptionChange option) {
        DocBuilder header = event("option", op(option.before(), option.after())).append("name", option.name());
        whole(header.buildDoc(), option.before(), option.after());
    }

    private void index(IndexChange index) {
        DocBuilder header = event("index", op(index.before(), index.after())).append("name", index.name());
        whole(header.buildDoc(), spec(index.before()), spec(index.after()));
    }

    private static @Nullable Value spec(@Nullable IndexSnapshot side) {
        return side == null ? null : Value.document(side.spec());
    }

    /** Both sides, and behind them in which fields they differ where both are documents. */
    private void whole(Doc header, @Nullable Value before, @Nullable Value after) {
        DocBuilder event = new DocBuilder().appendAll(header);
        sides(event, before, after);
        if (form.fields && before != null && before.isDocument() && after != null && after.isDocument()) {
            event.appendArray("fields", fields(before.asDoc(), after.asDoc()));
        }
        add(event.buildDoc(), header, before, after);
    }

    private void stat(CollectionDiff found) {
        DocumentCounts counts = found.counts(deadline::check);
        if (counts.isEmpty() && !found.hasMetadata()) {
            return;
        }
        ready.add(new DocBuilder()
                .append("collection", collection)
                .append("what", "stat")
                .append("added", counts.added())
                .append("removed", counts.removed())
                .append("changed", counts.changed())
                .append("metadata", found.hasMetadata())
                .buildDoc());
    }

    // ---- documents

    private void document(DocumentChange change) {
        deadline.check();
        if (change.isSameAgain()) {
            return;
        }
        Doc header = event("document", op(change.before(), change.after())).buildDoc();
        Doc named = new DocBuilder(header.length() + change.id().length() + 8)
                .appendAll(header)
                .append("_id", change.id())
                .buildDoc();
        Value before = document(change.before());
        Value after = document(change.after());
        DocBuilder event = new DocBuilder().appendAll(named);
        if (form.fields && before != null && after != null) {
            event.appendArray("fields", fields(before.asDoc(), after.asDoc()));
        } else {
            sides(event, before, after);
        }
        add(event.buildDoc(), change.id().length() > ID_BYTES_MAX ? header : named, before, after);
    }

    private static @Nullable Value document(byte @Nullable [] side) {
        return side == null ? null : Value.document(Doc.of(side));
    }

    // ---- what both have in common

    private DocBuilder event(String what, String op) {
        return new DocBuilder()
                .append("collection", collection)
                .append("what", what)
                .append("op", op);
    }

    private static String op(@Nullable Object before, @Nullable Object after) {
        return before == null ? "added" : after == null ? "removed" : "changed";
    }

    private static Doc fields(Doc before, Doc after) {
        return DocumentDiff.between(before, after).toArray();
    }

    private static void sides(DocBuilder event, @Nullable Value before, @Nullable Value after) {
        if (before != null) {
            event.append("before", before);
        }
        if (after != null) {
            event.append("after", after);
        }
    }

    /** Hands out an event, or where it is too large its sides one by one, without fields. */
    private void add(Doc event, Doc header, @Nullable Value before, @Nullable Value after) {
        if (event.length() <= Bson.DOCUMENT_BYTES_MAX) {
            ready.add(event);
            return;
        }
        int parts = before == null || after == null ? 1 : 2;
        if (before != null) {
            ready.add(part(header, 1, parts).append("before", before).buildDoc());
        }
        if (after != null) {
            ready.add(part(header, parts, parts).append("after", after).buildDoc());
        }
    }

    private static DocBuilder part(Doc header, int part, int parts) {
        return new DocBuilder().appendAll(header).append("part", part).append("parts", parts);
    }
}
