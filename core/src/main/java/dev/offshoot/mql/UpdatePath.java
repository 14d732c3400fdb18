package dev.offshoot.mql;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The path that an update operator names: parts between dots. */
final class UpdatePath {
    private UpdatePath() {}

    /** The parts of a path that may be written; empty ones are refused with MongoDB's errors. */
    static List<String> parse(String path) {
        if (path.isEmpty()) {
            throw new CommandException(ErrorCode.EMPTY_FIELD_NAME, "An empty update path is not valid.");
        }
        List<String> parts = split(path);
        parts.forEach(part -> checkPart(path, part));
        return parts;
    }

    static List<String> split(String path) {
        return List.of(path.split("\\.", -1));
    }

    private static void checkPart(String path, String part) {
        if (part.isEmpty()) {
            throw new CommandException(
                    ErrorCode.EMPTY_FIELD_NAME,
                    "The update path '" + path + "' contains an empty field name, which is not allowed.");
        }
    }

    /** Refuses {@code $} in the first position or twice; returns whether it is there. */
    static boolean checkPositional(String path, List<String> parts) {
        int count = Collections.frequency(parts, "$");
        if (count > 1) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE, "Too many positional (i.e. '$') elements found in path '" + path + "'");
        }
        if (parts.get(0).equals("$")) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "Cannot have positional (i.e. '$') element in the first position in path '" + path + "'");
        }
        return count > 0;
    }

    /** For each part that chooses elements of an array what it chooses, and null for the others. */
    static List<@Nullable ElementFilter> elements(String path, List<String> parts, ArrayFilters filters) {
        if (isElementwise(parts.get(0))) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "Cannot have array filter identifier (i.e. '$[<id>]') element in the first position in path '"
                            + path + "'");
        }
        List<@Nullable ElementFilter> elements = new ArrayList<>(parts.size());
        for (String part : parts) {
            elements.add(isElementwise(part) ? filters.named(part, path) : null);
        }
        return elements;
    }

    /** Whether a part is {@code $[]} or {@code $[id]}. */
    static boolean isElementwise(String part) {
        return part.startsWith("$[") && part.endsWith("]");
    }

    /** The array index that a part means, or -1. */
    static int index(String part) {
        int length = part.length();
        if (length == 0 || length > 9 || (length > 1 && part.charAt(0) == '0')) {
            return -1;
        }
        int index = 0;
        for (int i = 0; i < length; i++) {
            char c = part.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            index = index * 10 + (c - '0');
        }
        return index;
    }
}
