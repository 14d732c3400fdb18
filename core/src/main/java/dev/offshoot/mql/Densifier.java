package dev.offshoot.mql;

import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A run of {@code $densify} over sorted documents. Each partition remembers the last value that is on its steps; before a document
 * comes out, the steps between that value and its own do. At the end of the input the steps up to the upper bound follow. Documents
 * without a value pass as they are.
 */
final class Densifier extends Iterators.Ahead {
    /** MongoDB's {@code internalQueryMaxAllowedDensifyDocs}. */
    private static final long GENERATED_MAX = 500_000;

    private final DensifyStage stage;
    private final DensifyRange range;
    private final Iterator<Doc> sorted;
    private final PipelineContext context;
    private final Map<GroupKey, Value> last = new LinkedHashMap<>();
    private @Nullable Value globalMin;
    private @Nullable Value globalMax;
    private @Nullable Iterator<Map.Entry<GroupKey, Value>> unfinished;
    private long generated;

    // What comes out next: steps of one partition, then the document that they lead to.
    private @Nullable Value step;
    private Value end = Value.NULL;
    private Doc partition = Doc.EMPTY;
    private @Nullable Doc document;
    private @Nullable Value documentValue;

    Densifier(DensifyStage stage, Iterator<Doc> sorted, PipelineContext context) {
        this.stage = stage;
        this.range = stage.range();
        this.sorted = sorted;
        this.context = context;
    }

    @Override
    @Nullable
    Doc find() {
        while (true) {
            if (step != null && BsonOrder.compare(step, end) < 0) {
                return generated(step);
            }
            step = null;
            Doc found = document;
            document = null;
            if (found != null) {
                if (documentValue != null) {
                    settle(documentValue);
                }
                return found;
            }
            if (sorted.hasNext()) {
                take(sorted.next());
            } else if (!finish()) {
                return null;
            }
        }
    }

    private Doc generated(Value value) {
        if (++generated > GENERATED_MAX) {
            throw Operands.error(
                    5897900,
                    "Generated " + generated + " documents in $densify, which is over the limit of " + GENERATED_MAX
                            + ". Increase the 'internalQueryMaxAllowedDensifyDocs' parameter to allow more generated"
                            + " documents");
        }
        last.put(GroupKey.of(Value.document(partition), stage.collation()), value);
        step = range.after(value, context);
        return FieldEdit.set(partition, stage.field().parts(), value);
    }

    private void take(Doc found) {
        document = found;
        documentValue = null;
        Value value = FieldEdit.get(found, stage.field().parts());
        if (value == null || Operands.isNullish(value)) {
            return;
        }
        range.checked(value);
        partition = partition(found);
        GroupKey key = GroupKey.of(Value.document(partition), stage.collation());
        Value before = last.get(key);
        if (range.isExplicit()) {
            takeExplicit(key, before, value);
        } else {
            takeOpen(key, before, value);
        }
    }

    private void takeOpen(GroupKey key, @Nullable Value before, Value value) {
        globalMax = value;
        Value from = before;
        if (globalMin == null) {
            globalMin = value;
        } else if (before == null && range.isFull()) {
            from = range.before(globalMin, context);
        }
        if (from == null) {
            last.put(key, value);
        } else {
            lead(key, from, value, value);
        }
    }

    private void takeExplicit(GroupKey key, @Nullable Value before, Value value) {
        Value lower = bound(range.lower());
        Value upper = bound(range.upper());
        int toLower = BsonOrder.compare(value, lower);
        Value from = before == null ? range.before(lower, context) : before;
        if (toLower <= 0) {
            last.put(key, toLower == 0 ? value : from);
        } else {
            last.put(key, from);
            lead(key, from, value, BsonOrder.compare(value, upper) < 0 ? value : upper);
        }
    }

    private static Value bound(@Nullable Value value) {
        if (value == null) {
            throw new AssertionError("explicit bounds without a bound");
        }
        return value;
    }

    /** Plans the steps behind {@code from} and before {@code until}, to be followed by the document with the value. */
    private void lead(GroupKey key, Value from, Value value, Value until) {
        checkPath();
        last.put(key, from);
        documentValue = value;
        step = range.after(from, context);
        end = until;
    }

    /** A document that comes out where the next step would be takes its place. */
    private void settle(Value value) {
        GroupKey key = GroupKey.of(Value.document(partition), stage.collation());
        Value before = last.get(key);
        boolean inside = range.upper() == null || BsonOrder.compare(value, range.upper()) < 0;
        if (before != null && inside && BsonOrder.compare(range.after(before, context), value) == 0) {
            last.put(key, value);
        }
    }

    private void checkPath() {
        Doc at = partition;
        for (int i = 0; i < stage.field().parts().size(); i++) {
            Value value = at.get(stage.field().parts().get(i));
            if (value == null) {
                return;
            }
            if (value.isArray()) {
                throw Operands.error(5733307, "$densify cannot generate fields nested inside arrays");
            }
            if (!value.isDocument()) {
                throw Operands.error(5733308, "$densify cannot overwrite non-object values with objects");
            }
            at = value.asDoc();
        }
    }

    private Doc partition(Doc found) {
        Doc result = Doc.EMPTY;
        for (DottedPath path : stage.partitions()) {
            Value value = path.in(Value.document(found));
            if (value != null) {
                result = FieldEdit.set(result, path.parts(), value);
            }
        }
        return result;
    }

    /** Goes on to the next partition that has steps left behind its last document; false where there is none. */
    private boolean finish() {
        Value until = finalEnd();
        if (until == null) {
            return false;
        }
        if (unfinished == null) {
            if (last.isEmpty() && range.isExplicit() && stage.partitions().isEmpty()) {
                last.put(new GroupKey(Value.document(Doc.EMPTY)), range.before(bound(range.lower()), context));
            }
            unfinished = new LinkedHashMap<>(last).entrySet().iterator();
        }
        while (unfinished.hasNext()) {
            Map.Entry<GroupKey, Value> next = unfinished.next();
            Value first = range.after(next.getValue(), context);
            if (BsonOrder.compare(first, until) < 0) {
                partition = next.getKey().value().asDoc();
                step = first;
                end = until;
                return true;
            }
        }
        return false;
    }

    /** Where the steps behind the last documents end before; null where there are none. */
    private @Nullable Value finalEnd() {
        if (range.isExplicit()) {
            return range.upper();
        }
        if (!range.isFull() || stage.partitions().isEmpty() || globalMin == null || globalMax == null) {
            return null;
        }
        return range.isOnStep(globalMax, globalMin, context) ? range.after(globalMax, context) : globalMax;
    }
}
