package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The accumulators that take one value of each document and begin with nothing, by name. */
final class Accumulators {
    /** How much beside a value may be held with it. */
    private static final int OWN_BYTES_MAX = 16;

    private static final Map<String, Function<Collation, Accumulator>> BY_NAME = Map.ofEntries(
            Map.entry("$sum", collation -> new Sum()),
            Map.entry("$avg", collation -> new Average()),
            Map.entry("$min", collation -> new Extreme(-1, collation)),
            Map.entry("$max", collation -> new Extreme(1, collation)),
            Map.entry("$first", collation -> new First()),
            Map.entry("$last", collation -> new Last()),
            Map.entry("$push", collation -> new Push()),
            Map.entry("$addToSet", AddToSet::new),
            Map.entry("$count", collation -> new Count()),
            Map.entry("$mergeObjects", collation -> new MergeObjects()),
            Map.entry("$stdDevPop", collation -> new StandardDeviation(false)),
            Map.entry("$stdDevSamp", collation -> new StandardDeviation(true)));

    private Accumulators() {}

    static Set<String> names() {
        return BY_NAME.keySet();
    }

    /** Makes accumulators of this name, which has to be one of {@link #names}. */
    static Supplier<Accumulator> named(String name, Collation collation) {
        Function<Collation, Accumulator> found = BY_NAME.get(name);
        if (found == null) {
            throw new AssertionError("no accumulator of one value: " + name);
        }
        return () -> found.apply(collation);
    }

    /** The value on its own, so that it does not keep a whole document alive. */
    static Value owned(Value value) {
        if (value.bytes().length <= value.length() + OWN_BYTES_MAX) {
            return value;
        }
        byte[] own = Arrays.copyOfRange(value.bytes(), value.offset(), value.offset() + value.length());
        return Value.view(value.type(), own, 0);
    }

    /** What it costs to hold a value. */
    static long bytes(Value value) {
        return value.length() + GroupStage.ENTRY_BYTES;
    }

    private static boolean isNullish(@Nullable Value value) {
        return value == null || value.type() == Bson.NULL || value.type() == Bson.UNDEFINED;
    }

    private static final class Sum implements Accumulator {
        private final NumberSum sum = new NumberSum();

        @Override
        public void add(@Nullable Value value) {
            sum.add(value);
        }

        @Override
        public boolean remove(@Nullable Value value) {
            return sum.remove(value);
        }

        @Override
        public Value result() {
            return sum.result();
        }
    }

    private static final class Average implements Accumulator {
        private final NumberSum sum = new NumberSum();

        @Override
        public void add(@Nullable Value value) {
            sum.add(value);
        }

        @Override
        public boolean remove(@Nullable Value value) {
            return sum.remove(value);
        }

        @Override
        public Value result() {
            return sum.average();
        }
    }

    private static final class Extreme implements Accumulator {
        private final int sign;
        private final Collation collation;
        private @Nullable Value best;

        Extreme(int sign, Collation collation) {
            this.sign = sign;
            this.collation = collation;
        }

        @Override
        public void add(@Nullable Value value) {
            if (value != null && !isNullish(value) && (best == null || collation.compare(value, best) * sign > 0)) {
                best = owned(value);
            }
        }

        @Override
        public Accumulator forSliding() {
            return new SlidingExtreme(sign, collation);
        }

        @Override
        public Value result() {
            return best == null ? Value.NULL : best;
        }

        @Override
        public long heldBytes() {
            return best == null ? 0 : best.length();
        }
    }

    /** Of those it has, the values that are or may become the best, each before a worse one or one as good that came later. */
    private static final class SlidingExtreme implements Accumulator {
        private final int sign;
        private final Collation collation;
        private final Deque<Value> candidates = new ArrayDeque<>();
        private long bytes;

        SlidingExtreme(int sign, Collation collation) {
            this.sign = sign;
            this.collation = collation;
        }

        @Override
        public void add(@Nullable Value value) {
            if (value == null || isNullish(value)) {
                return;
            }
            while (!candidates.isEmpty() && collation.compare(value, candidates.getLast()) * sign > 0) {
                bytes -= bytes(candidates.removeLast());
            }
            candidates.addLast(owned(value));
            bytes += bytes(value);
        }

        /** One that is as good as the best, and came first, is the best: only a better one would have driven it out. */
        @Override
        public boolean remove(@Nullable Value value) {
            if (value != null && !isNullish(value) && collation.compare(value, candidates.getFirst()) == 0) {
                bytes -= bytes(candidates.removeFirst());
            }
            return true;
        }

