package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.IndexKeys;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.Delta;
import dev.offshoot.wal.RecordCodec;
import dev.offshoot.wal.WalRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Follows one document from a state through the commits behind it that a position sees, without making states of them. What the document's
 * collection was called on the way is only known from its name at the end: the first time the renames are found, and where one of them
 * concerns the collection, everything is followed once more under the names of their times. Not thread safe.
 */
final class DocumentTrack {
    private static final long VERSIONS_BYTES_MAX = 32 << 20;

    private final Project project;
    private final Segments segments;
    private final Value documentId;
    private final @Nullable Mask mask;
    private final Runnable patience;

    private final ArrayDeque<DocumentVersion> versions = new ArrayDeque<>();
    private long bytes;
    private boolean whole = true;

    /** All renames on the way. */
    private final List<Rename> renames = new ArrayList<>();

    /** Those that gave the collection its name, in order. */
    private List<Rename> followed = List.of();

    private String nameAtEnd = "";
    private Parts crossed = new Parts(0, 0);
    private int part;
    private boolean cut;
    private boolean gone;

    // where it is on the way
    private Snapshot start = Snapshot.EMPTY;
    private final Map<Long, String> renamed = new HashMap<>();
    private String name = "";
    private int passed;
    private @Nullable Holder holder;
    private long recordId;
    private byte @Nullable [] document;

    /** @param mask what versions must not show; null for nothing */
    DocumentTrack(Project project, Segments segments, Value documentId, @Nullable Mask mask, Runnable patience) {
        this.mask = mask;
        this.project = project;
        this.segments = segments;
        this.documentId = documentId;
        this.patience = patience;
    }

    /**
     * Follows the document.
     *
     * @param state to begin with
     * @param from the first LSN behind it that counts
     * @param upTo the last LSN that counts
     * @param collection what its collection is called there
     * @param parts the part of the history that the state is of, and the one that the last LSN is in
     */
    void run(Snapshot state, long from, long upTo, String collection, Parts parts) {
        nameAtEnd = collection;
        start = state;
        crossed = parts;
        List<Rename> known;
        do {
            known = followed;
            follow(from, upTo);
            followed = thoseOf(collection);
        } while (!followed.equals(known));
    }

    /**
     * Between which parts of the history it is followed, as {@link Segments} counts.
     *
     * @param first the older one, at least the other
     */
    record Parts(int first, int last) {}

    /** Whether a partial branch on the way left the document out, so that nothing before counts. */
    boolean isCut() {
        return cut;
    }

    /** Whether the collection was restored on the way from a position that is no longer kept, so that nobody knows what it was made of. */
    boolean isGone() {
        return gone;
    }

    /** The versions that were made on the way, in order; the newest of them where they take too much memory. */
    ArrayDeque<DocumentVersion> versions() {
        return versions;
    }

    /** Whether these are all. */
    boolean isWhole() {
        return whole;
    }

    /** What the collection was called up to a commit. */
    String nameBefore(long firstLsn) {
        for (Rename rename : followed) {
            if (rename.lsn >= firstLsn) {
                return rename.from;
            }
        }
        return nameAtEnd;
    }

    /** The document in a state; null where it is not there. */
    static byte @Nullable [] find(Snapshot state, String collection, Value documentId) {
        Holder holder = holder(state.entry(collection), documentId);
        long found = holder == null ? 0 : holder.recordId();
        return holder == null || found == 0 ? null : holder.collection.document(found);
    }

    private List<Rename> thoseOf(String collection) {
        ArrayDeque<Rename> chain = new ArrayDeque<>();
        String to = collection;
        for (int i = renames.size() - 1; i >= 0; i--) {
            if (renames.get(i).to.equals(to)) {
                chain.addFirst(renames.get(i));
                to = renames.get(i).from;
            }
        }
        return List.copyOf(chain);
    }

    private void follow(long from, long upTo) {
        versions.clear();
        renames.clear();
        renamed.clear();
        bytes = 0;
        whole = true;
        cut = false;
        gone = false;
        part = crossed.first();
        passed = 0;
        name = nameBefore(from);
        hold(start.entry(name));
        try (RecordCursor cursor = project.records(from)) {
            for (LogRecord entry = cursor.next(); entry != null && entry.firstLsn() <= upTo; entry = cursor.next()) {
                patience.run();
                WalRecord record = RecordCodec.decode(entry);
                for (Commit commit : record.commits()) {
                    boolean isIn = commit.lastLsn() < from; // it was stored with one that is not
                    if (!isIn && commit.lastLsn() <= upTo && segments.holds(commit)) {
                        goTo(segments.indexOf(commit));
                        apply(record, commit);
                    }
                }
            }
        }
        goTo(crossed.last());
    }

    private void goTo(int next) {
        for (; part > next; part--) {
            segments.crossing(part).forEach(this::cross);
        }
    }

    /** Goes on with what a partial branch has of the document. */
    private void cross(Scope scope) {
        boolean included = scope.includes(holder == null ? 0 : holder.id, name);
        if (!included || scope.schemaOnly()) {
            cut = true;
            versions.clear();
            bytes = 0;
            document = null;
            recordId = 0;
            holder = included ? holder : null;
        }
    }

