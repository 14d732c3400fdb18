package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A dotted path as projections and expressions read it: through arrays, and never by an array's index. */
record DottedPath(String text, List<String> parts) {
    private static final int PARTS_MAX = 200;

    static DottedPath parse(String text) {
        if (text.isEmpty()) {
            throw error(40352, "FieldPath cannot be constructed with empty string");
        }
        if (text.endsWith(".")) {
            throw error(40353, "FieldPath must not end with a '.'.");
        }
        List<String> parts = List.of(text.split("\\.", -1));
        if (parts.size() > PARTS_MAX) {
            throw new CommandException(
                    ErrorCode.OVERFLOW,
                    "FieldPath is too long: it has " + parts.size() + " parts, at most " + PARTS_MAX);
        }
        parts.forEach(DottedPath::checkName);
        return new DottedPath(text, parts);
    }

    /** Without its first part; there are others. */
    DottedPath inner() {
        return new DottedPath(text.substring(text.indexOf('.') + 1), parts.subList(1, parts.size()));
    }

    /** Refuses names that no path may have. */
    static void checkName(String name) {
        if (name.isEmpty()) {
            throw error(15998, "FieldPath field names may not be empty strings.");
        }
        if (name.startsWith("$") && !name.equals("$id") && !name.equals("$ref") && !name.equals("$db")) {
            throw error(16410, "FieldPath field names may not start with '$'. Consider using $getField or $setField.");
        }
        if (name.indexOf('\0') >= 0) {
            throw error(16411, "FieldPath field names may not contain '\0'.");
        }
        if (name.indexOf('.') >= 0) {
            throw error(16412, "FieldPath field names may not contain '.'. Consider using $getField or $setField.");
        }
    }

    private static CommandException error(int number, String message) {
        return new CommandException(ErrorCode.location(number), message);
    }

    /** The value at the path, an array of the values in each document where it meets an array, or null. */
    @Nullable
    Value in(Value start) {
        return at(start, 0);
    }

    private @Nullable Value at(@Nullable Value value, int depth) {
        if (value == null || depth == parts.size()) {
            return value;
        }
        if (value.isDocument()) {
            return at(value.asDoc().get(parts.get(depth)), depth + 1);
        }
        return value.isArray() ? inElements(value.asDoc(), depth) : null;
    }

    private Value inElements(Doc array, int depth) {
        DocBuilder out = new DocBuilder();
        int i = 0;
        for (Doc.Fields f = array.fields(); f.next(); ) {
            Value found = f.type() == Bson.DOCUMENT ? at(f.value(), depth) : null;
            if (found != null) {
                out.append(Integer.toString(i++), found);
            }
        }
        return Value.array(out.buildDoc());
    }
}
