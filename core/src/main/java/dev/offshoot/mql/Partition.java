package dev.offshoot.mql;

import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What window functions see of a partition: for each document in order the value it was sorted by, and what each function takes. */
final class Partition {
    private final List<@Nullable Value> orders = new ArrayList<>();
    private final List<List<@Nullable Value>> inputs = new ArrayList<>();
    private long bytes;

    Partition(int functions) {
        for (int i = 0; i < functions; i++) {
            inputs.add(new ArrayList<>());
        }
    }

    /** Adds a document's value to sort by. */
    void addOrder(@Nullable Value value) {
        orders.add(held(value));
    }

    /** Adds what one function takes from that document. */
    void addInput(int function, @Nullable Value value) {
        inputs.get(function).add(held(value));
    }

    private @Nullable Value held(@Nullable Value value) {
        bytes += Long.BYTES + (value == null ? 0 : Accumulators.bytes(value));
        return value == null ? null : Accumulators.owned(value);
    }

    long heldBytes() {
        return bytes;
    }

    int size() {
        return orders.size();
    }

    /** The value of the first field that is sorted by, null where it is missing or nothing is sorted by. */
    @Nullable
    Value order(int i) {
        return orders.get(i);
    }

    /** What a function takes from all documents. */
    List<@Nullable Value> inputs(int function) {
        return inputs.get(function);
    }

    /** The place of the first document whose value is not less. */
    int firstNotBelow(Value value) {
        return search(value, 0);
    }

    /** The place of the last document whose value is not greater. */
    int lastNotAbove(Value value) {
        return search(value, 1) - 1;
    }

    /** How many documents compare with the value as less than {@code bound}. */
    private int search(Value value, int bound) {
        int low = 0;
        int high = orders.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            Value at = orders.get(middle);
            if (Integer.signum(BsonOrder.compare(at == null ? Value.NULL : at, value)) < bound) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
