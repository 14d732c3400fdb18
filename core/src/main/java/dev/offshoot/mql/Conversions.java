package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;

/** {@code $convert}: values of one type as another type. */
final class Conversions {
    /** The type of what is missing, which nothing can be converted to. */
    static final int MISSING = 0;

    static final String SUFFIX = " in $convert with no onError value";
    private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{24}");
    /** A hexadecimal number as C writes it; MongoDB refuses {@code 0x} at the begin of a text, and takes it behind a sign. */
    private static final Pattern HEX_DOUBLE =
            Pattern.compile("[+-]?0[xX]([0-9a-fA-F]+\\.?[0-9a-fA-F]*|\\.[0-9a-fA-F]+)([pP][+-]?[0-9]+)?");

    private static final Map<String, Integer> TYPES = types();

    private Conversions() {}

    /** What a value is to become; {@code format} and {@code bigEndian} matter for binary data alone. */
    record Target(int type, int subtype, @Nullable String format, boolean bigEndian) {
        static Target of(int type) {
            return new Target(type, 0, null, false);
        }
    }

    private static Map<String, Integer> types() {
        Map<String, Integer> types = new TreeMap<>();
        for (int type = Bson.DOUBLE; type <= Bson.DECIMAL128; type++) {
            types.put(Bson.typeName(type), type);
        }
        types.put("minKey", Bson.MIN_KEY);
        types.put("maxKey", Bson.MAX_KEY);
        types.put("missing", MISSING);
        return Map.copyOf(types);
    }

    static int typeNamed(String name) {
        Integer type = TYPES.get(name);
        if (type == null) {
            throw new CommandException(ErrorCode.BAD_VALUE, "Unknown type name: " + name);
        }
        return type;
    }

    /** The value as that type, its binary subtype given as a value; code 241 where that is impossible. */
    static Value convert(Value value, int type, @Nullable Value subtype, @Nullable String format, boolean bigEndian) {
        boolean binary = type == Bson.BINARY && BinaryConversions.isPossible(value.type());
        return convert(value, new Target(type, binary ? BinaryConversions.subtype(subtype) : 0, format, bigEndian));
    }

    static Value convert(Value value, Target target) {
        if (target.type == Bson.BINARY) {
            return BinaryConversions.toBinary(value, target);
        }
        if (value.type() == target.type) {
            return value;
        }
        return switch (target.type) {
            case Bson.STRING -> string(value, target);
            case Bson.BOOLEAN -> Value.of(value.isTruthy());
            case Bson.INT32, Bson.INT64 -> integer(value, target);
            case Bson.DOUBLE -> toDouble(value, target);
            case Bson.DECIMAL128 -> Value.of(decimal(value));
            case Bson.DATE -> Value.date(date(value));
            case Bson.OBJECT_ID -> Value.of(objectId(value));
            default -> throw unsupported(value, target.type);
        };
    }

    static CommandException failure(String message) {
        return new CommandException(ErrorCode.CONVERSION_FAILURE, message);
    }

    static CommandException unsupported(Value value, int type) {
        return failure("Unsupported conversion from " + Operands.typeName(value) + " to "
                + (type == MISSING ? "missing" : Bson.typeName(type)) + SUFFIX);
    }