    private void apply(WalRecord record, Commit commit) {
        byte @Nullable [] before = document;
        byte @Nullable [] seenBefore = seen();
        long lsn = commit.firstLsn();
        for (Change change : commit.changes()) {
            apply(change, lsn++);
        }
        if (!Arrays.equals(before, document)) {
            add(new DocumentVersion(
                    commit.firstLsn(),
                    commit.lastLsn(),
                    record.time(),
                    record.millis(),
                    commit.branch(),
                    holder == null ? 0 : holder.id,
                    name,
                    commit.origin(),
                    commit.changes().get(0) instanceof Change.Merge merge ? merge : null,
                    seenBefore,
                    seen()));
        }
    }

    /** The document as it may be seen where it is now. */
    private byte @Nullable [] seen() {
        Holder now = holder;
        byte[] there = document;
        return mask == null || now == null || there == null ? there : mask.apply(now.id, name, there);
    }

    private void add(DocumentVersion version) {
        versions.add(version);
        bytes += version.bytes();
        while (bytes > VERSIONS_BYTES_MAX && versions.size() > 1) {
            bytes -= versions.remove().bytes();
            whole = false;
        }
    }

    private void apply(Change change, long lsn) {
        switch (change.kind()) {
            case PUT -> {
                Change.Put put = (Change.Put) change;
                Holder in = in(put.collection());
                if (in != null && ((put.recordId() == recordId && document != null) || in.holds(put.document()))) {
                    document = put.document();
                    recordId = put.recordId();
                }
            }
            case PATCH -> {
                Change.Patch patch = (Change.Patch) change;
                if (in(patch.collection()) != null && patch.recordId() == recordId && document != null) {
                    document = patched(document, patch, lsn);
                }
            }
            case DELETE -> {
                Change.Delete delete = (Change.Delete) change;
                if (in(delete.collection()) != null && delete.recordId() == recordId) {
                    document = null;
                }
            }
            case CREATE_COLLECTION -> {
                Change.CreateCollection create = (Change.CreateCollection) change;
                renamed.put(lsn, create.name());
                if (create.name().equals(name)) {
                    hold(CollectionSnapshot.create(lsn, create.name(), Doc.of(create.options())));
                }
            }
            case DROP_COLLECTION -> {
                if (in(((Change.DropCollection) change).collection()) != null) {
                    hold(null);
                }
            }
            case RENAME_COLLECTION -> rename((Change.RenameCollection) change, lsn);
            case RESTORE_COLLECTION -> restore((Change.RestoreCollection) change);
            default -> {}
        }
    }

    private byte[] patched(byte[] base, Change.Patch patch, long lsn) {
        try {
            return Delta.apply(base, patch.delta());
        } catch (IllegalArgumentException e) {
            throw new CorruptionException("LSN " + lsn + " of project '" + project.name() + "': " + e.getMessage());
        }
    }

    private void rename(Change.RenameCollection change, long lsn) {
        long id = change.collection();
        CollectionSnapshot found = start.collections().get(RecordId.key(id));
        String from = renamed.getOrDefault(id, found == null ? "" : found.name());
        Rename rename = new Rename(lsn, from, change.name());
        renames.add(rename);
        renamed.put(id, change.name());
        if (passed < followed.size() && followed.get(passed).equals(rename)) {
            passed++;
            name = change.name();
        } else if (in(id) != null) {
            hold(null);
        }
    }

    private void restore(Change.RestoreCollection change) {
        renamed.put(change.collection(), change.name());
        if (change.name().equals(name)) {
            hold(source(change));
        }
    }

    private @Nullable CollectionSnapshot source(Change.RestoreCollection change) {
        try {
            return project.storedAt(project.catalog().existing(change.from()), change.lsn())
                    .collections()
                    .get(RecordId.key(change.collection()));
        } catch (CommandException e) { // it is no longer kept
            gone = true;
            return null;
        }
    }

    private @Nullable Holder in(long collection) {
        Holder now = holder;
        return now != null && now.id == collection ? now : null;
    }

    /** From here on the document is the one in this collection. */
    private void hold(@Nullable CollectionSnapshot collection) {
        Holder now = holder(collection, documentId);
        holder = now;
        recordId = now == null ? 0 : now.recordId();
        document = recordId == 0 || collection == null ? null : collection.document(recordId);
    }

    private static @Nullable Holder holder(@Nullable CollectionSnapshot collection, Value documentId) {
        return collection == null || collection.isView() ? null : new Holder(collection, documentId);
    }

    /** A collection that may have the document. */
    private static final class Holder {
        final long id;
        final CollectionSnapshot collection;
        private final IndexKeys keys;
        private final byte[] key;
        private final Value documentId;

        Holder(CollectionSnapshot collection, Value documentId) {
            this.id = collection.id();
            this.collection = collection;
            this.documentId = documentId;
            this.keys = collection.idIndex().keys();
            this.key = key(new DocBuilder().append("_id", documentId).build());
        }

        long recordId() {
            return collection.idIndex().holder(key, 0);
        }

        boolean holds(byte[] document) {
            Value found = Doc.of(document).get("_id");
            return found != null && (found.equals(documentId) || Arrays.equals(key(document), key));
        }

        private byte[] key(byte[] document) {
            return keys.keys(document, 0).keys().get(0);
        }
    }

    private record Rename(long lsn, String from, String to) {}
}
