package dev.offshoot.merge;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.state.CollectionOptions;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexSnapshot;
import dev.offshoot.state.RecordId;
import dev.offshoot.state.Snapshot;
import dev.offshoot.tree.Cursor;
import dev.offshoot.wal.Change;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Makes changes of what came out of the merges of collections. In this order: what goes, names, what comes whole, and then each
 * collection that stays: options, indexes that go, documents that go, documents that come, indexes that come. So nothing meets anything that is about to
 * go. Used once, by one thread.
 */
final class PlanWriter {
    private static final int UUID_SUBTYPE = 4;

    private final Snapshot theirs;
    private final Snapshot ours;
    private final boolean named;
    private final List<Change> changes = new ArrayList<>();
    private long inserted;
    private long updated;
    private long deleted;
    private long created;
    private long dropped;
    private long altered;

    /** @param named whether theirs is what its branch and LSN say */
    PlanWriter(Snapshot theirs, Snapshot ours, boolean named) {
        this.theirs = theirs;
        this.ours = ours;
        this.named = named;
    }

    List<Change> changes() {
        return List.copyOf(changes);
    }

    MergeCounts counts() {
        return new MergeCounts(inserted, updated, deleted, created, dropped, altered);
    }

    void write(List<CollectionMerge> merges) {
        for (CollectionMerge merge : merges) {
            CollectionSnapshot mine = merge.ours();
            boolean goes =
                    merge.action() == CollectionMerge.Action.DROP || merge.action() == CollectionMerge.Action.REPLACE;
            if (goes && mine != null) {
                changes.add(new Change.DropCollection(mine.id()));
                dropped++;
            }
        }
        rename(merges);
        for (CollectionMerge merge : merges) {
            CollectionSnapshot other = merge.theirs();
            boolean comes =
                    merge.action() == CollectionMerge.Action.BRING || merge.action() == CollectionMerge.Action.REPLACE;
            if (comes && other != null) {
                bring(other, Objects.requireNonNull(merge.wantedName()));
            }
        }
        merges.stream()
                .filter(merge -> merge.action() == CollectionMerge.Action.CHANGE)
                .forEach(this::change);
    }

    // ---- names

    /** A name is given once it is free. Where names go round in a circle, one collection steps aside first. */
    private void rename(List<CollectionMerge> merges) {
        Map<String, String> open = new HashMap<>();
        Map<String, CollectionSnapshot> byName = new HashMap<>();
        for (CollectionMerge merge : merges) {
            CollectionSnapshot mine = merge.ours();
            String to = merge.wantedName();
            if (merge.action() == CollectionMerge.Action.CHANGE && mine != null && to != null) {
                open.put(mine.name(), to);
                byName.put(mine.name(), mine);
                altered++;
            }
        }
        while (!open.isEmpty()) {
            String free = open.keySet().stream()
                    .filter(from -> !open.containsKey(open.get(from)))
                    .sorted()
                    .findFirst()
                    .orElse(null);
            if (free == null) {
                stepAside(open, byName);
            } else {
                long id = Objects.requireNonNull(byName.get(free)).id();
                changes.add(new Change.RenameCollection(id, Objects.requireNonNull(open.remove(free))));
            }
        }
    }

    private void stepAside(Map<String, String> open, Map<String, CollectionSnapshot> byName) {
        String from = open.keySet().stream().sorted().findFirst().orElseThrow();
        CollectionSnapshot collection = Objects.requireNonNull(byName.remove(from));
        String aside = "merge." + collection.id();
        while (ours.entry(aside) != null || byName.containsKey(aside)) {
            aside += ".";
        }
        changes.add(new Change.RenameCollection(collection.id(), aside));
        open.put(aside, Objects.requireNonNull(open.remove(from)));
        byName.put(aside, collection);
    }

    // ---- collections that come

    private void bring(CollectionSnapshot collection, String name) {
        created++;
        if (named && ours.collections().get(RecordId.key(collection.id())) == null) {
            changes.add(new Change.RestoreCollection(theirs.branch(), theirs.lsn(), collection.id(), name));
            return;
        }
        long id = Change.made(changes.size());
        changes.add(new Change.CreateCollection(name, copied(collection, name).toBytes()));
        Cursor<byte[]> documents = collection.documents().ascending(null, null);
        while (documents.next()) {
            changes.add(new Change.Put(id, RecordId.of(documents.key()), documents.value()));
        }
        for (IndexSnapshot index : collection.indexes()) {
            if (!index.isId()) {
                changes.add(new Change.CreateIndex(id, index.spec().toBytes()));
            }
        }
    }

    /** The options of a copy, which is another collection and so has a uuid of its own: the same whenever this is planned. */
    private Doc copied(CollectionSnapshot collection, String name) {
        Value uuid = collection.options().get(CollectionOptions.UUID);
        if (uuid == null) {
            return collection.options();
        }
        String source =
                uuid + " " + name + " " + theirs.branch() + "~" + theirs.lsn() + " " + ours.branch() + "~" + ours.lsn();
        UUID own = UUID.nameUUIDFromBytes(source.getBytes(StandardCharsets.UTF_8));
        byte[] bytes = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(own.getMostSignificantBits())
                .putLong(own.getLeastSignificantBits())
                .array();
        return new DocBuilder()
                .appendAll(collection.optionsWithoutUuid())
                .append(CollectionOptions.UUID, Value.binary(UUID_SUBTYPE, bytes))
                .buildDoc();
    }

    // ---- collections that stay

    private void change(CollectionMerge merge) {
        CollectionSnapshot mine = Objects.requireNonNull(merge.ours());
        Doc options = merge.newOptions();
        if (options != null) {
            changes.add(new Change.AlterCollection(mine.id(), options.toBytes()));
            altered++;
        }
        IndexMerge indexes = merge.indexes();
        if (indexes != null) {
            indexes.dropped().forEach(index -> {
                changes.add(new Change.DropIndex(mine.id(), index.id()));
                altered++;
            });
        }
        if (merge.documents() != null) {
            write(mine.id(), merge.documents());
        }
        if (indexes != null) {
            indexes.last().forEach(index -> write(mine.id(), index));
        }
    }

    private void write(long collection, IndexMerge.Final index) {
        byte[] spec = index.definition().spec().toBytes();
        IndexSnapshot there = index.there();
        if (there == null) {
            changes.add(new Change.CreateIndex(collection, spec));
            altered++;
        } else if (index.isAltered()) {
            changes.add(new Change.AlterIndex(collection, there.id(), spec));
            altered++;
        }
    }

    private void write(long collection, DocumentsMerge documents) {
        for (MergedRecord record : documents.records()) {
            if (record.ours() != null && (record.result() == null || record.isMoved())) {
                changes.add(new Change.Delete(collection, record.recordOfOurs()));
                deleted += record.result() == null ? 1 : 0;
            }
        }
        for (MergedRecord record : documents.records()) {
            put(collection, record, record.ours(), record.result());
        }
    }

    private void put(long collection, MergedRecord record, byte @Nullable [] mine, byte @Nullable [] result) {
        if (result == null || !(record.isChanged() || record.isMoved())) {
            return;
        }
        if (mine == null || record.isMoved()) {
            changes.add(new Change.Put(collection, record.record(), result));
        } else {
            changes.add(Change.update(collection, record.record(), mine, result));
        }
        inserted += mine == null ? 1 : 0;
        updated += mine != null && record.isChanged() ? 1 : 0;
    }
}
