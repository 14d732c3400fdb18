package dev.offshoot.merge;

import dev.offshoot.bson.Bson;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ShellText;
import dev.offshoot.mql.Validator;
import dev.offshoot.state.CollectionOptions;
import dev.offshoot.state.IndexDefinition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks that the documents of a collection may be as the merge leaves them, and decides where they may not. Used once, by one thread. */
final class DocumentChecks {
    private final DocumentsMerge merge;
    private final Decisions decisions;
    private final MergeContext context;
    private final @Nullable Validator validator;
    private final boolean moderate;
    private final boolean sameRulesAsTheirs;
    private final Set<String> applied = new HashSet<>();

    /**
     * Something that may not be.
     *
     * @param holder the record of the document that has the key, of a collision; else 0
     * @param record the document that may not be as it is
     */
    private record Problem(MergeConflict conflict, long holder, MergedRecord record) {}

    DocumentChecks(DocumentsMerge merge, Decisions decisions, MergeContext context) {
        this.merge = merge;
        this.decisions = decisions;
        this.context = context;
        CollectionOptions options = merge.options();
        Validator rules = options.validator();
        boolean checks = rules != null
                && !options.validationLevel().equals("off")
                && !options.validationAction().equals("warn");
        this.validator = checks && rules != null ? rules.in(context.expressions()) : null;
        this.moderate = options.validationLevel().equals("moderate");
        this.sameRulesAsTheirs = context.named() && hasRulesOf(merge.theirs().definition());
    }

    /** Applies what is decided, until what is left is not. Each conflict is decided once, so this ends. */
    void settle() {
        doubtOurs();
        List<Problem> problems = problems();
        while (applyDecided(problems)) {
            problems = problems();
        }
        problems.forEach(problem -> decisions.leave(problem.conflict()));
    }

    private boolean applyDecided(List<Problem> problems) {
        Set<MergedRecord> touched = new HashSet<>();
        for (Problem problem : problems) {
            MergedRecord holder = problem.holder() == 0 ? null : merge.touch(problem.holder());
            if (touched.contains(problem.record()) || (holder != null && touched.contains(holder))) {
                continue; // it may be no problem any more
            }
            Resolution resolution = decisions.of(problem.conflict());
            if (resolution != null && applied.add(problem.conflict().key())) {
                apply(resolution, problem.record(), holder);
                touched.add(problem.record());
                if (holder != null) {
                    touched.add(holder);
                }
            }
        }
        return !touched.isEmpty();
    }

    private static void apply(Resolution resolution, MergedRecord record, @Nullable MergedRecord holder) {
        if (holder == null) {
            record.become(resolution);
            if (resolution.value() == null) {
                record.accept();
            }
            return;
        }
        switch (resolution.take()) {
            case OURS -> record.become(record.isChanged() ? record.ours() : null);
            case THEIRS -> holder.become((byte[]) null);
            case VALUE -> record.become(resolution);
            case DROP, BASE -> {
                record.become((byte[]) null);
                holder.become((byte[]) null);
            }
        }
    }

    /** Where ours gets another validator, looks for what ours stored since the base and it refuses. */
    private void doubtOurs() {
        if (validator == null || hasRulesOf(merge.ours().definition())) {
            return;
        }
        Iterator<DocumentChange> changes = new CollectionDiff(merge.base(), merge.ours()).documents(context.patience());
        while (changes.hasNext()) {
            DocumentChange change = changes.next();
            byte[] after = change.after();
            byte[] before = change.before();
            if (after == null || change.isSameAgain() || validator.accepts(after)) {
                continue;
            }
            if (!moderate || before == null || validator.accepts(before)) {
                merge.touch(change.recordAfter()).doubt();
            }
        }
    }

    /** Whether theirs has the very document, under the very rules: then the merge does not bring together what does not fit. */
    private boolean isAsInTheirs(MergedRecord record, byte[] document) {
        MergedRecord.Stored theirs = record.versions().theirs();
        return theirs != null && sameRulesAsTheirs && Arrays.equals(theirs.document(), document);
    }

    private boolean hasRulesOf(CollectionOptions other) {
        return List.of("validator", "validationLevel", "validationAction").stream()
                .allMatch(name -> Objects.equals(
                        merge.options().source().get(name), other.source().get(name)));
    }

    private List<Problem> problems() {
        List<Problem> problems = new ArrayList<>();
        Set<MergedRecord> impossible = new HashSet<>();
        for (MergedRecord record : merge.records()) {
            context.patience().run();
            byte[] document = record.result();
            String trouble = document == null ? null : trouble(record, document);
            if (trouble != null) {
                impossible.add(record);
                problems.add(validation(record, trouble));
            }
        }
        for (IndexMerge.Final index : merge.indexes().last()) {
            if (index.isNew() || index.isNewlyUnique()) {
                checkAll(index, impossible, problems);
            } else if (index.definition().refusesDuplicates()) {
                checkTouched(index, impossible, problems);
            }
        }
        return problems;
    }

    // ---- one document

    private @Nullable String trouble(MergedRecord record, byte[] document) {
        if (!record.isChanged()) {
            return record.isDoubtful() && !record.isAccepted() ? refusal(document) : null;
        }
        if (document.length > Bson.DOCUMENT_BYTES_MAX) {
            return "it would have " + document.length + " bytes, more than " + Bson.DOCUMENT_BYTES_MAX;
        }
        for (IndexMerge.Final index : merge.indexes().last()) {
            String trouble = index.isNew() ? null : trouble(index.definition(), document);
            if (trouble != null) {
                return trouble;
            }
        }
        if (validator == null || record.isAccepted() || isAsInTheirs(record, document) || validator.accepts(document)) {
            return null;
        }
        byte[] ours = record.ours();
        return moderate && ours != null && !validator.accepts(ours) ? null : refusal(document);
    }