    private static Value string(Value value, Target target) {
        return switch (value.type()) {
            case Bson.INT32, Bson.INT64, Bson.DOUBLE, Bson.DECIMAL128, Bson.DATE -> Value.of(text(value));
            case Bson.BOOLEAN -> Value.of(Boolean.toString(value.asBoolean()));
            case Bson.OBJECT_ID -> Value.of(value.asObjectId().toHexString());
            case Bson.BINARY -> Value.of(BinaryConversions.toText(value, target));
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

    private static Value integer(Value value, Target target) {
        boolean narrow = target.type == Bson.INT32;
        return switch (value.type()) {
            case Bson.INT32 -> Value.of(value.toLong());
            case Bson.INT64 -> narrowed(value);
            case Bson.BOOLEAN -> whole(value.asBoolean() ? 1 : 0, narrow);
            case Bson.DOUBLE, Bson.DECIMAL128 -> whole(truncated(value, narrow), narrow);
            case Bson.STRING -> whole(parsed(value.asString(), narrow), narrow);
            case Bson.BINARY -> BinaryConversions.toInteger(value, target);
            case Bson.DATE -> {
                if (narrow) {
                    throw unsupported(value, target.type);
                }
                yield Value.of(value.asInt64());
            }
            default -> throw unsupported(value, target.type);
        };
    }

    private static Value whole(long value, boolean narrow) {
        return narrow ? Value.of((int) value) : Value.of(value);
    }

    /** MongoDB's message ends without the number. */
    private static Value narrowed(Value value) {
        long number = value.toLong();
        if (number != (int) number) {
            throw failure("Conversion would overflow target type" + SUFFIX + ": ");
        }
        return Value.of((int) number);
    }

    private static long truncated(Value value, boolean narrow) {
        double d = value.toDouble();
        if (Double.isNaN(d)) {
            throw failure("Attempt to convert NaN value to integer type" + SUFFIX);
        }
        boolean decimal = value.type() == Bson.DECIMAL128;
        if (decimal ? value.asDecimal().isInfinite() : Double.isInfinite(d)) {
            throw failure("Attempt to convert infinity value to integer type" + SUFFIX);
        }
        Long whole = decimal ? Decimals.toLong(value.asDecimal(), RoundingMode.DOWN) : truncated(d, narrow);
        if (whole == null || (narrow && whole != whole.intValue())) {
            throw failure("Conversion would overflow target type" + SUFFIX + ": " + text(value));
        }
        return whole;
    }

    private static @Nullable Long truncated(double d, boolean narrow) {
        boolean fits = narrow ? d >= Integer.MIN_VALUE && d <= Integer.MAX_VALUE : d >= -0x1p63 && d < 0x1p63;
        return fits ? Long.valueOf((long) d) : null;
    }

    private static CommandException unparsed(String text, String why) {
        return failure("Failed to parse number '" + text + "'" + SUFFIX + ": " + why);
    }

    private static void refuseHexadecimal(String text) {
        if (text.startsWith("0x")) {
            throw failure("Illegal hexadecimal input" + SUFFIX + ": " + text);
        }
    }

    private static long parsed(String text, boolean narrow) {
        refuseHexadecimal(text);
        String digits = text.startsWith("+") || text.startsWith("-") ? text.substring(1) : text;
        if (digits.isEmpty()) {
            throw unparsed(text, "No digits");
        }
        if (!digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw unparsed(text, "Did not consume whole string.");
        }
        try {
            long number = Long.parseLong(text);
            if (!narrow || number == (int) number) {
                return number;
            }
        } catch (NumberFormatException tooLarge) {
            throw unparsed(text, "Overflow");
        }
        throw unparsed(text, "Overflow");
    }

    private static Value toDouble(Value value, Target target) {
        return switch (value.type()) {
            case Bson.INT32, Bson.INT64 -> Value.of(value.toDouble());
            case Bson.BOOLEAN -> Value.of(value.asBoolean() ? 1.0 : 0.0);
            case Bson.DATE -> Value.of((double) value.asInt64());
            case Bson.STRING -> Value.of(parsedDouble(value.asString()));
            case Bson.BINARY -> BinaryConversions.toDouble(value, target);
            case Bson.DECIMAL128 -> {
                double d = value.toDouble();
                boolean lost = (Double.isInfinite(d) && !value.asDecimal().isInfinite())
                        || (d == 0 && !Decimals.isZero(value.asDecimal()));
                if (lost) {
                    throw failure("Conversion would overflow target type" + SUFFIX + ": " + value.asDecimal());
                }
                yield Value.of(d);
            }
            default -> throw unsupported(value, target.type);
        };
    }

    private static double parsedDouble(String text) {
        refuseHexadecimal(text);
        if (text.isEmpty()) {
            throw unparsed(text, "Empty string");
        }
        if (" \t\n\f\r\u000B".indexOf(text.charAt(0)) >= 0) {
            throw unparsed(text, "Leading whitespace");
        }
        Double special = special(text);
        if (special != null) {
            return special;
        }
        if (HEX_DOUBLE.matcher(text).matches()) {
            return hexadecimal(text);
        }
        BigDecimal exact = exact(text, unparsed(text, "Did not consume whole string."));
        double d = exact.doubleValue();
        if (Double.isInfinite(d) || (Math.abs(d) < Double.MIN_NORMAL && exact.signum() != 0)) {
            throw unparsed(text, "Out of range");
        }
        return d == 0 && text.startsWith("-") ? -0.0 : d;
    }

    /** Java wants an exponent. */
    private static double hexadecimal(String text) {
        boolean hasExponent = text.indexOf('p') >= 0 || text.indexOf('P') >= 0;
        double d = Double.parseDouble(hasExponent ? text : text + "p0");
        if (Double.isInfinite(d)) {
            throw unparsed(text, "Out of range");
        }
        return d;
    }

    /** Infinity or NaN as C writes them, or null. */
    private static @Nullable Double special(String text) {
        String lower = text.toLowerCase(java.util.Locale.ROOT);
        return switch (lower.startsWith("+") ? lower.substring(1) : lower) {
            case "nan", "-nan" -> Double.NaN;
            case "inf", "infinity" -> Double.POSITIVE_INFINITY;
            case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
            default -> null;
        };
    }

    private static BigDecimal exact(String text, CommandException failure) {
        if (!text.chars().allMatch(c -> c < 128)) {
            throw failure;
        }
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException e) {
            throw failure;
        }
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
        refuseHexadecimal(text);
        if (text.isEmpty()) {
            throw unparsed(text, "Empty string");
        }
        Double special = special(text);
        if (special != null) {
            Decimal128 decimal = Numbers.decimal(Value.of(special.doubleValue()));
            return decimal.isNaN() && text.startsWith("-") ? Decimals.negate(decimal) : decimal;
        }
        BigDecimal exact = exact(text, unparsed(text, "Failed to parse string to decimal"));
        Decimal128 decimal = Decimals.of(exact);
        if (decimal.isInfinite()) {
            throw unparsed(text, "Conversion from string to decimal would overflow");
        }
        if (Decimals.isZero(decimal) && exact.signum() != 0) {
            throw unparsed(text, "Conversion from string to decimal would underflow");
        }
        return text.startsWith("-") && Decimals.isZero(decimal) ? Decimals.negate(decimal) : decimal;
    }

    private static long date(Value value) {
        return switch (value.type()) {
            case Bson.INT64 -> value.toLong();
            case Bson.DOUBLE, Bson.DECIMAL128 -> truncated(value, false);
            case Bson.OBJECT_ID, Bson.TIMESTAMP -> Dates.millis(value);
            case Bson.STRING -> DateText.parse(value.asString(), TimeZones.UTC);
            default -> throw unsupported(value, Bson.DATE);
        };
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
