package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.Paths;
import dev.offshoot.state.IndexSnapshot;

/** MongoDB's error for a value that a unique index has already. */
final class DuplicateKeys {
    private DuplicateKeys() {}

    /** @param namespace as the client knows it */
    static CommandException error(String namespace, IndexSnapshot index, byte[] document) {
        DocBuilder keyValue = new DocBuilder();
        StringBuilder shown = new StringBuilder("{");
        for (Doc.Field field : index.pattern()) {
            Value found = Paths.get(Doc.of(document), field.name());
            Value value = found == null ? Value.NULL : found;
            keyValue.append(field.name(), value);
            shown.append(shown.length() == 1 ? " " : ", ")
                    .append(field.name())
                    .append(": ")
                    .append(show(value));
        }
        Doc details = new DocBuilder()
                .append("keyPattern", index.pattern())
                .append("keyValue", keyValue.buildDoc())
                .buildDoc();
        return new CommandException(
                ErrorCode.DUPLICATE_KEY,
                "E11000 duplicate key error collection: " + namespace + " index: " + index.name() + " dup key: " + shown
                        + " }",
                details);
    }

    private static String show(Value value) {
        return value.type() == Bson.OBJECT_ID ? "ObjectId('" + value.asObjectId() + "')" : value.toString();
    }
}
