package dev.offshoot.mql;

import dev.offshoot.bson.Value;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code $trim}, {@code $replaceOne} and their like: operators on strings with named arguments. */
final class ReplacementOperators {
    private static final int[] BLANKS = {
        0, ' ', '\t', '\n', 0x0B, '\f', '\r', 0xA0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006,
        0x2007, 0x2008, 0x2009, 0x200A
    };

    private static final String UNKNOWN = "OP found an unknown argument: ARG";
    private static final Named TRIM =
            new Named("input chars", 50696, "OP only supports an object as an argument, found TYPE", 50694, UNKNOWN);
    private static final Named REPLACE = new Named(
            "input find replacement", 51751, "OP requires an object as an argument, found: TYPE", 51750, UNKNOWN);

    private ReplacementOperators() {}

    static Map<String, Operator> all() {
        return Map.of(
                "$trim", trim(true, true),
                "$ltrim", trim(true, false),
                "$rtrim", trim(false, true),
                "$replaceOne", replace(false),
                "$replaceAll", replace(true));
    }

    private static Operator trim(boolean left, boolean right) {
        return (name, argument, parser) -> {
            Named.Given given = TRIM.read(name, argument).require("input", 50695, "OP requires an 'input' field");
            boolean custom = given.has("chars");
            return Call.of(name, given.operands(parser, "input", "chars"), o -> {
                if (o.isNullish(0)) {
                    return Value.NULL;
                }
                String text = string(o, 0, 50699, " requires its input to be a string, got ");
                if (custom && o.isNullish(1)) {
                    return Value.NULL;
                }
                int[] set = custom
                        ? string(o, 1, 50700, " requires 'chars' to be a string, got ")
                                .codePoints()
                                .toArray()
                        : BLANKS;
                return Value.of(trimmed(text, set, left, right));
            });
        };
    }

    private static String string(Operands operands, int i, int errorNumber, String message) {
        if (!operands.at(i).isString()) {
            throw Operands.error(
                    errorNumber,
                    operands.name() + message + operands.text(i) + " (of type " + operands.typeName(i) + ") instead.");
        }
        return operands.at(i).asString();
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
            Named.Given given = REPLACE.read(name, argument)
                    .require("input", 51749, "OP requires 'input' to be specified")
                    .require("find", 51748, "OP requires 'find' to be specified")
                    .require("replacement", 51747, "OP requires 'replacement' to be specified");
            return Call.of(name, given.operands(parser, "input", "find", "replacement"), o -> {
                String text = replaceable(o, 0, "input", 51746);
                String wanted = replaceable(o, 1, "find", 51745);
                String by = replaceable(o, 2, "replacement", 51744);
                return text == null || wanted == null || by == null
                        ? Value.NULL
                        : Value.of(replaced(text, wanted, by, everywhere));
            });
        };
    }

    private static @Nullable String replaceable(Operands operands, int i, String what, int errorNumber) {
        if (operands.isNullish(i)) {
            return null;
        }
        if (!operands.at(i).isString()) {
            throw Operands.error(
                    errorNumber,
                    operands.name() + " requires that '" + what + "' be a string, found: " + operands.text(i));
        }
        return operands.at(i).asString();
    }

    private static String replaced(String text, String wanted, String by, boolean everywhere) {
        if (everywhere) {
            return wanted.isEmpty() ? between(text, by) : text.replace(wanted, by);
        }
        int at = text.indexOf(wanted);
        return at < 0 ? text : text.substring(0, at) + by + text.substring(at + wanted.length());
    }

    /** The replacement before each character and at the end. */
    private static String between(String text, String by) {
        StringBuilder out = new StringBuilder();
        text.codePoints().forEach(point -> out.append(by).appendCodePoint(point));
        return out.append(by).toString();
    }
}
