package dev.offshoot.mql;

import java.util.List;

/** The path that an update operator names: parts between dots. */
final class UpdatePath {
    private UpdatePath() {}

    /** The parts of a path that may be written; empty parts and positional ones are refused with MongoDB's errors. */
    static List<String> parse(String path) {
        if (path.isEmpty()) {
            throw new CommandException(ErrorCode.EMPTY_FIELD_NAME, "An empty update path is not valid.");
        }
        List<String> parts = split(path);
        for (int i = 0; i < parts.size(); i++) {
            checkPart(path, parts.get(i), i);
        }
        return parts;
    }

    static List<String> split(String path) {
        return List.of(path.split("\\.", -1));
    }

    private static void checkPart(String path, String part, int index) {
        if (part.isEmpty()) {
            throw new CommandException(
                    ErrorCode.EMPTY_FIELD_NAME,
                    "The update path '" + path + "' contains an empty field name, which is not allowed.");
        }
        if (part.charAt(0) != '$') {
            return;
        }
        if (part.equals("$")) {
            throw new CommandException(
                    index == 0 ? ErrorCode.BAD_VALUE : ErrorCode.NOT_IMPLEMENTED,
                    index == 0
                            ? "Cannot have positional (i.e. '$') element in the first position in path '" + path + "'"
                            : "the positional operator in path '" + path + "' is not supported yet");
        }
        if (part.startsWith("$[") && part.endsWith("]")) {
            throw new CommandException(
                    part.equals("$[]") ? ErrorCode.NOT_IMPLEMENTED : ErrorCode.BAD_VALUE,
                    part.equals("$[]")
                            ? "the all positional operator in path '" + path + "' is not supported yet"
                            : "No array filter found for identifier '" + part.substring(2, part.length() - 1)
                                    + "' in path '" + path + "'");
        }
        if (index == 0 || !isDbRefField(part)) {
            throw new CommandException(
                    ErrorCode.DOLLAR_PREFIXED_FIELD_NAME,
                    "The dollar ($) prefixed field '" + part + "' in '" + path + "' is not valid for storage.");
        }
    }

    private static boolean isDbRefField(String part) {
        return part.equals("$id") || part.equals("$ref") || part.equals("$db");
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
