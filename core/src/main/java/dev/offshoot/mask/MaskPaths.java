package dev.offshoot.mask;

import dev.offshoot.bson.Doc;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields that a mask hides, by the parts of their paths. Arrays are walked through and take no part. Not changed once parsed. */
final class MaskPaths {
    private final Map<String, MaskPaths> below = new HashMap<>();
    private @Nullable Replacement replacement;

    private MaskPaths() {}

    /**
     * Reads <code>{"path.to.field": REPLACEMENT, ...}</code>.
     *
     * @throws CommandException BadValue for what is no path, or for one within another
     */
    static MaskPaths parse(Doc fields) {
        MaskPaths root = new MaskPaths();
        for (Doc.Field field : fields) {
            root.put(field.name(), Replacement.parse(field.name(), field.value()));
        }
        return root;
    }

    private void put(String path, Replacement by) {
        MaskPaths at = this;
        for (String part : parts(path)) {
            if (at.replacement != null) {
                throw collision(path);
            }
            at = at.below.computeIfAbsent(part, name -> new MaskPaths());
        }
        if (at.replacement != null || !at.below.isEmpty()) {
            throw collision(path);
        }
        at.replacement = by;
    }

    private static CommandException collision(String path) {
        return new CommandException(
                ErrorCode.BAD_VALUE,
                "the mask of '" + path + "' collides with that of a field within it or around it; mask one of them");
    }

    private static List<String> parts(String path) {
        List<String> parts = split(path);
        if (parts.get(0).equals("_id")) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "'" + path + "' cannot be masked: updates, cursors, diffs and merges tell documents by their _id."
                            + " Keep what is to be hidden in another field");
        }
        for (String part : parts) {
            if (part.isEmpty() || part.startsWith("$") || part.indexOf('\0') >= 0) {
                throw new CommandException(
                        ErrorCode.BAD_VALUE,
                        "'" + path + "' is no path of a field; a mask takes paths such as 'email' or 'address.street'");
            }
        }
        return parts;
    }

    static List<String> split(String path) {
        return List.of(path.split("\\.", -1));
    }

    /** What is hidden of the field of this name; null for nothing. A name with dots in it counts as a path, too. */
    @Nullable
    MaskPaths at(String name) {
        MaskPaths found = below.get(name);
        if (found != null || name.indexOf('.') < 0) {
            return found;
        }
        MaskPaths at = this;
        for (String part : split(name)) {
            at = at.below.get(part);
            if (at == null || at.replacement != null) {
                return at;
            }
        }
        return at;
    }

    /** What stands in the place of the whole value; null where only fields within it are hidden. */
    @Nullable
    Replacement replacement() {
        return replacement;
    }

    /** The paths of all fields that are hidden, in parts. */
    List<List<String>> all() {
        List<List<String>> all = new ArrayList<>();
        collect(List.of(), all);
        return all;
    }

    private void collect(List<String> path, List<List<String>> all) {
        if (replacement != null) {
            all.add(path);
        }
        below.forEach((name, paths) -> {
            List<String> longer = new ArrayList<>(path);
            longer.add(name);
            paths.collect(longer, all);
        });
    }
}
