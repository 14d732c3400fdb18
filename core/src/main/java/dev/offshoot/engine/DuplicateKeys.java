package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.ShellText;
import dev.offshoot.state.IndexSnapshot;
import java.util.Iterator;

/** MongoDB's error for a value that a unique index has already. */
final class DuplicateKeys {
    private DuplicateKeys() {}

    /**
     * @param namespace as the client knows it
     * @param key the entry that is there already
     */
    static CommandException error(String namespace, IndexSnapshot index, byte[] document, byte[] key) {
        DocBuilder pairs = new DocBuilder();
        Iterator<Value> values = index.keys().values(Doc.of(document), key).iterator();
        for (Doc.Field field : index.pattern()) {
            pairs.append(field.name(), values.hasNext() ? values.next() : Value.NULL);
        }
        Doc keyValue = pairs.buildDoc();
        Doc details = new DocBuilder()
                .append("keyPattern", index.pattern())
                .append("keyValue", keyValue)
                .buildDoc();
        return new CommandException(
                ErrorCode.DUPLICATE_KEY,
                "E11000 duplicate key error collection: " + namespace + " index: " + index.name() + " dup key: "
                        + ShellText.of(keyValue),
                details);
    }
}
