package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.regex.Pattern;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;

/** {@code $convert}: values of one type as another type. */
final class Conversions {
    private static final String SUFFIX = " in $convert with no onError value";
    private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]+");
    private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{24}");

    private Conversions() {}

    /** The value as that type; code 241 where that is impossible. */
    static Value convert(Value value, int type) {
        if (value.type() == type) {
            return value;
        }
        return switch (type) {
            case Bson.STRING -> Value.of(string(value));
            case Bson.BOOLEAN -> bool(value);
            case Bson.INT32, Bson.INT64 -> integer(value, type);
            case Bson.DOUBLE -> Value.of(toDouble(value));
            case Bson.DECIMAL128 -> Value.of(decimal(value));
            case Bson.DATE -> Value.date(date(value));
            case Bson.OBJECT_ID -> Value.of(objectId(value));
            default -> throw unsupported(value, type);
        };
    }

    private static CommandException failure(String message) {
        return new CommandException(ErrorCode.CONVERSION_FAILURE, message);
    }

    private static CommandException unsupported(Value value, int type) {
        return failure(
                "Unsupported conversion from " + Operands.typeName(value) + " to " + Bson.typeName(type) + SUFFIX);
    }

    private static String string(Value value) {
        return switch (value.type()) {
            case Bson.INT32, Bson.INT64, Bson.DOUBLE, Bson.DECIMAL128, Bson.DATE -> text(value);
            case Bson.BOOLEAN -> Boolean.toString(value.asBoolean());
            case Bson.OBJECT_ID -> value.asObjectId().toHexString();
            case Bson.SYMBOL, Bson.CODE -> value.asString();
            default -> throw unsupported(value, Bson.STRING);
        };
    }

    /** A number or date as text. */
    static String text(Value value) {
        return switch (value.type()) {
            case Bson.DOUBLE -> NumberText.of(value.asDouble(), false);
            case Bson.DECIMAL128 -> value.asDecimal().toString();
            case Bson.DATE -> Dates.iso(value.asInt64());
            default -> Long.toString(value.toLong());
        };
    }

    private static Value bool(Value value) {
        return switch (value.type()) {
            case Bson.STRING, Bson.OBJECT_ID, Bson.DATE -> Value.TRUE;
            case Bson.INT32, Bson.INT64, Bson.DOUBLE, Bson.DECIMAL128 -> Value.of(value.isTruthy());
            default -> throw unsupported(value, Bson.BOOLEAN);
        };
    }

    private static Value integer(Value value, int type) {
        long result = switch (value.type()) {
            case Bson.INT32, Bson.INT64 -> value.toLong();
            case Bson.BOOLEAN -> value.asBoolean() ? 1 : 0;
            case Bson.DOUBLE, Bson.DECIMAL128 -> truncated(value);
            case Bson.STRING -> parsed(value.asString());
            case Bson.DATE -> {
                if (type == Bson.INT32) {
                    throw unsupported(value, type);
                }
                yield value.asInt64();
            }
            default -> throw unsupported(value, type);
        };
        if (type == Bson.INT64) {
            return Value.of(result);
        }
        if (result != (int) result) {
            throw value.isString()
                    ? failure("Failed to parse number '" + value.asString() + "'" + SUFFIX + ": Overflow")
                    : overflow(value);
        }
        return Value.of((int) result);
    }

    private static CommandException overflow(Value value) {
        return failure("Conversion would overflow target type" + SUFFIX + ": " + text(value));
    }

    private static long truncated(Value value) {
        double d = value.toDouble();
        if (Double.isNaN(d)) {
            throw failure("Attempt to convert NaN value to integer type" + SUFFIX);
        }
        if (Double.isInfinite(d)) {
            throw failure("Attempt to convert infinity value to integer type" + SUFFIX);
        }
        if (value.type() == Bson.DECIMAL128) {
            BigDecimal exact = Decimals.exact(value.asDecimal());
            if (exact.precision() - exact.scale() > 20 || exact.toBigInteger().bitLength() > 63) {
                throw overflow(value);
            }
            return exact.longValue();
        }
        if (d < -0x1p63 || d >= 0x1p63) {
            throw overflow(value);
        }
        return (long) d;
    }

    private static long parsed(String text) {
        if (!INTEGER.matcher(text).matches()) {
            throw failure("Failed to parse number '" + text + "'" + SUFFIX
                    + (text.isEmpty() ? ": No digits" : ": Did not consume whole string."));
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw failure("Failed to parse number '" + text + "'" + SUFFIX + ": Overflow");
        }
    }

    private static double toDouble(Value value) {
        return switch (value.type()) {
            case Bson.INT32, Bson.INT64, Bson.DECIMAL128 -> value.toDouble();
            case Bson.BOOLEAN -> value.asBoolean() ? 1 : 0;
            case Bson.DATE -> value.asInt64();
            case Bson.STRING -> parsedDouble(value.asString());
            default -> throw unsupported(value, Bson.DOUBLE);
        };
    }

    private static double parsedDouble(String text) {
        try {
            boolean odd =
                    text.isEmpty() || !text.equals(text.strip()) || "fFdD".indexOf(text.charAt(text.length() - 1)) >= 0;
            if (!odd) {
                return Double.parseDouble(text);
            }
        } catch (NumberFormatException e) {
            throw failure("Failed to parse number '" + text + "'" + SUFFIX + ": Did not consume whole string.");
        }
        throw failure("Failed to parse number '" + text + "'" + SUFFIX
                + (text.isEmpty() ? ": Empty string" : ": Did not consume whole string."));
    }

    private static Decimal128 decimal(Value value) {
        return switch (value.type()) {
            case Bson.INT32, Bson.INT64, Bson.DOUBLE -> Numbers.decimal(value);
            case Bson.BOOLEAN -> new Decimal128(value.asBoolean() ? 1 : 0);
            case Bson.DATE -> new Decimal128(value.asInt64());
            case Bson.STRING -> parsedDecimal(value.asString());
            default -> throw unsupported(value, Bson.DECIMAL128);
        };
    }

    private static Decimal128 parsedDecimal(String text) {
        try {
            return Decimal128.parse(text);
        } catch (NumberFormatException e) {
            throw failure("Failed to parse number '" + text + "'" + SUFFIX
                    + (text.isEmpty() ? ": Empty string" : ": Failed to parse string to decimal"));
        }
    }

    private static long date(Value value) {
        return switch (value.type()) {
            case Bson.INT64 -> value.toLong();
            case Bson.DOUBLE, Bson.DECIMAL128 -> truncated(value);
            case Bson.OBJECT_ID, Bson.TIMESTAMP -> Dates.millis(value);
            case Bson.STRING -> parsedDate(value.asString());
            default -> throw unsupported(value, Bson.DATE);
        };
    }

    private static long parsedDate(String text) {
        try {
            Instant instant = Dates.parse(text);
            return instant.toEpochMilli();
        } catch (DateTimeException e) {
            throw failure("Error parsing date string '" + text + "'" + SUFFIX);
        }
    }

    private static ObjectId objectId(Value value) {
        if (!value.isString()) {
            throw unsupported(value, Bson.OBJECT_ID);
        }
        String text = value.asString();
        if (!HEX.matcher(text).matches()) {
            throw failure("Failed to parse objectId '" + text + "'" + SUFFIX
                    + (text.length() == 24
                            ? ": Invalid character found in hex string: " + text
                            : ": Invalid string length for parsing to OID, expected 24 but found " + text.length()));
        }
        return new ObjectId(text);
    }
}
