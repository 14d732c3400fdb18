package dev.offshoot.merge;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One difference between two versions of a document. Immutable.
 *
 * @param path where. A {@link DocPath.Position} counts in the version before, except as the last step of what was added: that counts in
 *     the version after
 * @param before the value before; null where it was added or only moved
 * @param after the value after; null where it was removed or only moved
 * @param position where it is in the version after among all fields or elements of the document or array that holds it, from 0; -1 of what
 *     was removed or stays in its place
 */
public record FieldChange(
        DocPath path,
        Kind kind,
        @Nullable Value before,
        @Nullable Value after,
        int position) {
    /** What became of a field or an element. */
    public enum Kind {
        ADDED,
        REMOVED,
        CHANGED,
        /** It has another place among the others. Whether its value changed too is told by changes of their own. */
        MOVED;

        /** As in documents and on the command line: {@code added}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public FieldChange {
        boolean right = switch (kind) {
            case ADDED -> before == null && after != null && position >= 0;
            case REMOVED -> before != null && after == null && position == -1;
            case CHANGED -> before != null && after != null && position == -1;
            case MOVED -> before == null && after == null && position >= 0;
        };
        if (!right || (path.isRoot() && kind != Kind.CHANGED)) {
            throw new IllegalArgumentException(
                    kind.word() + " at '" + path + "' from " + before + " to " + after + ", position " + position);
        }
    }

    static FieldChange added(DocPath path, Value after, int position) {
        return new FieldChange(path, Kind.ADDED, null, after, position);
    }

    static FieldChange removed(DocPath path, Value before) {
        return new FieldChange(path, Kind.REMOVED, before, null, -1);
    }

    static FieldChange changed(DocPath path, Value before, Value after) {
        return new FieldChange(path, Kind.CHANGED, before, after, -1);
    }

    static FieldChange moved(DocPath path, int position) {
        return new FieldChange(path, Kind.MOVED, null, null, position);
    }

    /**
     * The change as a document: {@code {path, op, before, after, position}}, without what it does not have, and with {@code at} behind
     * {@code path} where {@link DocPath#appendTo} needs it.
     */
    public Doc toDoc() {
        DocBuilder out = new DocBuilder();
        path.appendTo(out);
        out.append("op", kind.word());
        if (before != null) {
            out.append("before", before);
        }
        if (after != null) {
            out.append("after", after);
        }
        if (position >= 0) {
            out.append("position", position);
        }
        return out.buildDoc();
    }

    /**
     * Reads what {@link #toDoc} wrote.
     *
     * @throws CommandException where the document is not such a change
     */
    public static FieldChange of(Doc doc) {
        Value position = doc.get("position");
        if (position != null && position.type() != Bson.INT32) {
            throw bad(doc);
        }
        try {
            return new FieldChange(
                    DocPath.of(doc),
                    kind(doc),
                    doc.get("before"),
                    doc.get("after"),
                    position == null ? -1 : position.asInt32());
        } catch (IllegalArgumentException inconsistent) {
            throw bad(doc);
        }
    }

    private static Kind kind(Doc doc) {
        Value op = doc.get("op");
        return Arrays.stream(Kind.values())
                .filter(kind -> op != null && op.isString() && op.asString().equals(kind.word()))
                .findFirst()
                .orElseThrow(() -> bad(doc));
    }

    private static CommandException bad(Doc doc) {
        return new CommandException(
                ErrorCode.BAD_VALUE,
                "not a change of a field: " + doc
                        + "; it has 'path', 'op' (added, removed, changed or moved), and as 'op' asks for it"
                        + " 'before', 'after' and 'position' (an int32)");
    }
}
