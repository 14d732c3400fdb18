package dev.offshoot.state;

import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.store.StoreException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The versions of one document that a position of a branch sees, the newest first: the document that has the {@code _id}, also
 * when it was removed and inserted again. Where its collection had another name before, it is followed there; where the collection was made
 * anew, what had the name before counts.
 *
 * <p>Works from one state that is kept to the next older one: takes the document from that state, and follows it through
 * the commits behind it ({@link DocumentTrack}). What that gives is held in memory up to a limit; where it is more, the oldest of it is
 * followed a second time.
 *
 * <p>Not thread safe.
 */
public final class DocumentHistory implements Iterator<DocumentVersion> {
    private final Project project;
    private final History history;
    private final Catalog catalog;
    private final Segments segments;
    private final Value documentId;
    private final Runnable patience;
    private final ArrayDeque<DocumentVersion> ready = new ArrayDeque<>();
    private final byte @Nullable [] current;
    private final @Nullable Mask mask;
    private String collection;
    private long upTo;
    private long keptFrom;

    /** The oldest part of the history that was looked at; -1 for none. */
    private int reached = -1;

    /** The state at {@link #upTo}, once that is a position where one is kept. */
    private Snapshot edge;

    DocumentHistory(
            Project project,
            History history,
            Branch branch,
            long lsn,
            String collection,
            Value documentId,
            Runnable patience) {
        this.edge = project.storedAt(branch, lsn);
        this.mask = branch.mask();
        this.project = project;
        this.history = history;
        this.catalog = project.catalog();
        this.segments = catalog.segments(branch, lsn);
        this.collection = collection;
        this.documentId = documentId;
        this.patience = patience;
        this.upTo = lsn;
        this.current = DocumentTrack.find(seen(), collection, documentId);
    }

    private Snapshot seen() {
        return mask == null ? edge : mask.view(edge);
    }

    /** The document as it is at the position; null where it is not there. */
    public byte @Nullable [] current() {
        return current;
    }

    @Override
    public boolean hasNext() {
        while (ready.isEmpty() && upTo > 0) {
            patience.run();
            fill();
        }
        return !ready.isEmpty();
    }

    @Override
    public DocumentVersion next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return ready.remove();
    }

    /** The oldest position that could be looked at where what was before is no longer kept; else 0. */
    public long keptFrom() {
        return keptFrom;
    }

    private void fill() {
        Segments.Segment segment = BranchLog.newest(segments, upTo);
        if (segment == null) {
            upTo = 0;
            return;
        }
        if (isLeftOut(segment)) {
            upTo = 0;
            return;
        }
        upTo = Math.min(upTo, segment.upTo());
        Segments.Segment below = below(segment);
        long firstLsn = project.firstLsn();
        Checkpoints.Start start = below == null
                ? null
                : history.startBelow(catalog, catalog.existing(below.branch()), Math.min(upTo - 1, below.upTo()));
        long from = start != null ? start.lsn() + 1 : below != null ? 1 : segment.above() + 1;
        if (from >= upTo && below == null) { // here the branch was made, or reset, to nothing
            upTo = 0;
            return;
        }
        if (start == null && from < firstLsn) {
            end(segment);
            return;
        }
        DocumentTrack track = new DocumentTrack(project, segments, documentId, mask, patience);
        try {
            DocumentTrack.Parts parts = parts(start, segment, below);
            track.run(start == null ? Snapshot.EMPTY : start.state(), from, upTo, collection, parts);
            reached = track.isWhole() ? parts.first() : parts.last();
        } catch (StoreException | CommandException e) {
            if (project.firstLsn() == firstLsn) {
                throw e;
            }
            return; // it was trimmed meanwhile: what is left is looked at again
        }
        if (track.isGone()) {
            end(segment);
            return;
        }
        track.versions().descendingIterator().forEachRemaining(ready::add);
        if (track.isCut() && track.isWhole()) {
            upTo = 0;
            return;
        }
        long end = track.isWhole() ? from : ready.getLast().firstLsn();
        upTo = end - 1;
        collection = track.nameBefore(end);
        edge = start == null || !track.isWhole() ? edge : start.state();
    }

    /**
     * The part that the last commit before the one here is in; null for none. That is not this one where the commit is its first, although the
     * commit may have several LSNs: before it, the branch was what it was reset from, or not there.
     */
    private Segments.@Nullable Segment below(Segments.Segment segment) {
        Segments.Segment found = BranchLog.newest(segments, upTo - 1);
        if (!segment.equals(found)) {
            return found;
        }
        List<Segments.Segment> there =
                catalog.segments(catalog.existing(segment.branch()), upTo - 1).newestFirst();
        boolean begins = there.isEmpty()
                || there.get(0).branch() != segment.branch()
                || there.get(0).above() != segment.above();
        return begins ? BranchLog.newest(segments, segment.above()) : found;
    }

    /** Whether a partial branch that was made since leaves out what there is of the collection in a part. */
    private boolean isLeftOut(Segments.Segment segment) {
        CollectionSnapshot found = edge.entry(collection);
        long id = found == null ? 0 : found.id();
        for (int part = segments.newestFirst().indexOf(segment); part > reached; part--) {
            for (Scope scope : segments.crossing(part)) {
                if (scope.schemaOnly() || !scope.includes(id, collection)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The part that a state is of, which was found for the end of the part below, and the part that is being looked at. */
    private DocumentTrack.Parts parts(
            Checkpoints.@Nullable Start start, Segments.Segment at, Segments.@Nullable Segment below) {
        List<Segments.Segment> parts = segments.newestFirst();
        int first =
                start == null || below == null ? parts.size() - 1 : parts.indexOf(below) + Math.max(0, start.part());
        return new DocumentTrack.Parts(first, parts.indexOf(at));
    }

    /** What the oldest state that is left has of it. */
    private void end(Segments.Segment segment) {
        keptFrom = upTo;
        byte[] document = DocumentTrack.find(seen(), collection, documentId);
        if (document != null) {
            ready.add(
                    new DocumentVersion(upTo, upTo, 0, 0, segment.branch(), 0, collection, null, null, null, document));
        }
        upTo = 0;
    }
}
