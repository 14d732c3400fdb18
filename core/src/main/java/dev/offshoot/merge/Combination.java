package dev.offshoot.merge;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.KeyWriter;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CounterSum;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The strategies that make one value of two. Each is the same whichever side comes first, but for the order of a union. */
final class Combination {
    private static final Value ZERO = Value.of(0);

    private Combination() {}

    /** The value; null where the strategy cannot be applied. */
    static @Nullable Value of(MergeStrategy strategy, @Nullable Value base, Value ours, Value theirs) {
        return switch (strategy) {
            case MAX -> larger(ours, theirs);
            case MIN -> larger(ours, theirs).equals(ours) ? theirs : ours;
            case SUM -> CounterSum.of(base == null ? ZERO : base, ours, theirs);
            case UNION -> union(base, ours, theirs);
            case OURS, THEIRS, BASE -> throw new AssertionError(strategy.word() + " combines nothing");
        };
    }

    /** Of equal ones, such as 1 and 1.0, always the same one. */
    private static Value larger(Value a, Value b) {
        int order = BsonOrder.compare(a, b);
        if (order == 0) {
            order = Integer.compare(a.type(), b.type());
        }
        if (order == 0) {
            order = Arrays.compareUnsigned(
                    a.bytes(), a.offset(), a.offset() + a.length(), b.bytes(), b.offset(), b.offset() + b.length());
        }
        return order >= 0 ? a : b;
    }

    private static @Nullable Value union(@Nullable Value base, Value ours, Value theirs) {
        Map<ByteBuffer, Value> before = base == null ? Map.of() : set(base);
        Map<ByteBuffer, Value> one = set(ours);
        Map<ByteBuffer, Value> other = set(theirs);
        if (before == null || one == null || other == null) {
            return null;
        }
        List<Value> union = new ArrayList<>();
        before.forEach((key, element) -> {
            if (one.containsKey(key) && other.containsKey(key)) {
                union.add(element);
            }
        });
        one.forEach((key, element) -> {
            if (!before.containsKey(key)) {
                union.add(larger(element, other.getOrDefault(key, element)));
            }
        });
        other.forEach((key, element) -> {
            if (!before.containsKey(key) && !one.containsKey(key)) {
                union.add(element);
            }
        });
        return Members.array(union);
    }

    /** The elements of an array, each once; null where it is no array that counts up. */
    private static @Nullable Map<ByteBuffer, Value> set(Value array) {
        List<Value> elements = array.type() == Bson.ARRAY ? Members.positions(array.asDoc()) : null;
        if (elements == null) {
            return null;
        }
        Map<ByteBuffer, Value> set = new LinkedHashMap<>();
        KeyWriter writer = new KeyWriter();
        for (Value element : elements) {
            set.putIfAbsent(
                    ByteBuffer.wrap(writer.reset().append(element, false).toBytes()), element);
        }
        return set;
    }
}
