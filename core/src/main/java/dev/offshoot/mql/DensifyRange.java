package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a {@code $densify} and where they begin and end.
 *
 * @param unit of the step, null where numbers are densified
 * @param lower the first step, null where the documents say it
 * @param upper where the steps end before, null with {@code lower}
 */
record DensifyRange(
        Value step,
        @Nullable TimeUnit unit,
        boolean partition,
        @Nullable Value lower,
        @Nullable Value upper) {
    static DensifyRange parse(StrictFields spec) {
        Value step = spec.required("step");
        String unitName = spec.optionalString("unit");
        Value bounds = spec.required("bounds");
        if (!step.isNumber() || BsonOrder.compare(step, Numbers.ZERO) <= 0) {
            throw Operands.error(
                    5733401, "The step parameter in a range statement must be a strictly positive numeric value");
        }
        TimeUnit unit = null;
        if (unitName != null) {
            if (!Numbers.isWhole(step)) {
                throw Operands.error(
                        6586400,
                        "The step parameter in a range statement must be a whole number when densifying a date range");
            }
            unit = TimeUnit.parse(unitName);
        }
        if (bounds.isArray()) {
            return explicit(step, unit, BsonArrays.elements(bounds));
        }
        if (!bounds.isString()) {
            throw Operands.error(
                    5733404,
                    "The bounds in a range statement must be the string 'full', 'partition', or an ascending array of"
                            + " two numbers or two dates");
        }
        boolean partition = bounds.asString().equals("partition");
        if (!partition && !bounds.asString().equals("full")) {
            throw Operands.error(5946802, "Bounds string must either be 'full' or 'partition'");
        }
        return new DensifyRange(step, unit, partition, null, null);
    }

    private static DensifyRange explicit(Value step, @Nullable TimeUnit unit, List<Value> bounds) {
        if (bounds.size() != 2) {
            throw Operands.error(5733403, "A bounding array in a range statement must have exactly two elements");
        }
        Value lower = bounds.get(0);
        Value upper = bounds.get(1);
        if (BsonOrder.compare(lower, upper) > 0) {
            throw Operands.error(
                    5733402, "A bounding array must be an ascending array of either two dates or two numbers");
        }
        if (lower.isNumber()) {
            checkNumbers(step, unit, lower, upper);
        } else if (lower.type() == Bson.DATE) {
            checkDates(unit, upper);
        } else {
            throw Operands.error(5946800, "Explicit bounds must be numeric or dates");
        }
        return new DensifyRange(step, unit, false, lower, upper);
    }

    private static void checkNumbers(Value step, @Nullable TimeUnit unit, Value lower, Value upper) {
        if (unit != null) {
            throw Operands.error(5733409, "Numeric bounds may not have unit parameter");
        }
        if (!upper.isNumber()) {
            throw Operands.error(5733406, "A bounding array must contain either both dates or both numeric types");
        }
        if (lower.type() != upper.type() || lower.type() != step.type()) {
            throw Operands.error(5876900, "Upper bound, lower bound, and step must all have the same type");
        }
    }

    private static void checkDates(@Nullable TimeUnit unit, Value upper) {
        if (upper.type() != Bson.DATE) {
            throw Operands.error(5733405, "A bounding array must contain either both dates or both numeric types");
        }
        if (unit == null) {
            throw Operands.error(5733410, "A bounding array of dates must specify a unit");
        }
    }

    boolean isExplicit() {
        return lower != null;
    }

    boolean isFull() {
        return !partition && lower == null;
    }

    /** A value of the densified field, if it is of the kind that the step is. */
    Value checked(Value value) {
        boolean date = value.type() == Bson.DATE;
        if (!date && !value.isNumber()) {
            throw Operands.error(5733201, "Densify field type must be numeric or a date");
        }
        if (date != (unit != null)) {
            throw Operands.error(
                    6053600,
                    date
                            ? "Encountered date densify value in collection when step does not have a date unit."
                            : "Encountered numeric densify value in collection when step has a date unit.");
        }
        return value;
    }

    /** One step after a value. */
    Value after(Value value, PipelineContext context) {
        return unit == null
                ? Binary.ADD.apply(value, step, context)
                : Value.date(unit.add(value.asInt64(), step.toLong()));
    }

    /** One step before a value. */
    Value before(Value value, PipelineContext context) {
        return unit == null
                ? Binary.SUBTRACT.apply(value, step, context)
                : Value.date(unit.add(value.asInt64(), -step.toLong()));
    }

    /** Whether whole steps lead from a base to a value behind it. */
    boolean isOnStep(Value value, Value base, PipelineContext context) {
        if (unit == null) {
            Value distance = Binary.SUBTRACT.apply(value, base, context);
            return Binary.MOD.apply(distance, step, context).toDouble() == 0;
        }
        if (unit.isFixed()) {
            return (value.asInt64() - base.asInt64()) % (unit.millis() * step.toLong()) == 0;
        }
        Value at = base;
        while (at.asInt64() < value.asInt64()) {
            at = after(at, context);
        }
        return at.asInt64() == value.asInt64();
    }
}
