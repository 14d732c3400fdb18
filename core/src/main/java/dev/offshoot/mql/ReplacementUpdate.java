package dev.offshoot.mql;

import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An update that replaces the whole document but for its {@code _id}. */
record ReplacementUpdate(Doc replacement) implements Update {
    static ReplacementUpdate compile(Doc replacement, boolean multi) {
        if (multi) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE, "multi update is not supported for replacement-style update");
        }
        DollarNames.check(replacement);
        return new ReplacementUpdate(replacement);
    }

    /** MongoDB compares the replacement as it was sent with the document, which has an {@code _id}. */
    @Override
    public boolean alwaysModifies() {
        return !replacement.has("_id");
    }

    @Override
    public Doc apply(Doc before, int position, UpdateContext context) {
        return replace(before, before.get("_id"), context.whole(replacement));
    }

    @Override
    public Doc upsert(List<Doc.Field> equalities, UpdateContext context) {
        Value id = null;
        for (Doc.Field equality : equalities) {
            String path = equality.name();
            if (path.startsWith("_id.")) {
                throw new CommandException(
                        ErrorCode.NOT_EXACT_VALUE_FIELD,
                        "field at '_id' must be exactly specified, field at sub-path '" + path + "'found");
            }
            if (path.equals("_id") && id != null) {
                throw new CommandException(
                        ErrorCode.NOT_SINGLE_VALUE_FIELD,
                        "cannot infer query fields to set, path '_id' is matched twice");
            }
            id = path.equals("_id") ? equality.value() : id;
        }
        return replace(Doc.EMPTY, id, context.whole(replacement));
    }

    /** The new content under the old {@code _id}; {@code before} itself where they are the same. */
    static Doc replace(Doc before, @Nullable Value id, Doc after) {
        Value given = after.get("_id");
        if (given != null && id != null && BsonOrder.compare(given, id) != 0) {
            throw new CommandException(
                    ErrorCode.IMMUTABLE_FIELD,
                    "After applying the update, the (immutable) field '_id' was found to have been altered to "
                            + ShellText.field("_id", given));
        }
        Doc result = given != null ? idFirst(after) : id == null ? after : withId(id, after);
        return result.equals(before) ? before : result;
    }

    private static Doc withId(Value id, Doc after) {
        return new DocBuilder(after.length() + id.length() + 8)
                .append("_id", id)
                .appendAll(after)
                .buildDoc();
    }

    /** The same fields with {@code _id}, where there is one, before all others. */
    static Doc idFirst(Doc doc) {
        Value id = doc.get("_id");
        if (id == null || doc.first().name().equals("_id")) {
            return doc;
        }
        DocBuilder out = new DocBuilder(doc.length()).append("_id", id);
        for (Doc.Fields f = doc.fields(); f.next(); ) {
            if (!f.name().equals("_id")) {
                out.appendField(doc.bytes(), f.nameStart() - 1, f.valueEnd());
            }
        }
        return out.buildDoc();
    }
}
