package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All accumulators of {@code $group} by name. */
final class Accumulators {
    private static final Map<String, Supplier<Accumulator>> BY_NAME = Map.ofEntries(
            Map.entry("$sum", Sum::new),
            Map.entry("$avg", Average::new),
            Map.entry("$min", () -> new Extreme(-1)),
            Map.entry("$max", () -> new Extreme(1)),
            Map.entry("$first", First::new),
            Map.entry("$last", Last::new),
            Map.entry("$push", Push::new),
            Map.entry("$addToSet", AddToSet::new),
            Map.entry("$count", Count::new),
            Map.entry("$mergeObjects", MergeObjects::new),
            Map.entry("$stdDevPop", () -> new StandardDeviation(false)),
            Map.entry("$stdDevSamp", () -> new StandardDeviation(true)));

    private static final Set<String> KNOWN = Set.of(
            "$accumulator",
            "$bottom",
            "$bottomN",
            "$firstN",
            "$lastN",
            "$maxN",
            "$median",
            "$minN",
            "$percentile",
            "$top",
            "$topN",
            "$concatArrays",
            "$setUnion");

    private Accumulators() {}

    static Supplier<Accumulator> named(String name) {
        Supplier<Accumulator> found = BY_NAME.get(name);
        if (found == null) {
            throw KNOWN.contains(name)
                    ? new CommandException(ErrorCode.NOT_IMPLEMENTED, "accumulator " + name + " is not supported yet")
                    : new CommandException(ErrorCode.location(15952), "unknown group operator '" + name + "'");
        }
        return found;
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
        public Value result() {
            return sum.average();
        }
    }

    private static final class Extreme implements Accumulator {
        private final int sign;
        private @Nullable Value best;

        Extreme(int sign) {
            this.sign = sign;
        }

        @Override
        public void add(@Nullable Value value) {
            if (value != null && !isNullish(value) && (best == null || BsonOrder.compare(value, best) * sign > 0)) {
                best = value;
            }
        }

        @Override
        public Value result() {
            return best == null ? Value.NULL : best;
        }
    }

    private static final class First implements Accumulator {
        private @Nullable Value first;

        @Override
        public void add(@Nullable Value value) {
            if (first == null) {
                first = value == null ? Value.NULL : value;
            }
        }

        @Override
        public Value result() {
            return first == null ? Value.NULL : first;
        }
    }

    private static final class Last implements Accumulator {
        private Value last = Value.NULL;

        @Override
        public void add(@Nullable Value value) {
            last = value == null ? Value.NULL : value;
        }

        @Override
        public Value result() {
            return last;
        }
    }

    private static final class Push implements Accumulator {
        private final List<Value> values = new ArrayList<>();
        private long bytes;

        @Override
        public void add(@Nullable Value value) {
            if (value != null) {
                values.add(value);
                bytes += value.length() + GroupStage.ENTRY_BYTES;
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
    }

    private static final class AddToSet implements Accumulator {
        private final Set<GroupKey> values = new LinkedHashSet<>();
        private long bytes;

        @Override
        public void add(@Nullable Value value) {
            if (value != null && values.add(new GroupKey(value))) {
                bytes += value.length() + GroupStage.ENTRY_BYTES;
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
    }

    private static final class Count implements Accumulator {
        private long count;

        @Override
        public void add(@Nullable Value value) {
            count++;
        }

        @Override
        public Value result() {
            return Numbers.narrow(count);
        }
    }

    private static final class MergeObjects implements Accumulator {
        private final Map<String, Value> fields = new LinkedHashMap<>();

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
                fields.put(field.name(), field.value());
            }
        }

        @Override
        public Value result() {
            return Value.document(BsonArrays.document(fields));
        }
    }

    /** By Welford's method: mean and sum of squared differences are kept up to date. */
    private static final class StandardDeviation implements Accumulator {
        private final boolean sample;
        private long count;
        private double mean;
        private double squares;

        StandardDeviation(boolean sample) {
            this.sample = sample;
        }

        @Override
        public void add(@Nullable Value value) {
            if (value != null && value.isNumber()) {
                double x = value.toDouble();
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
    }
}
