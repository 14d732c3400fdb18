package dev.offshoot.mql;

import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Equality as {@code $jsonSchema} has it: that of MongoDB, but the order of a document's fields does not matter. */
final class SchemaEquality {
    private SchemaEquality() {}

    static boolean same(Value a, Value b) {
        if (a.isDocument() && b.isDocument()) {
            return sameFields(a.asDoc(), b.asDoc());
        }
        if (a.isArray() && b.isArray()) {
            return sameElements(a.asDoc(), b.asDoc());
        }
        return BsonOrder.compare(a, b) == 0;
    }

    /** The first element that is the same as one before it, or null. */
    static @Nullable Value firstDuplicate(Value array) {
        List<Value> elements = BsonArrays.elements(array);
        for (int i = 1; i < elements.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (same(elements.get(i), elements.get(j))) {
                    return elements.get(i);
                }
            }
        }
        return null;
    }

    private static boolean sameFields(Doc a, Doc b) {
        if (a.count() != b.count()) {
            return false;
        }
        for (Doc.Field field : a) {
            Value other = b.get(field.name());
            if (other == null || !same(field.value(), other)) {
                return false;
            }
        }
        return true;
    }

    private static boolean sameElements(Doc a, Doc b) {
        Iterator<Doc.Field> others = b.iterator();
        for (Doc.Field element : a) {
            if (!others.hasNext() || !same(element.value(), others.next().value())) {
                return false;
            }
        }
        return !others.hasNext();
    }
}
