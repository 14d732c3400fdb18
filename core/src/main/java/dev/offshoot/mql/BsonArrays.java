package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Arrays (and documents) taken apart and put together. */
final class BsonArrays {
    private BsonArrays() {}

    static List<Value> elements(Value array) {
        return elements(array.asDoc());
    }

    static List<Value> elements(Doc array) {
        List<Value> elements = new ArrayList<>();
        for (Doc.Fields f = array.fields(); f.next(); ) {
            elements.add(f.value());
        }
        return elements;
    }

    static Value of(List<Value> elements) {
        DocBuilder out = new DocBuilder();
        int i = 0;
        for (Value element : elements) {
            out.append(Integer.toString(i++), element);
        }
        return Value.array(out.buildDoc());
    }

    /** The array with more elements at its end; what it has is copied in one piece. */
    static Value append(Value array, List<Value> more) {
        Doc before = array.asDoc();
        DocBuilder out = new DocBuilder(before.length() + 32 * more.size()).appendAll(before);
        int i = before.count();
        for (Value element : more) {
            out.append(Integer.toString(i++), element);
        }
        return Value.array(out.buildDoc());
    }

    /** A document of fields in the map's order. */
    static Doc document(Map<String, Value> fields) {
        DocBuilder out = new DocBuilder();
        fields.forEach(out::append);
        return out.buildDoc();
    }
}
