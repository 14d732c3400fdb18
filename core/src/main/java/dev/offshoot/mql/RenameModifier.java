package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The target of a {@code $rename}: takes the value that the source path had before the statement. */
record RenameModifier(String source, List<String> sourceParts) implements Modifier {
    static RenameModifier parse(String from, Value argument) {
        if (!argument.isString()) {
            throw bad("The 'to' field for $rename must be a string: " + ShellText.field(from, argument));
        }
        String to = argument.asString();
        String text = ShellText.field(from, argument);
        if (to.indexOf('\0') >= 0) {
            throw bad("The 'to' field for $rename cannot contain an embedded null byte");
        }
        if (from.equals(to)) {
            throw bad("The source and target field for $rename must differ: " + text);
        }
        if (from.startsWith(to + ".") || to.startsWith(from + ".")) {
            throw bad("The source and target field for $rename must not be on the same path: " + text);
        }
        if (isDynamic(from)) {
            throw bad("The source field for $rename may not be dynamic: " + from);
        }
        if (isDynamic(to)) {
            throw bad("The destination field for $rename may not be dynamic: " + to);
        }
        return new RenameModifier(from, UpdatePath.split(from));
    }

    @Override
    public @Nullable Value apply(@Nullable Value current, Place place) {
        Value value = source(place.before());
        if (value == null) {
            return current;
        }
        checkTarget(place);
        boolean counts = place.path().equals("_id"); // which may not be a target, even of its own value
        return value.equals(current) && !counts ? current : value;
    }

    private @Nullable Value source(Doc before) {
        Value at = Value.document(before);
        String parent = "";
        for (String part : sourceParts) {
            if (at.isArray()) {
                throw bad("The source field cannot be an array element, '" + source + "' in doc with "
                        + ShellText.id(before) + " has an array field called '" + parent + "'");
            }
            if (!at.isDocument()) {
                throw new CommandException(
                        ErrorCode.PATH_NOT_VIABLE,
                        "cannot use the part (" + parent + " of " + source + ") to traverse the element ({"
                                + ShellText.field(parent, at) + "})");
            }
            Value next = at.asDoc().get(part);
            if (next == null) {
                return null;
            }
            at = next;
            parent = part;
        }
        return at;
    }

    private static void checkTarget(Place place) {
        Value at = Value.document(place.before());
        List<String> parts = UpdatePath.split(place.path());
        for (int i = 0; i < parts.size() - 1 && at != null && at.isDocument(); i++) {
            at = at.asDoc().get(parts.get(i));
            if (at != null && at.isArray()) {
                throw bad("The destination field cannot be an array element, '" + place.path() + "' in doc with "
                        + ShellText.id(place.before()) + " has an array field called '" + parts.get(i) + "'");
            }
        }
    }

    private static boolean isDynamic(String path) {
        return Arrays.stream(path.split("\\.", -1)).anyMatch(part -> part.equals("$") || part.startsWith("$["));
    }

    private static CommandException bad(String message) {
        return new CommandException(ErrorCode.BAD_VALUE, message);
    }
}
