package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Value;
import java.util.List;

/** $in: equal to one of some values, found by binary search, or matched by one of some regular expressions. */
final class InTest extends ElementTest {
    private final Value[] sorted;
    private final ElementTest[] regexes;
    private final boolean hasNull;

    InTest(List<Value> values, List<? extends ElementTest> regexes) {
        this.sorted = values.stream().sorted(BsonOrder::compare).toArray(Value[]::new);
        this.regexes = regexes.toArray(ElementTest[]::new);
        this.hasNull = values.stream().anyMatch(value -> value.type() == Bson.NULL);
    }

    @Override
    boolean test(int type, byte[] bytes, int offset) {
        if (type == MISSING) {
            return hasNull;
        }
        if (contains(type, bytes, offset)) {
            return true;
        }
        for (ElementTest regex : regexes) {
            if (regex.test(type, bytes, offset)) {
                return true;
            }
        }
        return false;
    }

    private boolean contains(int type, byte[] bytes, int offset) {
        int lo = 0;
        int hi = sorted.length - 1;
        while (lo <= hi) {
            int mid = (lo + hi) >>> 1;
            Value value = sorted[mid];
            int order = BsonOrder.compare(type, bytes, offset, value.type(), value.bytes(), value.offset());
            if (order == 0) {
                return true;
            }
            if (order < 0) {
                hi = mid - 1;
            } else {
                lo = mid + 1;
            }
        }
        return false;
    }
}
