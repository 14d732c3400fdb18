package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;

/** An order of documents by keys that are taken out of each of them once. */
interface DocOrder {
    Value[] key(Doc document);

    /** Compares two keys. */
    int compare(Value[] a, Value[] b);
}
