package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.math.RoundingMode;
import java.util.List;
import org.bson.types.Decimal128;
import org.jspecify.annotations.Nullable;

/** An operator's operands for one document, each evaluated once, when it is first asked for. Not thread safe. */
final class Operands {
    private static final Object MISSING = new Object();

    private final String name;
    private final List<Expression> expressions;
    private final @Nullable Object[] values;
    private final Scope scope;
    private final Collation collation;

    Operands(String name, List<Expression> expressions, Scope scope, Collation collation) {
        this.collation = collation;
        this.name = name;
        this.expressions = expressions;
        this.values = new Object[expressions.size()];
        this.scope = scope;
    }

    /** The operator's, with its dollar sign. */
    String name() {
        return name;
    }

    int size() {
        return expressions.size();
    }

    /** How the operator compares strings. */
    Collation collation() {
        return collation;
    }

    /** MongoDB's order of two values under the operator's collation; null where one is missing. */
    int compare(@Nullable Value a, @Nullable Value b) {
        return LogicOperators.compare(a, b, collation);
    }

    /** The value, or null where it is missing or was not given. */
    @Nullable
    Value get(int i) {
        if (i >= values.length) {
            return null;
        }
        Object known = values[i];
        if (known != null) {
            return known == MISSING ? null : (Value) known;
        }
        Value value = expressions.get(i).evaluate(scope);
        values[i] = value == null ? MISSING : value;
        return value;
    }

    /** The value of an operand that is known not to be missing. */
    Value at(int i) {
        Value value = get(i);
        if (value == null) {
            throw new AssertionError("operand " + i + " of " + name + " is missing");
        }
        return value;
    }

    boolean isNullish(int i) {
        return isNullish(get(i));
    }

    /** Whether any of them is null or missing; all have been evaluated then. */
    boolean anyNullish() {
        boolean any = false;
        for (int i = 0; i < values.length; i++) {
            any |= isNullish(i);
        }
        return any;
    }

    /**
     * As MongoDB takes a whole number from an operand.
     *
     * @throws CommandException when it is no number, or a double that does not fit
     */
    long toLong(int i) {
        Value value = at(i);
        if (!value.isNumber()) {
            throw error(16004, "can't convert from BSON type " + typeName(i) + " to long");
        }
        if (value.type() == Bson.DECIMAL128) {
            return rounded(value.asDecimal());
        }
        double size = value.toDouble();
        if (!(size >= -0x1p63 && size <= 0x1p63)) {
            throw error(31109, "Can't coerce out of range value " + text(i) + " to long");
        }
        return value.toLong();
    }

    /** To the nearest whole number, halves to the even one; what does not fit is the least number, as in MongoDB. */
    private static long rounded(Decimal128 decimal) {
        Long whole = Decimals.toLong(decimal, RoundingMode.HALF_EVEN);
        return whole == null ? Long.MIN_VALUE : whole;
    }

    /** The type's name, as in error messages. */
    String typeName(int i) {
        return typeName(get(i));
    }

    /** The value as MongoDB's server prints it in error messages. */
    String text(int i) {
        return ValueText.of(get(i));
    }

    /** An array among the operands; anything else is the client's error. */
    List<Value> array(int i, int errorNumber, String message) {
        Value value = get(i);
        if (value == null || !value.isArray()) {
            throw error(errorNumber, message + typeName(value));
        }
        return BsonArrays.elements(value);
    }

    static boolean isNullish(@Nullable Value value) {
        return value == null || value.type() == Bson.NULL || value.type() == Bson.UNDEFINED;
    }

    static String typeName(@Nullable Value value) {
        return value == null ? "missing" : Bson.typeName(value.type());
    }

    static CommandException error(int number, String message) {
        return new CommandException(ErrorCode.location(number), message);
    }
}