    private String refusal(byte[] document) {
        return "the validator refuses it" + (validator == null ? "" : ": " + validator.explain(document));
    }

    /** Why an index could not hold a document, or null. */
    private static @Nullable String trouble(IndexDefinition index, byte[] document) {
        try {
            index.keys().keys(document, 0);
            return null;
        } catch (CommandException e) {
            return "index '" + index.name() + "' cannot hold it: " + e.getMessage();
        }
    }

    private Problem validation(MergedRecord record, String reason) {
        MergeConflict conflict = new MergeConflict(
                ConflictType.VALIDATION, merge.ours().name(), record.id(), "", List.of(), record.sides(), reason);
        return new Problem(conflict, 0, record);
    }

    // ---- unique keys

    /** An index that ours has: only what the merge changes can collide, with each other or with what stays. */
    private void checkTouched(IndexMerge.Final index, Set<MergedRecord> impossible, List<Problem> problems) {
        Map<ByteBuffer, MergedRecord> taken = new HashMap<>();
        for (MergedRecord record : List.copyOf(merge.records())) { // a collision touches another one
            byte[] document = record.result();
            if (document == null || impossible.contains(record) || !(record.isChanged() || record.isMoved())) {
                continue;
            }
            for (byte[] key : index.definition().keys().keys(document, 0).keys()) {
                MergedRecord other = taken.putIfAbsent(ByteBuffer.wrap(key), record);
                long holder = 0;
                if (other != null && other != record) {
                    holder = other.key();
                } else if (index.definition().unique() || !hasKey(index.definition(), record.ours(), key)) {
                    holder = holder(index, key, record); // one that only refuses new duplicates may have old ones
                }
                if (holder != 0) {
                    problems.add(collision(index.definition(), holder, record));
                    break;
                }
            }
        }
    }

    private static boolean hasKey(IndexDefinition index, byte @Nullable [] document, byte[] key) {
        return document != null
                && index.keys().keys(document, 0).keys().stream().anyMatch(known -> Arrays.equals(known, key));
    }

    /** The record of a document that has a key, and that the merge leaves as it is; 0 for none. */
    private long holder(IndexMerge.Final index, byte[] key, MergedRecord record) {
        if (index.there() == null) {
            return 0;
        }
        long holder = index.there().holder(key, record.recordOfOurs());
        MergedRecord touched = holder == 0 ? null : merge.record(holder);
        return touched != null && touched.isChanged() ? 0 : holder;
    }

    /** An index that ours does not have like this: every document has to fit. */
    private void checkAll(IndexMerge.Final index, Set<MergedRecord> impossible, List<Problem> problems) {
        IndexDefinition definition = index.definition();
        boolean unique = definition.refusesDuplicates();
        if (!unique && definition.keys().holdsAnything()) {
            return;
        }
        Map<ByteBuffer, Long> taken = new HashMap<>();
        List<long[]> collisions = new ArrayList<>();
        List<Long> troubled = new ArrayList<>();
        for (FinalDocuments.Document document : new FinalDocuments(merge)) {
            context.patience().run();
            MergedRecord merged = document.merged();
            long key = merged == null ? document.record() : merged.key();
            if (merged != null && impossible.contains(merged)) {
                continue;
            }
            if (trouble(definition, document.document()) != null) {
                troubled.add(key);
            } else if (unique) {
                Long holder = take(definition, document.document(), key, taken);
                if (holder != null) {
                    collisions.add(new long[] {holder, key});
                }
            }
        }
        for (long record : troubled) {
            MergedRecord touched = merge.touch(record);
            byte[] document = Objects.requireNonNull(touched.result());
            problems.add(validation(touched, Objects.requireNonNull(trouble(definition, document))));
        }
        for (long[] pair : collisions) {
            problems.add(collision(definition, pair[0], merge.touch(pair[1])));
        }
    }

    /** Who has one of the keys of a document already, or null. */
    private static @Nullable Long take(
            IndexDefinition index, byte[] document, long record, Map<ByteBuffer, Long> taken) {
        for (byte[] key : index.keys().keys(document, 0).keys()) {
            Long holder = taken.putIfAbsent(ByteBuffer.wrap(key), record);
            if (holder != null && holder != record) {
                return holder;
            }
        }
        return null;
    }

    /** Of two documents, the one that the merge brings or changes is theirs. */
    private Problem collision(IndexDefinition index, long holder, MergedRecord record) {
        MergedRecord other = merge.touch(holder);
        boolean swapped = other.isChanged() && !record.isChanged();
        MergedRecord theirs = swapped ? other : record;
        MergedRecord ours = swapped ? record : other;
        MergeConflict conflict = new MergeConflict(
                ConflictType.UNIQUE_KEY_COLLISION,
                merge.ours().name(),
                theirs.id(),
                index.name(),
                List.of(),
                new Versions<>(null, ours.resultSide(), theirs.resultSide()),
                "two documents would have the same key of the unique index '" + index.name() + "', "
                        + ShellText.of(index.keys().pattern()));
        return new Problem(conflict, ours.key(), theirs);
    }
}
