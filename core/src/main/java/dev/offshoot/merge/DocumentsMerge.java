package dev.offshoot.merge;

import dev.offshoot.bson.Doc;
import dev.offshoot.merge.MergedRecord.Stored;
import dev.offshoot.state.CollectionOptions;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexSnapshot;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What becomes of the documents of a collection that both sides have. Used once, by one thread. */
final class DocumentsMerge {
    private final @Nullable CollectionSnapshot base;
    private final CollectionSnapshot ours;
    private final CollectionSnapshot theirs;
    private final CollectionOptions options;
    private final IndexMerge indexes;
    private final Decisions decisions;
    private final MergeContext context;
    private final MergeRules rules;
    private final SortedMap<Long, MergedRecord> records = new TreeMap<>();

    /**
     * @param sides without a base where both sides made the collection
     * @param options those after the merge
     */
    DocumentsMerge(
            Versions<CollectionSnapshot> sides,
            CollectionOptions options,
            IndexMerge indexes,
            Decisions decisions,
            MergeContext context) {
        if (sides.ours() == null || sides.theirs() == null) {
            throw new AssertionError("a collection that one side does not have");
        }
        this.base = sides.base();
        this.ours = sides.ours();
        this.theirs = sides.theirs();
        this.options = options;
        this.indexes = indexes;
        this.decisions = decisions;
        this.context = context;
        this.rules = decisions.settings().rules(ours.name());
    }

    /** @param diff from the base to theirs */
    void merge(CollectionDiff diff) {
        Iterator<DocumentChange> changes = diff.documents(context.patience());
        while (changes.hasNext()) {
            merge(changes.next());
        }
        if (context.checks()) {
            new DocumentChecks(this, decisions, context).settle();
        }
        if (options.isCapped()) {
            makeRoom();
        }
    }

    /** Documents that the merge touches, by {@link MergedRecord#key}. */
    Collection<MergedRecord> records() {
        return records.values();
    }

    @Nullable
    MergedRecord record(long key) {
        return records.get(key);
    }

    /** The document of ours with this record, as one that the merge may touch. */
    MergedRecord touch(long recordOfOurs) {
        MergedRecord known = records.get(recordOfOurs);
        return known != null ? known : add(new MergedRecord(versionsOf(recordOfOurs)));
    }

    CollectionSnapshot ours() {
        return ours;
    }

    CollectionSnapshot theirs() {
        return theirs;
    }

    @Nullable
    CollectionSnapshot base() {
        return base;
    }

    CollectionOptions options() {
        return options;
    }

    IndexMerge indexes() {
        return indexes;
    }

    private MergedRecord add(MergedRecord record) {
        records.put(record.key(), record);
        return record;
    }

    private Versions<Stored> versionsOf(long recordOfOurs) {
        Stored mine = stored(MergeConflict.Of.OURS, ours, recordOfOurs);
        if (mine == null) {
            throw new AssertionError("record " + recordOfOurs + " is not in " + ours.name());
        }
        return new Versions<>(
                find(MergeConflict.Of.BASE, base, recordOfOurs, mine.document()),
                mine,
                find(MergeConflict.Of.THEIRS, theirs, recordOfOurs, mine.document()));
    }

    /** A version of a document: with this record, or else with the {@code _id} of this document. */
    private static @Nullable Stored find(
            MergeConflict.Of of, @Nullable CollectionSnapshot in, long record, byte[] document) {
        if (in == null) {
            return null;
        }
        Stored found = record == 0 ? null : stored(of, in, record);
        if (found != null) {
            return found;
        }
        IndexSnapshot ids = in.idIndex();
        long other = ids.holder(ids.keys().keys(document, 0).keys().get(0), 0);
        return other == 0 ? null : stored(of, in, other);
    }

    private static @Nullable Stored stored(MergeConflict.Of of, CollectionSnapshot in, long record) {
        return Stored.of(of, in.id(), record, in.document(record));
    }

    // ---- one document

