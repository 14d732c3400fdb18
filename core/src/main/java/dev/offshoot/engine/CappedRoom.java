package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.state.CollectionOptions;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.RecordId;
import dev.offshoot.tree.Cursor;
import dev.offshoot.wal.Change;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Keeps a capped collection within its bounds while one statement writes to it: each insert is followed by the deletions of the
 * oldest documents that do not fit any more. The deletions are logged with it, so replay needs no bounds. Not thread safe.
 */
final class CappedRoom {
    private final List<Change> changes;
    private final long bytesMax;
    private final long documentsMax;
    private final Cursor<byte[]> oldest;
    private final Deque<Own> own = new ArrayDeque<>();
    private final Set<Long> removed = new HashSet<>();
    private long bytes;
    private long documents;

    /** A document that the statement itself inserted. */
    private record Own(long recordId, byte[] document) {}

    CappedRoom(CollectionSnapshot snapshot, List<Change> changes) {
        CollectionOptions options = snapshot.definition();
        this.changes = changes;
        this.bytesMax = options.cappedBytes();
        this.documentsMax = options.cappedDocuments() == 0 ? Long.MAX_VALUE : options.cappedDocuments();
        this.oldest = snapshot.documents().ascending(null, null);
        this.bytes = snapshot.dataBytes();
        this.documents = snapshot.count();
    }

    void inserted(long collection, long recordId, byte[] document, UniqueKeys unique) {
        own.add(new Own(recordId, document));
        bytes += document.length;
        documents++;
        while (bytes > bytesMax || documents > documentsMax) {
            removeOldest(collection, unique);
        }
    }

    void replaced(int bytesBefore, int bytesAfter) {
        bytes += bytesAfter - bytesBefore;
    }

    void removed(long recordId, int bytesBefore) {
        removed.add(recordId);
        bytes -= bytesBefore;
        documents--;
    }

    private void removeOldest(long collection, UniqueKeys unique) {
        while (oldest.next()) {
            long recordId = RecordId.of(oldest.key());
            if (!removed.contains(recordId)) {
                remove(collection, recordId, oldest.value(), unique);
                return;
            }
        }
        Own first = own.remove();
        remove(collection, first.recordId, first.document, unique);
    }

    private void remove(long collection, long recordId, byte[] document, UniqueKeys unique) {
        unique.free(document);
        changes.add(new Change.Delete(collection, recordId));
        removed(recordId, Bson.int32(document, 0));
    }
}
