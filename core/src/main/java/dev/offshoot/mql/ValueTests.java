package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Value;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** The tests of single values that are neither comparisons nor patterns: types, sizes, remainders, elements. */
final class ValueTests {
    private ValueTests() {}

    static final class Exists extends ElementTest {
        @Override
        boolean test(int type, byte[] bytes, int offset) {
            return type != MISSING;
        }
    }

    /** One of some types; a bit for each type code, -1 (MinKey) and 127 (MaxKey) folded to 62 and 63. */
    static final class Type extends ElementTest {
        private final long types;

        Type(long types) {
            this.types = types;
        }

        long types() {
            return types;
        }

        static long bit(int type) {
            return 1L << (type == Bson.MIN_KEY ? 62 : type == Bson.MAX_KEY ? 63 : type);
        }

        @Override
        boolean test(int type, byte[] bytes, int offset) {
            return type != MISSING && (types & bit(type)) != 0;
        }
    }

    /** An array of so many elements. */
    static final class Size extends ElementTest {
        private final long size;

        Size(long size) {
            this.size = size;
        }

        @Override
        boolean test(int type, byte[] bytes, int offset) {
            if (type != Bson.ARRAY) {
                return false;
            }
            int end = offset + Bson.int32(bytes, offset) - 1;
            int at = offset + 4;
            long n = 0;
            while (at < end && n <= size) {
                int value = Bson.nul(bytes, at + 1) + 1;
                at = value + Bson.sizeOf(bytes[at] & 0xFF, bytes, value);
                n++;
            }
            return n == size;
        }
    }

    /** An array one of whose elements passes a test. */
    static final class AnyElement extends ElementTest {
        private final ElementTest test;
        private final Clause clause;
        private final boolean values;

        /**
         * @param clause what the test was compiled from: conditions on the element itself, with {@code values}, or on its fields
         */
        AnyElement(ElementTest test, Clause clause, boolean values) {
            this.test = test;
            this.clause = clause;
            this.values = values;
        }

        /** What an element itself has to meet, or null. */
        @Nullable
        Clause ofValues() {
            return values ? clause : null;
        }

        /** What the fields of an element have to meet, or null. */
        @Nullable
        Clause ofFields() {
            return values ? null : clause;
        }

        /** What an element has to pass. */
        ElementTest element() {
            return test;
        }

        @Override
        boolean test(int type, byte[] bytes, int offset) {
            return type == Bson.ARRAY && FieldPath.anyElement(bytes, offset, test);
        }
    }

    /** A document, or an array taken as one, that a matcher accepts. */
    static final class SubDocument extends ElementTest {
        private final Matcher matcher;

        SubDocument(Matcher matcher) {
            this.matcher = matcher;
        }

        @Override
        boolean test(int type, byte[] bytes, int offset) {
            return (type == Bson.DOCUMENT || type == Bson.ARRAY) && matcher.matches(bytes, offset);
        }
    }

    /** A number that leaves a remainder, its fraction cut off. */
    static final class Mod extends ElementTest {
        private final long divisor;
        private final long remainder;

        Mod(long divisor, long remainder) {
            this.divisor = divisor;
            this.remainder = remainder;
        }

        @Override
        boolean test(int type, byte[] bytes, int offset) {
            return isLong(type, bytes, offset, false) && toLong(type, bytes, offset) % divisor == remainder;
        }
    }

    /** $bitsAllSet and its kin, on whole numbers (sign extended) and binary (zero extended). */
    static final class Bits extends ElementTest {
        private final int[] positions;
        private final boolean set;
        private final boolean every;

        Bits(int[] positions, boolean set, boolean every) {
            this.positions = positions;
            this.set = set;
            this.every = every;
        }

        @Override
        boolean test(int type, byte[] bytes, int offset) {
            if (type != Bson.BINARY && !isLong(type, bytes, offset, true)) {
                return false;
            }
            for (int position : positions) {
                boolean bit = type == Bson.BINARY
                        ? binaryBit(bytes, offset, position)
                        : (toLong(type, bytes, offset) >>> Math.min(position, 63) & 1) != 0;
                if ((bit == set) != every) {
                    return !every;
                }
            }
            return every;
        }

        private static boolean binaryBit(byte[] bytes, int offset, int position) {
            int at = position >>> 3;
            return at < Bson.int32(bytes, offset) && (bytes[offset + 5 + at] >>> (position & 7) & 1) != 0;
        }
    }

    /** Whether a value is a number that fits a long, once its fraction is cut off or, if {@code whole}, without any. */
    static boolean isLong(int type, byte[] bytes, int offset, boolean whole) {
        return switch (type) {
            case Bson.INT32, Bson.INT64 -> true;
            case Bson.DOUBLE -> {
                double value = Bson.float64(bytes, offset);
                yield value >= -0x1p63 && value < 0x1p63 && (!whole || value == Math.rint(value));
            }
            case Bson.DECIMAL128 -> isLong(Value.view(type, bytes, offset), whole);
            default -> false;
        };
    }

    private static boolean isLong(Value decimal, boolean whole) {
        Value low = Value.of(Long.MIN_VALUE);
        Value high = Value.of(0x1p63);
        boolean inRange = !BsonOrder.isNaN(decimal.type(), decimal.bytes(), decimal.offset())
                && BsonOrder.compare(decimal, low) >= 0
                && BsonOrder.compare(decimal, high) < 0;
        return inRange && (!whole || BsonOrder.compare(Value.of(truncated(decimal)), decimal) == 0);
    }

    /** A number for which {@link #isLong} holds, its fraction cut off. */
    static long toLong(int type, byte[] bytes, int offset) {
        return switch (type) {
            case Bson.INT32 -> Bson.int32(bytes, offset);
            case Bson.INT64 -> Bson.int64(bytes, offset);
            case Bson.DOUBLE -> (long) Bson.float64(bytes, offset);
            default -> truncated(Value.view(type, bytes, offset));
        };
    }

    private static long truncated(Value decimal) {
        return new BigDecimal(decimal.asDecimal().toString())
                .setScale(0, RoundingMode.DOWN)
                .longValue();
    }
}