    private void merge(DocumentChange change) {
        Stored before =
                Stored.of(MergeConflict.Of.BASE, base == null ? 0 : base.id(), change.recordBefore(), change.before());
        Stored other = Stored.of(MergeConflict.Of.THEIRS, theirs.id(), change.recordAfter(), change.after());
        byte[] there = other != null ? other.document() : before == null ? new byte[0] : before.document();
        Stored mine = find(MergeConflict.Of.OURS, ours, change.recordBefore(), there);
        MergedRecord record = new MergedRecord(new Versions<>(before, mine, other));
        boolean untouched = mine != null && before != null && Arrays.equals(mine.document(), before.document());
        if (other == null) {
            mergeRemoved(record, untouched);
        } else if (before != null && mine == null) {
            if (!change.isSameAgain()) {
                decide(record, ConflictType.DELETE_VERSUS_EDIT, List.of(), "ours removed what theirs changed");
            }
        } else if (mine == null || untouched) {
            record.become(other.document());
            if (mine != null && mine.record() == change.recordBefore()) {
                record.moveTo(other.record());
            }
        } else if (!change.isSameAgain()) {
            mergeBoth(record, before, mine, other);
        }
        if (record.isChanged() || record.isMoved()) {
            add(record);
        }
    }

    private void mergeRemoved(MergedRecord record, boolean untouched) {
        if (untouched) {
            record.become((byte[]) null);
        } else if (record.ours() != null) {
            decide(record, ConflictType.DELETE_VERSUS_EDIT, List.of(), "theirs removed what ours changed");
        }
    }

    private void mergeBoth(MergedRecord record, @Nullable Stored before, Stored mine, Stored other) {
        boolean sameInsertion =
                before == null && mine.record() == other.record() && Arrays.equals(mine.document(), other.document());
        if (sameInsertion) {
            return;
        }
        Doc was = before == null ? null : Doc.of(before.document());
        Doc here = Doc.of(mine.document());
        Doc there = Doc.of(other.document());
        MergedDocument merged = DocumentMerge.merge(was, here, there, rules);
        if (!merged.hasConflicts()) {
            record.become(merged.document().toBytes());
            return;
        }
        Resolution resolution = decide(
                record,
                ConflictType.DOCUMENT_EDIT,
                merged.conflicts().stream().map(FieldConflict::path).toList(),
                before == null ? "both sides inserted it" : "both sides changed it");
        MergeStrategy side = resolution == null ? null : side(resolution);
        if (side != null
                && (was != null || side != MergeStrategy.BASE)) { // what is not in conflict is merged all the same
            record.become(DocumentMerge.merge(was, here, there, rules.otherwise(side))
                    .document()
                    .toBytes());
        }
    }

    private static @Nullable MergeStrategy side(Resolution resolution) {
        return switch (resolution.take()) {
            case OURS -> MergeStrategy.OURS;
            case THEIRS -> MergeStrategy.THEIRS;
            case BASE -> MergeStrategy.BASE;
            case DROP, VALUE -> null;
        };
    }

    private @Nullable Resolution decide(MergedRecord record, ConflictType type, List<DocPath> fields, String reason) {
        Resolution resolution =
                decisions.decide(new MergeConflict(type, ours.name(), record.id(), "", fields, record.sides(), reason));
        if (resolution != null) {
            record.become(resolution);
        }
        return resolution;
    }

    // ---- capped collections

    /** Removes the oldest documents that a capped collection has no room for. */
    private void makeRoom() {
        long documents = ours.count();
        long bytes = ours.dataBytes();
        for (MergedRecord record : records.values()) {
            documents += (record.result() == null ? 0 : 1) - (record.ours() == null ? 0 : 1);
            bytes += length(record.result()) - length(record.ours());
        }
        long documentsMax = options.cappedDocuments() == 0 ? Long.MAX_VALUE : options.cappedDocuments();
        Iterator<FinalDocuments.Document> oldest = new FinalDocuments(this).iterator();
        while ((bytes > options.cappedBytes() || documents > documentsMax) && oldest.hasNext()) {
            FinalDocuments.Document next = oldest.next();
            bytes -= next.document().length;
            documents--;
            MergedRecord merged = next.merged();
            (merged == null ? touch(next.record()) : merged).become((byte[]) null);
        }
    }

    private static long length(byte @Nullable [] document) {
        return document == null ? 0 : document.length;
    }
}
