package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Operators on text as a whole, and on where it is cut. A code point (CP) is a character, a byte is one of its UTF-8 form. */
final class StringOperators {
    private StringOperators() {}

    static Map<String, Operator> all() {
        Map<String, Operator> all = new HashMap<>();
        all.put("$concat", Call.leftToRight(StringOperators::concat));
        all.put("$toLower", Call.exactly(1, o -> Value.of(changeCase(text(o, 0), 'A', 'Z', 32))));
        all.put("$toUpper", Call.exactly(1, o -> Value.of(changeCase(text(o, 0), 'a', 'z', -32))));
        all.put("$strcasecmp", Call.exactly(2, StringOperators::compareIgnoringCase));
        all.put("$strLenCP", Call.exactly(1, o -> {
            String text = length(o, 34471);
            return Value.of(text.codePointCount(0, text.length()));
        }));
        all.put("$strLenBytes", Call.exactly(1, o -> Value.of(utf8(length(o, 34473)).length)));
        all.put("$binarySize", Call.exactly(1, StringOperators::binarySize));
        all.put("$substrCP", Call.exactly(3, StringOperators::substrCodePoints));
        all.put("$substrBytes", Call.exactly(3, StringOperators::substrBytes));
        all.put("$substr", Call.exactly(3, StringOperators::substrBytes));
        all.put("$indexOfCP", Call.between(2, 4, StringOperators::indexOfCodePoints));
        all.put("$indexOfBytes", Call.between(2, 4, StringOperators::indexOfBytes));
        all.put("$split", Call.exactly(2, StringOperators::split));
        return all;
    }

