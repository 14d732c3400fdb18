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

/** Operators on text. A code point (CP) is a character, a byte is one of its UTF-8 form. */
final class StringOperators {
    private static final int[] TRIMMED = {
        0, ' ', '\t', '\n', 0x0B, '\f', '\r', 0xA0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006,
        0x2007, 0x2008, 0x2009, 0x200A
    };

    private StringOperators() {}

    static Map<String, Operator> all() {
        Map<String, Operator> all = new HashMap<>();
        all.put("$concat", Call.any(StringOperators::concat));
        all.put("$toLower", Call.exactly(1, o -> Value.of(changeCase(text(o, 0), 'A', 'Z', 32))));
        all.put("$toUpper", Call.exactly(1, o -> Value.of(changeCase(text(o, 0), 'a', 'z', -32))));
        all.put("$strcasecmp", Call.exactly(2, StringOperators::compareIgnoringCase));
        all.put(
                "$strLenCP",
                Call.exactly(
                        1,
                        o -> Value.of(length(o, 34471)
                                .codePointCount(0, length(o, 34471).length()))));
        all.put("$strLenBytes", Call.exactly(1, o -> Value.of(utf8(length(o, 34473)).length)));
        all.put("$substrCP", Call.exactly(3, StringOperators::substrCodePoints));
        all.put("$substrBytes", Call.exactly(3, StringOperators::substrBytes));
        all.put("$substr", Call.exactly(3, StringOperators::substrBytes));
        all.put("$indexOfCP", Call.between(2, 4, StringOperators::indexOfCodePoints));
        all.put("$indexOfBytes", Call.between(2, 4, StringOperators::indexOfBytes));
        all.put("$split", Call.exactly(2, StringOperators::split));
        all.put("$trim", trim(true, true));
        all.put("$ltrim", trim(true, false));
        all.put("$rtrim", trim(false, true));
        all.put("$replaceOne", replace(false));
        all.put("$replaceAll", replace(true));
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
            case Bson.INT32, Bson.INT64, Bson.DOUBLE, Bson.DECIMAL128, Bson.DATE -> Conversions.text(value);
            case Bson.TIMESTAMP -> ShellText.of(value);
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

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Value substrCodePoints(Operands operands) {
        String text = text(operands, 0);
        int from = whole(operands, 1, 34450, "starting index");
        int count = whole(operands, 2, 34452, "length");
        if (from < 0) {
            throw Operands.error(34455, "$substrCP: the starting index must be nonnegative integer.");
        }
        if (count < 0) {
            throw Operands.error(34454, "$substrCP: length must be a nonnegative integer.");
        }
        int[] points = text.codePoints().toArray();
        int start = Math.min(from, points.length);
        int end = (int) Math.min(points.length, (long) start + count);
        return Value.of(new String(points, start, end - start));
    }

    private static int whole(Operands operands, int i, int errorNumber, String what) {
        Value value = operands.get(i);
        if (value == null || !Numbers.isWhole(value) || value.toLong() != (int) value.toLong()) {
            throw Operands.error(
                    errorNumber,
                    operands.name() + ": " + what + " must be a numeric type that can be represented as a 32-bit"
                            + " integral value (is BSON type " + operands.typeName(i) + ")");
        }
        return (int) value.toLong();
    }

    private static Value substrBytes(Operands operands) {
        byte[] text = utf8(text(operands, 0));
        int from = whole(operands, 1, 16034, "starting index");
        int count = whole(operands, 2, 16035, "length");
        if (from < 0) {
            throw Operands.error(50752, operands.name() + ": starting index must be non-negative (got: " + from + ")");
        }
        int start = Math.min(from, text.length);
        int end = count < 0 ? text.length : (int) Math.min(text.length, (long) start + count);
        if (start < text.length && isContinuation(text[start])) {
            throw Operands.error(
                    28656, operands.name() + ":  Invalid range, starting index is a UTF-8 continuation byte.");
        }
        if (end < text.length && isContinuation(text[end])) {
            throw Operands.error(
                    28657, operands.name() + ":  Invalid range, ending index is in the middle of a UTF-8 character.");
        }
        return Value.of(new String(text, start, end - start, StandardCharsets.UTF_8));
    }

    private static boolean isContinuation(byte b) {
        return (b & 0xC0) == 0x80;
    }

    private static Value indexOfCodePoints(Operands operands) {
        if (operands.isNullish(0)) {
            return Value.NULL;
        }
        int[] text = searched(operands, 0, 40093, "first").codePoints().toArray();
        int[] token = searched(operands, 1, 40094, "second").codePoints().toArray();
        int start = bound(operands, 2, 0);
        int end = Math.min(bound(operands, 3, text.length), text.length);
        for (int i = start; i + token.length <= end; i++) {
            if (Arrays.equals(text, i, i + token.length, token, 0, token.length)) {
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
        for (int i = start; i + token.length <= end; i++) {
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
        if (value == null || !Numbers.isWhole(value) || value.toLong() != (int) value.toLong()) {
            throw Operands.error(
                    40096,
                    operands.name() + "requires an integral " + (i == 2 ? "starting" : "ending")
                            + " index, found a value of type: " + operands.typeName(i));
        }
        if (value.toLong() < 0) {
            throw Operands.error(
                    40097,
                    operands.name() + " requires a nonnegative " + (i == 2 ? "starting" : "ending") + " index, found: "
                            + value.toLong());
        }
        return (int) value.toLong();
    }

    private static Value split(Operands operands) {
        if (operands.anyNullish()) {
            return Value.NULL;
        }
        if (!operands.at(0).isString()) {
            throw Operands.error(
                    40085,
                    "$split requires an expression that evaluates to a string as a first argument, found: "
                            + operands.typeName(0));
        }
        if (!operands.at(1).isString()) {
            throw Operands.error(
                    40086,
                    "$split requires an expression that evaluates to a string as a second argument, found: "
                            + operands.typeName(1));
        }
        String separator = operands.at(1).asString();
        if (separator.isEmpty()) {
            throw Operands.error(40087, "$split requires a non-empty separator");
        }
        return BsonArrays.of(parts(operands.at(0).asString(), separator));
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

    private static Operator trim(boolean left, boolean right) {
        return (name, argument, parser) -> {
            NamedArguments arguments = NamedArguments.of(name, argument, 50696, 50694, "input", "chars");
            Expression input = parser.parse(arguments.required("input", 50695));
            boolean given = arguments.optional("chars") != null;
            Expression chars = arguments.expression("chars", parser);
            return scope -> {
                Value text = input.evaluate(scope);
                Value trimmed = chars.evaluate(scope);
                if (Operands.isNullish(text) || (given && Operands.isNullish(trimmed))) {
                    return Value.NULL;
                }
                int[] set = given
                        ? string(name, "chars", trimmed, 50700).codePoints().toArray()
                        : TRIMMED;
                return Value.of(trimmed(string(name, "input", text, 50699), set, left, right));
            };
        };
    }

    private static String string(String name, String what, @Nullable Value value, int errorNumber) {
        if (value == null || !value.isString()) {
            throw Operands.error(
                    errorNumber,
                    name + " requires its " + (what.equals("input") ? "input" : "'chars'") + " to be a string, got "
                            + (value == null ? "missing" : ShellText.of(value)) + " (of type "
                            + Operands.typeName(value) + ") instead.");
        }
        return value.asString();
    }

    private static String trimmed(String text, int[] set, boolean left, boolean right) {
        int[] points = text.codePoints().toArray();
        int start = 0;
        int end = points.length;
        while (left && start < end && contains(set, points[start])) {
            start++;
        }
        while (right && end > start && contains(set, points[end - 1])) {
            end--;
        }
        return new String(points, start, end - start);
    }

    private static boolean contains(int[] set, int point) {
        return Arrays.stream(set).anyMatch(p -> p == point);
    }

    private static Operator replace(boolean everywhere) {
        return (name, argument, parser) -> {
            NamedArguments arguments = NamedArguments.of(name, argument, 51751, 51750, "input", "find", "replacement");
            Expression input = parser.parse(arguments.required("input", 51749));
            Expression find = parser.parse(arguments.required("find", 51748));
            Expression replacement = parser.parse(arguments.required("replacement", 51747));
            return scope -> {
                Value text = replaceable(name, "input", input.evaluate(scope), 51746);
                Value wanted = replaceable(name, "find", find.evaluate(scope), 51745);
                Value by = replaceable(name, "replacement", replacement.evaluate(scope), 51744);
                if (text == null || wanted == null || by == null) {
                    return Value.NULL;
                }
                return Value.of(replaced(text.asString(), wanted.asString(), by.asString(), everywhere));
            };
        };
    }

    private static @Nullable Value replaceable(String name, String what, @Nullable Value value, int errorNumber) {
        if (value == null || Operands.isNullish(value)) {
            return null;
        }
        if (!value.isString()) {
            throw Operands.error(
                    errorNumber, name + " requires that '" + what + "' be a string, found: " + ShellText.of(value));
        }
        return value;
    }

    private static String replaced(String text, String wanted, String by, boolean everywhere) {
        if (everywhere) {
            return text.replace(wanted, by);
        }
        int at = text.indexOf(wanted);
        return at < 0 ? text : text.substring(0, at) + by + text.substring(at + wanted.length());
    }
}
