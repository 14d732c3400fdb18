package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import org.jspecify.annotations.Nullable;

/**
 * How the strings of a filter meet those of an index.
 *
 * @param asked the collation of the filter
 * @param indexed that of the index, whose entries are its keys
 */
record KeyStrings(Collation asked, Collation indexed) {
    /** Both compare strings by their bytes. */
    static final KeyStrings SIMPLE = new KeyStrings(Collation.SIMPLE, Collation.SIMPLE);

    /** What an operand is in the index; null where the index compares it otherwise than the filter does. */
    @Nullable
    Value operand(Value operand) {
        if (!asked.concerns(operand.type()) && !indexed.concerns(operand.type())) {
            return operand;
        }
        return asked.equals(indexed) ? asked.key(operand) : null;
    }

    /** The same for each element of an array that is not an operand itself. */
    @Nullable
    Value operands(Value array) {
        if (asked.isSimple() && indexed.isSimple()) {
            return array;
        }
        Value[] keys = new Value[array.asDoc().count()];
        int n = 0;
        for (Doc.Field element : array.asDoc()) {
            Value key = operand(element.value());
            if (key == null) {
                return null;
            }
            keys[n++] = key;
        }
        return BsonArrays.of(java.util.List.of(keys));
    }

    /** Whether texts of the index can be compared with the letters of a pattern. */
    boolean hasLetters() {
        return indexed.isSimple();
    }
}
