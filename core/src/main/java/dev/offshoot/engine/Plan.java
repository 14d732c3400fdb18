package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.Filter;
import dev.offshoot.mql.KeyRange;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexSnapshot;
import dev.offshoot.state.RecordId;
import dev.offshoot.tree.Cursor;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the documents of a collection that match a filter are found: by {@code _id}, through ranges of an index, or by a scan. An index
 * is taken when the filter bounds its first field; among several the one with the most bounded fields, points before ranges, and
 * unique before others. Whatever is taken, each document is checked against the whole filter.
 */
final class Plan {
    private final CollectionSnapshot collection;
    private final Filter filter;
    private final @Nullable IndexSnapshot index;
    private final @Nullable List<KeyRange> ranges;
    private final boolean backwards;
    private final Deadline deadline;
    private long keysExamined;
    private long documentsExamined;

    private Plan(
            CollectionSnapshot collection,
            Filter filter,
            @Nullable IndexSnapshot index,
            @Nullable List<KeyRange> ranges,
            boolean backwards,
            Deadline deadline) {
        this.collection = collection;
        this.filter = filter;
        this.index = index;
        this.ranges = ranges;
        this.backwards = backwards;
        this.deadline = deadline;
    }

    /**
     * Chooses a plan.
     *
     * @param hint an index's name or key pattern, or <code>{$natural: 1}</code>; null for none
     * @throws CommandException BadValue when the hint names no index
     */
    static Plan choose(CollectionSnapshot collection, Filter filter, @Nullable Value hint, Deadline deadline) {
        if (filter.hasText()) {
            throw new CommandException(ErrorCode.INDEX_NOT_FOUND, "text index required for $text query");
        }
        if (filter.near() != null) {
            throw new CommandException(
                    new ErrorCode(291, "NoQueryExecutionPlans"),
                    "error processing query: planner returned error :: caused by :: unable to find index for $geoNear query");
        }
        if (hint != null) {
            return hinted(collection, filter, hint, deadline);
        }
        IndexSnapshot best = null;
        List<KeyRange> bestRanges = null;
        for (IndexSnapshot index : collection.indexes()) {
            List<KeyRange> ranges = index.keys().ranges(filter, index.multikey());
            if (ranges != null && (best == null || isBetter(index, best, filter))) {
                best = index;
                bestRanges = ranges;
            }
        }
        return new Plan(collection, filter, best, bestRanges, false, deadline);
    }

    private static boolean isBetter(IndexSnapshot index, IndexSnapshot than, Filter filter) {
        if (than.isId()) {
            return !pointsOnly(than, filter) && pointsOnly(index, filter);
        }
        int points = pointFields(index, filter);
        int others = pointFields(than, filter);
        return points != others ? points > others : index.isUnique() && !than.isUnique();
    }

    private static boolean pointsOnly(IndexSnapshot index, Filter filter) {
        return pointFields(index, filter) == index.keys().paths().size();
    }

    /** How many leading fields of an index the filter fixes to single values. */
    private static int pointFields(IndexSnapshot index, Filter filter) {
        int n = 0;
        for (String path : index.keys().paths()) {
            var bounds = filter.bounds(path, index.multikey());
            if (bounds == null || bounds.size() != 1 || !bounds.get(0).isPoint()) {
                return n;
            }
            n++;
        }
        return n;
    }

    private static Plan hinted(CollectionSnapshot collection, Filter filter, Value hint, Deadline deadline) {
        if (hint.isDocument() && hint.asDoc().has("$natural")) {
            Value direction = hint.asDoc().get("$natural");
            return new Plan(
                    collection,
                    filter,
                    null,
                    null,
                    direction != null && direction.isNumber() && direction.toLong() < 0,
                    deadline);
        }
        for (IndexSnapshot index : collection.indexes()) {
            boolean meant = hint.isString()
                    ? index.name().equals(hint.asString())
                    : hint.isDocument() && samePattern(index.pattern(), hint.asDoc());
            if (meant) {
                List<KeyRange> ranges = index.keys().ranges(filter, index.multikey());
                return new Plan(
                        collection,
                        filter,
                        index,
                        ranges == null ? List.of(new KeyRange(new byte[0], null)) : ranges,
                        false,
                        deadline);
            }
        }
        throw new CommandException(
                ErrorCode.BAD_VALUE,
                "error processing query: planner returned error :: caused by :: hint provided does not correspond to an"
                        + " existing index");
    }

    private static boolean samePattern(Doc a, Doc b) {
        Iterator<Doc.Field> other = b.iterator();
        for (Doc.Field field : a) {
            if (!other.hasNext()) {
                return false;
            }
            Doc.Field that = other.next();
            if (!field.name().equals(that.name())
                    || !field.value().isNumber()
                    || !that.value().isNumber()
                    || field.value().toDouble() != that.value().toDouble()) {
                return false;
            }
        }
        return !other.hasNext();
    }

