package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import java.util.function.LongSupplier;

/**
 * A zero timestamp at the top of a document that is inserted, or that replaces another one, stands for the time of the write, as
 * in MongoDB; not as its {@code _id}.
 */
final class EmptyTimestamps {
    private static final byte[] ID = {'_', 'i', 'd'};

    private EmptyTimestamps() {}

    /** The document with times in place of zero timestamps: the same instance where it has none. */
    static Doc filled(Doc document, LongSupplier timestamps) {
        for (Doc.Fields f = document.fields(); f.next(); ) {
            if (isEmpty(f)) {
                return fill(document, timestamps);
            }
        }
        return document;
    }

    private static Doc fill(Doc document, LongSupplier timestamps) {
        DocBuilder out = new DocBuilder(document.length());
        for (Doc.Fields f = document.fields(); f.next(); ) {
            if (isEmpty(f)) {
                out.appendTimestamp(f.name(), timestamps.getAsLong());
            } else {
                out.appendField(document.bytes(), f.nameStart() - 1, f.valueEnd());
            }
        }
        return out.buildDoc();
    }

    private static boolean isEmpty(Doc.Fields f) {
        return f.type() == Bson.TIMESTAMP && f.value().asInt64() == 0 && !f.nameIs(ID);
    }
}
