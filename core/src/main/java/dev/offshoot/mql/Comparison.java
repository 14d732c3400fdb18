package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Value;
import java.util.Arrays;

/**
 * $eq, $lt, $lte, $gt and $gte: within the bracket of the operand's type only. Null equals undefined and missing; NaN equals
 * NaN and is neither less nor more than anything; MinKey and MaxKey compare with everything.
 */
final class Comparison extends ElementTest {
    private final Clause.Operator operator;
    private final int operandType;
    private final byte[] operand;
    private final int operandOffset;
    private final int bracket;
    private final boolean operandNaN;

    private Comparison(Clause.Operator operator, Value operand) {
        this.operator = operator;
        this.operandType = operand.type();
        this.operand = operand.bytes();
        this.operandOffset = operand.offset();
        this.bracket = BsonOrder.bracket(operandType);
        this.operandNaN = BsonOrder.isNaN(operandType, this.operand, operandOffset);
    }

    /** The fastest test there is for this operand. */
    static ElementTest of(Clause.Operator operator, Value operand) {
        boolean equality = operator == Clause.Operator.EQ;
        if (equality && (operand.type() == Bson.STRING || operand.type() == Bson.SYMBOL)) {
            return new EqualText(operand);
        }
        if (equality && operand.type() == Bson.OBJECT_ID) {
            return new EqualObjectId(operand);
        }
        return isSmallWhole(operand) ? new SmallWhole(operator, operand) : new Comparison(operator, operand);
    }

    private static boolean isSmallWhole(Value operand) {
        if (!operand.isNumber() || operand.type() == Bson.DECIMAL128) {
            return false;
        }
        double value = operand.toDouble();
        return Math.abs(value) < 0x1p53 && value == Math.rint(value);
    }

    @Override
    boolean test(int type, byte[] bytes, int offset) {
        if (type == MISSING || (type != operandType && BsonOrder.bracket(type) != bracket)) {
            return testAcross(type);
        }
        if (operator != Clause.Operator.EQ && (operandNaN || BsonOrder.isNaN(type, bytes, offset))) {
            return operandNaN && BsonOrder.isNaN(type, bytes, offset) && holds(operator, 0);
        }
        return holds(operator, BsonOrder.compare(type, bytes, offset, operandType, operand, operandOffset));
    }

    private boolean testAcross(int type) {
        return switch (operandType) {
            case Bson.NULL -> (type == MISSING || type == Bson.UNDEFINED) && holds(operator, 0);
            case Bson.MIN_KEY -> operator == Clause.Operator.GT || operator == Clause.Operator.GTE;
            case Bson.MAX_KEY -> operator == Clause.Operator.LT || operator == Clause.Operator.LTE;
            default -> false;
        };
    }

    private static boolean holds(Clause.Operator operator, int order) {
        return switch (operator) {
            case EQ -> order == 0;
            case LT -> order < 0;
            case LTE -> order <= 0;
            case GT -> order > 0;
            case GTE -> order >= 0;
            default -> throw new AssertionError(operator);
        };
    }

    private static final class EqualText extends ElementTest {
        private final byte[] bytes;
        private final int offset;
        private final int size;

        EqualText(Value operand) {
            bytes = operand.bytes();
            offset = operand.offset();
            size = operand.length();
        }

        @Override
        boolean test(int type, byte[] from, int at) {
            return (type == Bson.STRING || type == Bson.SYMBOL)
                    && Bson.int32(from, at) == size - 4
                    && Arrays.equals(from, at, at + size, bytes, offset, offset + size);
        }
    }

    private static final class EqualObjectId extends ElementTest {
        private final long first;
        private final int last;

        EqualObjectId(Value operand) {
            first = Bson.int64(operand.bytes(), operand.offset());
            last = Bson.int32(operand.bytes(), operand.offset() + Long.BYTES);
        }

        @Override
        boolean test(int type, byte[] from, int at) {
            return type == Bson.OBJECT_ID && Bson.int64(from, at) == first && Bson.int32(from, at + Long.BYTES) == last;
        }
    }

    /** An operand that is the same as a long and as a double. */
    private static final class SmallWhole extends ElementTest {
        private final Clause.Operator operator;
        private final long asLong;
        private final double asDouble;
        private final Value operand;

        SmallWhole(Clause.Operator operator, Value operand) {
            this.operator = operator;
            this.operand = operand;
            asDouble = operand.toDouble();
            asLong = (long) asDouble;
        }

        @Override
        boolean test(int type, byte[] bytes, int offset) {
            return switch (type) {
                case Bson.INT32 -> holds(operator, Long.compare(Bson.int32(bytes, offset), asLong));
                case Bson.INT64 -> holds(operator, Long.compare(Bson.int64(bytes, offset), asLong));
                case Bson.DOUBLE -> testDouble(Bson.float64(bytes, offset));
                case Bson.DECIMAL128 ->
                    !BsonOrder.isNaN(type, bytes, offset)
                            && holds(
                                    operator,
                                    BsonOrder.compare(
                                            type, bytes, offset, operand.type(), operand.bytes(), operand.offset()));
                default -> false;
            };
        }

        private boolean testDouble(double value) {
            return switch (operator) {
                case EQ -> value == asDouble;
                case LT -> value < asDouble;
                case LTE -> value <= asDouble;
                case GT -> value > asDouble;
                case GTE -> value >= asDouble;
                default -> throw new AssertionError(operator);
            };
        }
    }
}
