package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Accumulators that keep up to {@code n} values: first, last, smallest, greatest, or first and last of an order. */
final class AccumulatorsOfN {
    private AccumulatorsOfN() {}

    /** {@code $firstN}, {@code $lastN}, {@code $minN} or {@code $maxN}. */
    static Accumulator of(String name, long n, Collation collation) {
        return switch (name) {
            case "$firstN" -> new Ends(n, false);
            case "$lastN" -> new Ends(n, true);
            case "$minN" -> new Extremes(n, false, collation);
            case "$maxN" -> new Extremes(n, true, collation);
            default -> throw new AssertionError("no accumulator of n values: " + name);
        };
    }

    private static final class Ends implements Accumulator {
        private final Deque<Value> values = new ArrayDeque<>();
        private final long n;
        private final boolean last;
        private long bytes;

        Ends(long n, boolean last) {
            this.n = n;
            this.last = last;
        }

        @Override
        public void add(@Nullable Value value) {
            if (values.size() == n) {
                if (!last) {
                    return;
                }
                bytes -= Accumulators.bytes(values.removeFirst());
            }
            Value kept = value == null ? Value.NULL : Accumulators.owned(value);
            values.addLast(kept);
            bytes += Accumulators.bytes(kept);
        }

        @Override
        public Value result() {
            return BsonArrays.of(List.copyOf(values));
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

    private static final class Extremes implements Accumulator {
        private final Best<Value> best;
        private final boolean greatest;
        private long bytes;

        Extremes(long n, boolean greatest, Collation collation) {
            this.best = new Best<>(collation::compare, n, greatest);
            this.greatest = greatest;
        }

        @Override
        public void add(@Nullable Value value) {
            if (value == null || Accumulations.isNullish(value) || !best.wants(value)) {
                return;
            }
            Value kept = Accumulators.owned(value);
            Value gone = best.add(kept, kept);
            bytes += Accumulators.bytes(kept) - (gone == null ? 0 : Accumulators.bytes(gone));
        }

        @Override
        public Value result() {
            List<Value> values = best.inOrder();
            if (greatest) {
                Collections.reverse(values);
            }
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

    /** {@code $topN}, {@code $bottomN}, {@code $top} and {@code $bottom}: takes arrays of the output and the sort key. */
    static final class Sorted implements Accumulator {
        private final Best<Value[]> best;
        private final boolean single;
        private long bytes;

        Sorted(Sort sort, boolean bottom, long n, boolean single) {
            this.best = new Best<>(sort::compare, n, bottom);
            this.single = single;
        }

        @Override
        public void add(@Nullable Value value) {
            if (value == null) {
                throw new AssertionError("a sorted accumulator without its sort key");
            }
            List<Value> parts = new ArrayList<>();
            for (Doc.Fields f = value.asDoc().fields(); f.next(); ) {
                parts.add(f.value());
            }
            Value[] key = parts.subList(1, parts.size()).toArray(Value[]::new);
            if (best.wants(key)) {
                Value gone = best.add(key, parts.get(0));
                bytes += value.length() + GroupStage.ENTRY_BYTES - (gone == null ? 0 : gone.bytes().length);
            }
        }

        @Override
        public Value result() {
            List<Value> values = best.inOrder();
            if (!single) {
                return BsonArrays.of(values);
            }
            return values.isEmpty() ? Value.NULL : values.get(0);
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
}
