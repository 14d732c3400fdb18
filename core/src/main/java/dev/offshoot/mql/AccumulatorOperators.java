package dev.offshoot.mql;

import dev.offshoot.bson.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Accumulators as expressions: over their operands, or over the elements of the one array that is their operand. */
final class AccumulatorOperators {
    private AccumulatorOperators() {}

    static Map<String, Operator> all() {
        Map<String, Operator> all = new HashMap<>();
        for (String name : List.of("$sum", "$avg", "$min", "$max", "$stdDevPop", "$stdDevSamp")) {
            all.put(name, Call.any(AccumulatorOperators::accumulate));
        }
        return all;
    }

    /** What the accumulator of the operator's name makes of them. */
    static Value accumulate(Operands operands) {
        Accumulator accumulator =
                Accumulators.named(operands.name(), operands.collation()).get();
        Value only = operands.size() == 1 ? operands.get(0) : null;
        if (only != null && only.isArray()) {
            BsonArrays.elements(only).forEach(accumulator::add);
        } else {
            for (int i = 0; i < operands.size(); i++) {
                accumulator.add(operands.get(i));
            }
        }
        return accumulator.result();
    }
}
