package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads and changes one field by a path that leads through documents only. */
final class FieldEdit {
    private FieldEdit() {}

    /** The value at the path, or null. */
    static @Nullable Value get(Doc doc, List<String> path) {
        Value at = Value.document(doc);
        for (String part : path) {
            Value next = at.isDocument() ? at.asDoc().get(part) : null;
            if (next == null) {
                return null;
            }
            at = next;
        }
        return at;
    }

    /** The document with the value at the path, in place or at the end; null removes it. */
    static Doc set(Doc doc, List<String> path, @Nullable Value value) {
        String name = path.get(0);
        Value current = doc.get(name);
        Value next = path.size() == 1 ? value : below(current, path.subList(1, path.size()), value);
        int replaced = (next == null ? 0 : next.length()) - (current == null ? 0 : current.length());
        DocBuilder out = new DocBuilder(doc.length() + replaced + name.length() + 64);
        boolean placed = false;
        for (Doc.Fields f = doc.fields(); f.next(); ) {
            if (placed || !f.name().equals(name)) {
                out.appendField(doc.bytes(), f.nameStart() - 1, f.valueEnd());
                continue;
            }
            placed = true;
            if (next != null) {
                out.append(name, next);
            }
        }
        if (!placed && next != null) {
            out.append(name, next);
        }
        return out.buildDoc();
    }

    private static Value below(@Nullable Value current, List<String> path, @Nullable Value value) {
        Doc inner = current != null && current.isDocument() ? current.asDoc() : Doc.EMPTY;
        return Value.document(set(inner, path, value));
    }
}