    private static Value concat(Operands operands) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < operands.size(); i++) {
            if (operands.isNullish(i)) {
                return Value.NULL;
            }
            if (!operands.at(i).isString()) {
                throw Operands.error(16702, "$concat only supports strings, not " + operands.typeName(i));
            }
            out.append(operands.at(i).asString());
        }
        return Value.of(out.toString());
    }

    /** The text of a string, number or date, "" for null. */
    private static String text(Operands operands, int i) {
        if (operands.isNullish(i)) {
            return "";
        }
        Value value = operands.at(i);
        return switch (value.type()) {
            case Bson.STRING, Bson.SYMBOL, Bson.CODE -> value.asString();
            case Bson.INT32, Bson.INT64, Bson.DECIMAL128, Bson.DATE -> Conversions.text(value);
            case Bson.DOUBLE -> NumberText.sixDigits(value.asDouble());
            case Bson.TIMESTAMP -> Dates.shortText(value);
            default ->
                throw Operands.error(16007, "can't convert from BSON type " + operands.typeName(i) + " to String");
        };
    }

    /** ASCII letters only, as in MongoDB. */
    private static String changeCase(String text, char first, char last, int shift) {
        StringBuilder out = new StringBuilder(text);
        for (int i = 0; i < out.length(); i++) {
            char c = out.charAt(i);
            if (c >= first && c <= last) {
                out.setCharAt(i, (char) (c + shift));
            }
        }
        return out.toString();
    }

    private static Value compareIgnoringCase(Operands operands) {
        String a = changeCase(text(operands, 0), 'a', 'z', -32);
        String b = changeCase(text(operands, 1), 'a', 'z', -32);
        return Value.of(Integer.signum(Arrays.compareUnsigned(utf8(a), utf8(b))));
    }

    private static String length(Operands operands, int errorNumber) {
        Value value = operands.get(0);
        if (value == null || !value.isString()) {
            throw Operands.error(
                    errorNumber, operands.name() + " requires a string argument, found: " + operands.typeName(0));
        }
        return value.asString();
    }

    private static Value binarySize(Operands operands) {
        if (operands.isNullish(0)) {
            return Value.NULL;
        }
        Value value = operands.at(0);
        return switch (value.type()) {
            case Bson.STRING, Bson.BINARY -> Value.of(value.length() - 5);
            default ->
                throw Operands.error(
                        51276, "$binarySize requires a string or BinData argument, found: " + operands.typeName(0));
        };
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Value substrCodePoints(Operands operands) {
        String text = text(operands, 0);
        int from = whole(operands, 1, 34450, "starting index");
        int count = whole(operands, 2, 34452, "length");
        if (count < 0) {
            throw Operands.error(34454, "$substrCP: length must be a nonnegative integer.");
        }
        if (from < 0) {
            throw Operands.error(34455, "$substrCP: the starting index must be nonnegative integer.");
        }
        int[] points = text.codePoints().toArray();
        int start = Math.min(from, points.length);
        int end = (int) Math.min(points.length, (long) start + count);
        return Value.of(new String(points, start, end - start));
    }

    private static int whole(Operands operands, int i, int notNumber, String what) {
        Value value = operands.get(i);
        if (value == null || !value.isNumber()) {
            throw Operands.error(
                    notNumber,
                    operands.name() + ": " + what + " must be a numeric type (is BSON type " + operands.typeName(i)
                            + ")");
        }
        if (!Numbers.isInt(value)) {
            throw Operands.error(
                    notNumber + 1,
                    operands.name() + ": " + what + " cannot be represented as a 32-bit integral value: "
                            + operands.text(i));
        }
        return (int) value.toLong();
    }

    /** {@code $substr} is an old name for it, which MongoDB's errors do not use. */
    private static Value substrBytes(Operands operands) {
        byte[] text = utf8(text(operands, 0));
        long from = number(operands, 1, 16034, "starting index");
        long count = number(operands, 2, 16035, "length");
        if (from < 0) {
            throw Operands.error(50752, "$substrBytes:  starting index must be non-negative (got: " + from + ")");
        }
        int start = (int) Math.min(from, text.length);
        int end = count < 0 || count > text.length - start ? text.length : start + (int) count;
        if (start < text.length && isContinuation(text[start])) {
            throw Operands.error(28656, "$substrBytes:  Invalid range, starting index is a UTF-8 continuation byte.");
        }
        if (end < text.length && isContinuation(text[end])) {
            throw Operands.error(
                    28657, "$substrBytes:  Invalid range, ending index is in the middle of a UTF-8 character.");
        }
        return Value.of(new String(text, start, end - start, StandardCharsets.UTF_8));
    }

    private static long number(Operands operands, int i, int notNumber, String what) {
        Value value = operands.get(i);
        if (value == null || !value.isNumber()) {
            throw Operands.error(
                    notNumber,
                    "$substrBytes:  " + what + " must be a numeric type (is BSON type " + operands.typeName(i) + ")");
        }
        return operands.toLong(i);
    }

    private static boolean isContinuation(byte b) {
        return (b & 0xC0) == 0x80;
    }

    /** What is found has to begin before the end, and may go on behind it. */
    private static Value indexOfCodePoints(Operands operands) {
        if (operands.isNullish(0)) {
            return Value.NULL;
        }
        int[] text = searched(operands, 0, 40093, "first").codePoints().toArray();
        int[] token = searched(operands, 1, 40094, "second").codePoints().toArray();
        int start = bound(operands, 2, 0);
        int end = Math.min(bound(operands, 3, text.length), text.length);
        if (start == 0 && text.length == 0 && token.length == 0) {
            return Value.of(0);
        }
        for (int i = start; i < end; i++) {
            if (i + token.length <= text.length && Arrays.equals(text, i, i + token.length, token, 0, token.length)) {
                return Value.of(i);
            }
        }
        return Value.of(-1);
    }

    private static Value indexOfBytes(Operands operands) {
        if (operands.isNullish(0)) {
            return Value.NULL;
        }
        byte[] text = utf8(searched(operands, 0, 40091, "first"));
        byte[] token = utf8(searched(operands, 1, 40092, "second"));
        int start = bound(operands, 2, 0);
        int end = Math.min(bound(operands, 3, text.length), text.length);
        for (int i = start; i <= end - token.length; i++) {
            if (Arrays.equals(text, i, i + token.length, token, 0, token.length)) {
                return Value.of(i);
            }
        }
        return Value.of(-1);
    }

    private static String searched(Operands operands, int i, int errorNumber, String which) {
        Value value = operands.get(i);
        if (value == null || !value.isString()) {
            throw Operands.error(
                    errorNumber,
                    operands.name() + " requires a string as the " + which + " argument, found: "
                            + operands.typeName(i));
        }
        return value.asString();
    }

    /** The start or end of a search. */
    static int bound(Operands operands, int i, int otherwise) {
        if (i >= operands.size()) {
            return otherwise;
        }
        Value value = operands.get(i);
        String which = i == 2 ? "starting" : "ending";
        if (value == null || !Numbers.isInt(value)) {
            throw Operands.error(
                    40096,
                    operands.name() + "requires an integral " + which + " index, found a value of type: "
                            + operands.typeName(i) + ", with value: " + operands.text(i));
        }
        if (value.toLong() < 0) {
            throw Operands.error(
                    40097, operands.name() + " requires a nonnegative " + which + " index, found: " + operands.text(i));
        }
        return (int) value.toLong();
    }

    private static Value split(Operands operands) {
        if (operands.anyNullish()) {
            return Value.NULL;
        }
        String text = splitString(operands.get(0), 40085, "first");
        String separator = splitString(operands.get(1), 40086, "second");
        if (separator.isEmpty()) {
            throw Operands.error(40087, "$split requires a non-empty separator");
        }
        return BsonArrays.of(parts(text, separator));
    }

    private static String splitString(@Nullable Value value, int errorNumber, String which) {
        if (value == null || !value.isString()) {
            throw Operands.error(
                    errorNumber,
                    "$split requires an expression that evaluates to a string as a " + which + " argument, found: "
                            + Operands.typeName(value));
        }
        return value.asString();
    }

    private static List<Value> parts(String text, String separator) {
        List<Value> parts = new ArrayList<>();
        int start = 0;
        for (int at = text.indexOf(separator); at >= 0; at = text.indexOf(separator, start)) {
            parts.add(Value.of(text.substring(start, at)));
            start = at + separator.length();
        }
        parts.add(Value.of(text.substring(start)));
        return parts;
    }
}
