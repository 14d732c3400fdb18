package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.IndexKeys;
import dev.offshoot.state.PlainProject.PlainBranch;
import dev.offshoot.store.LogStore;
import dev.offshoot.tree.Cursor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares what a project serves with its log, read again from LSN 1 and folded over plain maps. Problems are values, so that one
 * run shows all of them; a log that contradicts itself is an {@link AssertionError}. Nobody may write meanwhile.
 */
public final class ConsistencyCheck {
    private final PlainProject log;
    private final List<String> problems = new ArrayList<>();
    private long documents;
    private long entries;
    private long positions;

    private ConsistencyCheck(PlainProject log) {
        this.log = log;
    }

    /** Checks the branches and all heads. */
    public static ConsistencyCheck heads(LogStore log, Project served) {
        ConsistencyCheck check = new ConsistencyCheck(PlainProject.read(log));
        check.branches(served);
        return check;
    }

    /** Checks every branch that ever was at every LSN, too. Costs the square of the length of the log. */
    public static ConsistencyCheck everyPosition(LogStore log, Project served) {
        ConsistencyCheck check = heads(log, served);
        for (PlainBranch plain : check.log.branches().values()) {
            Branch branch = served.catalog().branch(plain.id());
            for (long lsn = 0; branch != null && lsn <= check.log.lastLsn(); lsn++) {
                check.position(branch.name() + "@" + lsn, served.at(branch, lsn), check.log.at(plain.id(), lsn));
            }
        }
        return check;
    }

    /** What does not hold; empty when all is well. */
    public List<String> problems() {
        return problems;
    }

    /** The log as it was read. */
    public PlainProject log() {
        return log;
    }

    /** How many documents were compared. */
    public long documents() {
        return documents;
    }

    /** How many index entries were compared. */
    public long entries() {
        return entries;
    }

    /** How many positions of branches were compared. */
    public long positions() {
        return positions;
    }

    /** Compares one state; says where in the problems. */
    static ConsistencyCheck state(String where, Snapshot served, PlainState expected) {
        ConsistencyCheck check = new ConsistencyCheck(new PlainProject());
        check.position(where, served, expected);
        return check;
    }

    private void branches(Project served) {
        same("last LSN", served.lastLsn(), log.lastLsn());
        long present = 0;
        for (PlainBranch plain : log.branches().values()) {
            Branch branch = served.catalog().branch(plain.id());
            same("branch", branch == null ? "none" : line(branch), plain.line());
            if (branch == null || plain.dropped()) {
                continue;
            }
            present++;
            same("branch by name", served.catalog().branch(plain.name()), branch);
            Snapshot head = served.head(branch);
            same("head of " + plain.name(), head.lsn(), plain.head());
            position(plain.name(), head, log.head(plain.id()));
        }
        same("number of branches", served.catalog().size(), present);
    }

    private static String line(Branch branch) {
        return branch.id() + " " + branch.name() + " from " + branch.parent() + "@" + branch.base()
                + (branch.dropped() ? " dropped" : "");
    }

    private void position(String where, Snapshot served, PlainState expected) {
        positions++;
        served.byName().check();
        served.collections().check();
        List<String> names = new ArrayList<>();
        expected.collections().values().forEach(c -> names.add(c.name()));
        names.sort(null);
        same(
                where + ": collections",
                served.all().stream().map(CollectionSnapshot::name).toList(),
                names);
        for (PlainState.Collection plain : expected.collections().values()) {
            CollectionSnapshot collection = served.entry(plain.name());
            if (collection != null) {
                collection(where + "/" + plain.name(), collection, plain);
            }
        }
    }

    private void collection(String where, CollectionSnapshot served, PlainState.Collection expected) {
        same(where + ": id", served.id(), expected.id());
        same(where + ": options", served.options(), Doc.of(expected.options()));
        lookUps(where, served, expected); // first: what follows asks for the trees
        same(where + ": count", served.count(), (long) expected.documents().size());
        long bytes = 0;
        TreeMap<byte[], byte[]> documentsByKey = new TreeMap<>(Arrays::compareUnsigned);
        for (Map.Entry<Long, byte[]> entry : expected.documents().entrySet()) {
            bytes += entry.getValue().length;
            documentsByKey.put(RecordId.key(entry.getKey()), entry.getValue());
        }
        same(where + ": dataBytes", served.dataBytes(), bytes);
        served.documents().check();
        documents += entries(where + ": documents", served.documents().ascending(null, null), documentsByKey);
        indexes(where, served, expected);
    }