        @Override
        public Value result() {
            return candidates.isEmpty() ? Value.NULL : candidates.getFirst();
        }

        @Override
        public long heldBytes() {
            return bytes;
        }
    }

    private static final class First implements Accumulator {
        private @Nullable Value first;

        @Override
        public void add(@Nullable Value value) {
            if (first == null) {
                first = value == null ? Value.NULL : owned(value);
            }
        }

        @Override
        public Value result() {
            return first == null ? Value.NULL : first;
        }

        @Override
        public long heldBytes() {
            return first == null ? 0 : first.length();
        }
    }

    private static final class Last implements Accumulator {
        private Value last = Value.NULL;

        @Override
        public void add(@Nullable Value value) {
            last = value == null ? Value.NULL : owned(value);
        }

        @Override
        public Value result() {
            return last;
        }

        @Override
        public long heldBytes() {
            return last.length();
        }
    }

    private static final class Push implements Accumulator {
        private final List<Value> values = new ArrayList<>();
        private long bytes;

        @Override
        public void add(@Nullable Value value) {
            if (value != null) {
                values.add(owned(value));
                bytes += bytes(value);
            }
        }

        @Override
        public Value result() {
            return BsonArrays.of(values);
        }

        @Override
        public long heldBytes() {
            return bytes;
        }

        @Override
        public boolean grows() {
            return true;
        }
    }

    private static final class AddToSet implements Accumulator {
        private final Collation collation;
        private final Set<GroupKey> values = new LinkedHashSet<>();
        private long bytes;

        AddToSet(Collation collation) {
            this.collation = collation;
        }

        @Override
        public void add(@Nullable Value value) {
            if (value != null && values.add(GroupKey.of(owned(value), collation))) {
                bytes += bytes(value);
            }
        }

        @Override
        public Value result() {
            return BsonArrays.of(values.stream().map(GroupKey::value).toList());
        }

        @Override
        public long heldBytes() {
            return bytes;
        }

        @Override
        public boolean grows() {
            return true;
        }
    }

    private static final class Count implements Accumulator {
        private long count;

        @Override
        public void add(@Nullable Value value) {
            count++;
        }

        @Override
        public boolean remove(@Nullable Value value) {
            count--;
            return true;
        }

        @Override
        public Value result() {
            return Numbers.narrow(count);
        }
    }

    private static final class MergeObjects implements Accumulator {
        private final Map<String, Value> fields = new LinkedHashMap<>();
        private long bytes;

        @Override
        public void add(@Nullable Value value) {
            if (value == null || isNullish(value)) {
                return;
            }
            if (!value.isDocument()) {
                throw new CommandException(
                        ErrorCode.location(40400),
                        "$mergeObjects requires object inputs, but input " + ShellText.of(value) + " is of type "
                                + Bson.typeName(value.type()));
            }
            for (Doc.Field field : value.asDoc()) {
                Value before = fields.put(field.name(), owned(field.value()));
                bytes += bytes(field.value()) - (before == null ? 0 : bytes(before));
            }
        }

        @Override
        public Value result() {
            return Value.document(BsonArrays.document(fields));
        }

        @Override
        public long heldBytes() {
            return bytes;
        }

        @Override
        public boolean grows() {
            return true;
        }
    }

    /** By Welford's method: mean and sum of squared differences are kept up to date. */
    private static final class StandardDeviation implements Accumulator {
        private final boolean sample;
        private long count;
        private double mean;
        private double squares;
        private boolean finite = true;

        StandardDeviation(boolean sample) {
            this.sample = sample;
        }

        @Override
        public void add(@Nullable Value value) {
            if (value != null && value.isNumber()) {
                double x = value.toDouble();
                finite &= Numbers.isFinite(value);
                count++;
                double delta = x - mean;
                mean += delta / count;
                squares += delta * (x - mean);
            }
        }

        @Override
        public Value result() {
            long divisor = sample ? count - 1 : count;
            return divisor <= 0 ? Value.NULL : Value.of(Math.sqrt(squares / divisor));
        }

        @Override
        public Accumulator forSliding() {
            return new SlidingDeviation(this);
        }
    }

    /** As MongoDB has it in windows that leave documents behind: null where a number is not finite, and an int 0 for one number. */
    private record SlidingDeviation(StandardDeviation deviation) implements Accumulator {
        @Override
        public void add(@Nullable Value value) {
            deviation.add(value);
        }

        @Override
        public Value result() {
            if (!deviation.finite) {
                return Value.NULL;
            }
            return deviation.count == 1 && !deviation.sample ? Numbers.ZERO : deviation.result();
        }
    }
}