    /** Whether the filter is only about {@code _id}, one value of it, so that the plan answers at most one document. */
    private boolean isIdLookup() {
        return index != null && index.isId() && filter.idEquality() != null;
    }

    /** The matching documents: in the index's order, or in the order of their insertion. */
    Matches matches() {
        if (isIdLookup()) {
            return new IdLookup();
        }
        return index == null || ranges == null ? new Scan() : new IndexScan(index, ranges);
    }

    /** The matching documents as documents. */
    Iterator<Doc> documents() {
        Matches matches = matches();
        return new Iterator<>() {
            private boolean looked;
            private boolean ahead;

            @Override
            public boolean hasNext() {
                if (!looked) {
                    ahead = matches.next(); // no sooner than asked for: a find for one document stops at that one
                    looked = true;
                }
                return ahead;
            }

            @Override
            public Doc next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                looked = false;
                return Doc.of(matches.document());
            }
        };
    }

    /** How many documents match; without reading any when the filter is empty. */
    long count() {
        if (filter.isEmpty() && index == null) {
            return collection.count();
        }
        long n = 0;
        for (Matches matches = matches(); matches.next(); ) {
            n++;
        }
        return n;
    }

    long keysExamined() {
        return keysExamined;
    }

    long documentsExamined() {
        return documentsExamined;
    }

    /** The stage that finds documents, as {@code explain} shows it. */
    Doc explain() {
        DocBuilder stage = new DocBuilder();
        if (index == null) {
            stage.append("stage", "COLLSCAN");
            if (!filter.isEmpty()) {
                stage.append("filter", filter.source());
            }
            return stage.append("direction", backwards ? "backward" : "forward").buildDoc();
        }
        stage.append("stage", isIdLookup() ? "IDHACK" : "FETCH");
        if (!isIdLookup()) {
            stage.append("filter", filter.source()).startDocument("inputStage").append("stage", "IXSCAN");
        }
        stage.append("keyPattern", index.pattern())
                .append("indexName", index.name())
                .append("isMultiKey", index.multikey())
                .append("isUnique", index.isUnique())
                .append("direction", "forward");
        if (!isIdLookup()) {
            stage.end();
        }
        return stage.buildDoc();
    }

    private final class IdLookup implements Matches {
        private boolean done;
        private long recordId;
        private byte[] document = {};

        @Override
        public boolean next() {
            Value id = filter.idEquality();
            if (done || id == null) {
                return false;
            }
            done = true;
            IndexSnapshot ids = collection.idIndex();
            keysExamined++;
            byte[] record = ids.entries().get(ids.keys().key(List.of(id)));
            byte[] found = record == null ? null : collection.documents().get(record);
            if (record == null || found == null) {
                return false;
            }
            documentsExamined++;
            recordId = RecordId.of(record);
            document = found;
            return filter.matches(found, 0);
        }

        @Override
        public long recordId() {
            return recordId;
        }

        @Override
        public byte[] document() {
            return document;
        }
    }

    private final class Scan implements Matches {
        private final Cursor<byte[]> cursor = backwards
                ? collection.documents().descending(null, null)
                : collection.documents().ascending(null, null);

        @Override
        public boolean next() {
            while (cursor.next()) {
                documentsExamined++;
                deadline.check();
                if (filter.matches(cursor.value(), 0)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public long recordId() {
            return RecordId.of(cursor.key());
        }

        @Override
        public byte[] document() {
            return cursor.value();
        }
    }

    private final class IndexScan implements Matches {
        private final IndexSnapshot index;
        private final Iterator<KeyRange> ranges;
        private final @Nullable Set<Long> seen;
        private @Nullable Cursor<byte[]> cursor;
        private long recordId;
        private byte[] document = {};

        IndexScan(IndexSnapshot index, List<KeyRange> ranges) {
            this.index = index;
            this.ranges = ranges.iterator();
            this.seen = index.multikey() ? new HashSet<>() : null;
        }

        @Override
        public boolean next() {
            while (true) {
                while (cursor == null || !cursor.next()) {
                    if (!ranges.hasNext()) {
                        return false;
                    }
                    KeyRange range = ranges.next();
                    cursor = index.entries().ascending(range.from(), range.to());
                }
                keysExamined++;
                deadline.check();
                byte[] record = cursor.value();
                recordId = RecordId.of(record);
                if (seen != null && !seen.add(recordId)) {
                    continue;
                }
                byte[] found = collection.documents().get(record);
                if (found == null) {
                    throw new AssertionError(
                            "index " + index.name() + " names record " + recordId + ", which is not there");
                }
                documentsExamined++;
                document = found;
                if (filter.matches(found, 0)) {
                    return true;
                }
            }
        }

        @Override
        public long recordId() {
            return recordId;
        }

        @Override
        public byte[] document() {
            return document;
        }
    }
}
