package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.store.CorruptionException;

/** Fields of documents that this package wrote itself. */
final class Fields {
    private Fields() {}

    /** @throws CorruptionException when it is not there */
    static Value need(Doc doc, String name) {
        Value value = doc.get(name);
        if (value == null) {
            throw new CorruptionException("a part of a checkpoint: expected the field '" + name + "', found " + doc);
        }
        return value;
    }
}