    private void lookUps(String where, CollectionSnapshot served, PlainState.Collection expected) {
        for (Map.Entry<Long, byte[]> entry : expected.documents().entrySet()) {
            Value id = Objects.requireNonNull(Doc.of(entry.getValue()).get("_id"));
            CollectionSnapshot.Found found = served.byId(id);
            if (found == null
                    || found.recordId() != entry.getKey()
                    || !Arrays.equals(found.bytes(), entry.getValue())) {
                problems.add(where + ": _id " + id + " leads to " + (found == null ? "nothing" : found.recordId())
                        + " rather than record " + entry.getKey());
            }
        }
    }

    private void indexes(String where, CollectionSnapshot served, PlainState.Collection expected) {
        List<Long> ids = new ArrayList<>(expected.isView() ? List.of() : List.of(expected.id()));
        ids.addAll(expected.indexes().keySet());
        same(
                where + ": indexes",
                served.indexes().stream().map(IndexSnapshot::id).toList(),
                ids);
        for (IndexSnapshot index : served.indexes()) {
            byte[] spec = index.id() == expected.id()
                    ? IndexSnapshot.ID_SPEC.toBytes()
                    : expected.indexes().getOrDefault(index.id(), Doc.EMPTY.toBytes());
            same(where + ": spec of index " + index.id(), index.spec(), Doc.of(spec));
            index(where + ": index " + index.name(), index, expected);
        }
    }

    /** Builds the index again from the documents. */
    private void index(String where, IndexSnapshot served, PlainState.Collection collection) {
        TreeMap<byte[], byte[]> rebuilt = new TreeMap<>(Arrays::compareUnsigned);
        TreeMap<byte[], Long> holders = new TreeMap<>(Arrays::compareUnsigned);
        boolean isId = served.id() == collection.id();
        IndexKeys keys = IndexKeys.compile(served.pattern(), served.spec());
        for (Map.Entry<Long, byte[]> entry : collection.documents().entrySet()) {
            byte[] record = RecordId.key(entry.getKey());
            IndexKeys.Keys found = keys.keys(entry.getValue(), 0);
            if (found.multikey()) {
                same(where + ": multikey", served.multikey(), true);
            }
            for (byte[] key : found.keys()) {
                Long other = holders.put(key, entry.getKey());
                if (served.isUnique() && other != null && !other.equals(entry.getKey())) {
                    problems.add(where + ": records " + other + " and " + entry.getKey() + " have the same key");
                }
                rebuilt.put(isId ? key : concat(key, record), found.value(record));
            }
        }
        served.entries().check();
        entries += entries(where, served.entries().ascending(null, null), rebuilt);
    }

    private long entries(String where, Cursor<byte[]> served, NavigableMap<byte[], byte[]> expected) {
        long compared = 0;
        for (Map.Entry<byte[], byte[]> entry : expected.entrySet()) {
            boolean there = served.next();
            if (!there || !Arrays.equals(served.key(), entry.getKey())) {
                problems.add(where + ": expected " + text(entry.getKey()) + ", found "
                        + (there ? text(served.key()) : "the end"));
                return compared;
            }
            if (!Arrays.equals(served.value(), entry.getValue())) {
                problems.add(where + ": another value at " + text(entry.getKey()));
            }
            compared++;
        }
        if (served.next()) {
            problems.add(where + ": more than expected, first " + text(served.key()));
        }
        return compared;
    }

    private void same(String what, @Nullable Object served, @Nullable Object expected) {
        if (served == null ? expected != null : !served.equals(expected)) {
            problems.add(what + ": expected " + expected + ", found " + served);
        }
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private static String text(byte[] key) {
        return key.length == RecordId.BYTES
                ? "record " + RecordId.of(key)
                : Value.binary(key).toString();
    }
}
