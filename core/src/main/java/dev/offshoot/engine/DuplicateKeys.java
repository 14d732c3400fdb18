package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mask.DocumentMask;
import dev.offshoot.mql.Collation;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.ShellText;
import dev.offshoot.state.IndexSnapshot;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** MongoDB's error for a value that a unique index has already. */
final class DuplicateKeys {
    private DuplicateKeys() {}

    /**
     * @param namespace as the client knows it
     * @param key the entry that is there already
     * @param mask what is not to be told; null for nothing
     */
    static CommandException error(
            String namespace, IndexSnapshot index, byte[] document, byte[] key, @Nullable DocumentMask mask) {
        DocBuilder pairs = new DocBuilder();
        Iterator<Value> values = index.keys().values(Doc.of(document), key).iterator();
        Collation collation = index.keys().collation();
        for (Doc.Field field : index.pattern()) {
            Value value = values.hasNext() ? shown(values.next(), collation) : Value.NULL;
            pairs.append(field.name(), Masked.shown(mask, field.name(), value));
        }
        Doc keyValue = pairs.buildDoc();
        DocBuilder details =
                new DocBuilder().append("keyPattern", index.pattern()).append("keyValue", keyValue);
        if (!collation.isSimple()) {
            details.append("collation", collation.toDoc());
        }
        return new CommandException(
                ErrorCode.DUPLICATE_KEY,
                "E11000 duplicate key error collection: " + namespace + " index: " + index.name()
                        + (collation.isSimple() ? "" : " collation: " + ShellText.of(collation.toDoc())) + " dup key: "
                        + ShellText.of(keyValue),
                details.buildDoc());
    }

    /** Of a collated string an index knows no more than its sort key, which MongoDB shows in hexadecimal. */
    private static Value shown(Value value, Collation collation) {
        if (!value.isString() || !collation.concerns(value.type())) {
            return value;
        }
        return Value.of("0x" + Collation.hex(collation.key(value)));
    }
}
