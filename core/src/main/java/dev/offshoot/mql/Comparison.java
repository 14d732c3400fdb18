package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Value;
import java.util.Arrays;

/**
 * $eq, $lt, $lte, $gt and $gte: within the bracket of the operand's type only. Null equals what is missing, but not undefined; NaN equals
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
            case Bson.NULL -> (type == MISSING || isBoundAt(type)) && holds(operator, 0);
            case Bson.MIN_KEY -> operator == Clause.Operator.GT || operator == Clause.Operator.GTE;
            case Bson.MAX_KEY -> operator == Clause.Operator.LT || operator == Clause.Operator.LTE;
            default -> false;
        };
    }

    /** Undefined is within bounds that null is within, though it is not equal to null. */
    private boolean isBoundAt(int type) {
        return type == Bson.UNDEFINED && operator != Clause.Operator.EQ;
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
        private final Known text;

        EqualText(Value operand) {
            text = new Known(
                    Arrays.copyOfRange(operand.bytes(), operand.offset(), operand.offset() + operand.length()));
        }

        @Override
        boolean test(int type, byte[] bytes, int offset) {
            return (type == Bson.STRING || type == Bson.SYMBOL) && text.isAt(bytes, offset);
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

    /**
     * An operand that is the same as a long and as a double: a number holds if it is within closed limits, which are those of
     * either kind next to the operand where the operand itself is not among them.
     */
    private static final class SmallWhole extends ElementTest {
        private final Clause.Operator operator;
        private final Value operand;
        private final long longMin;
        private final long longMax;
        private final double doubleMin;
        private final double doubleMax;

        SmallWhole(Clause.Operator operator, Value operand) {
            this.operator = operator;
            this.operand = operand;
            boolean below = operator == Clause.Operator.LT || operator == Clause.Operator.LTE;
            boolean above = operator == Clause.Operator.GT || operator == Clause.Operator.GTE;
            double value = operand.toDouble();
            long whole = (long) value;
            longMin = below ? Long.MIN_VALUE : operator == Clause.Operator.GT ? whole + 1 : whole;
            longMax = above ? Long.MAX_VALUE : operator == Clause.Operator.LT ? whole - 1 : whole;
            doubleMin = below ? Double.NEGATIVE_INFINITY : operator == Clause.Operator.GT ? Math.nextUp(value) : value;
            doubleMax =
                    above ? Double.POSITIVE_INFINITY : operator == Clause.Operator.LT ? Math.nextDown(value) : value;
        }

        @Override
        boolean test(int type, byte[] bytes, int offset) {
            return switch (type) {
                case Bson.INT32 -> isWithin(Bson.int32(bytes, offset));
                case Bson.INT64 -> isWithin(Bson.int64(bytes, offset));
                case Bson.DOUBLE -> isWithin(Bson.float64(bytes, offset));
                case Bson.DECIMAL128 -> testDecimal(bytes, offset);
                default -> false;
            };
        }

        private boolean isWithin(long value) {
            return longMin <= value && value <= longMax;
        }

        private boolean isWithin(double value) {
            return doubleMin <= value && value <= doubleMax;
        }

        private boolean testDecimal(byte[] bytes, int offset) {
            return !BsonOrder.isNaN(Bson.DECIMAL128, bytes, offset)
                    && holds(
                            operator,
                            BsonOrder.compare(
                                    Bson.DECIMAL128, bytes, offset, operand.type(), operand.bytes(), operand.offset()));
        }
    }
}
