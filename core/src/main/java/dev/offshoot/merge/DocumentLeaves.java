package dev.offshoot.merge;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The values of a document that hold no others that have paths of their own, by their paths, in order: not a document with fields, nor an
 * array whose elements are told apart by their {@code _id}, but what is in them.
 */
public final class DocumentLeaves {
    private DocumentLeaves() {}

    public static Map<DocPath, Value> of(Doc document) {
        Map<DocPath, Value> leaves = new LinkedHashMap<>();
        add(leaves, DocPath.ROOT, Value.document(document));
        return leaves;
    }

    private static void add(Map<DocPath, Value> leaves, DocPath path, Value value) {
        Members members = Members.of(value);
        if (members == null || members.steps().isEmpty()) {
            leaves.put(path, value);
            return;
        }
        for (DocPath.Step step : members.steps()) {
            Value member = members.get(step);
            if (member != null) {
                add(leaves, path.then(step), member);
            }
        }
    }
}
