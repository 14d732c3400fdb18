package dev.offshoot.mql;

import dev.offshoot.bson.Value;
import java.util.List;

/**
 * A test under a collation: one that compares keys ({@link Collation#key}) gets the key of a value, and what is left, regular
 * expressions, gets the value itself.
 */
final class Collated extends ElementTest {
    private final Collation collation;
    private final ElementTest onKeys;
    private final ElementTest onValues;

    private Collated(Collation collation, ElementTest onKeys, ElementTest onValues) {
        this.collation = collation;
        this.onKeys = onKeys;
        this.onValues = onValues;
    }

    /** A comparison with an operand. */
    static ElementTest comparison(Clause.Operator operator, Value operand, Collation collation) {
        return collation.concerns(operand.type())
                ? new Collated(collation, Comparison.of(operator, collation.key(operand)), constant(false))
                : Comparison.of(operator, operand);
    }

    /** $in with these values and regular expressions. */
    static ElementTest in(List<Value> values, List<? extends ElementTest> regexes, Collation collation) {
        if (values.stream().noneMatch(value -> collation.concerns(value.type()))) {
            return new InTest(values, regexes);
        }
        List<Value> keys = values.stream().map(collation::key).toList();
        return new Collated(collation, new InTest(keys, List.of()), new InTest(List.of(), regexes));
    }

    @Override
    boolean test(int type, byte[] bytes, int offset) {
        if (!collation.concerns(type)) {
            return onKeys.test(type, bytes, offset) || onValues.test(type, bytes, offset);
        }
        Value key = collation.key(Value.view(type, bytes, offset));
        return onKeys.test(key.type(), key.bytes(), key.offset()) || onValues.test(type, bytes, offset);
    }
}
