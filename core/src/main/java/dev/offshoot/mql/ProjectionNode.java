package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One name in the tree of a projection's paths. A leaf is included, excluded, sliced or computed; any other node has
 * children. Applied in two passes, as in MongoDB: first fields are dropped, then computed ones are set, existing ones in
 * place and new ones at the end. Changed while it is compiled, immutable afterwards.
 */
final class ProjectionNode {
    /** What becomes of the field at the end of a path. */
    sealed interface Action {}

    enum Keep implements Action {
        INCLUDE,
        EXCLUDE
    }

    record Compute(Expression expression) implements Action {}

    record Slice(int skip, int limit) implements Action {}

    private final byte[] utf8;
    private final String name;
    private final List<ProjectionNode> children = new ArrayList<>();
    private @Nullable Action action;
    private boolean computes;

    private ProjectionNode(String name) {
        this.name = name;
        this.utf8 = name.getBytes(StandardCharsets.UTF_8);
    }

    static ProjectionNode root() {
        return new ProjectionNode("");
    }

    boolean isEmpty() {
        return children.isEmpty();
    }

    boolean computes() {
        return computes;
    }

    /** Whether all it does is to keep or to drop. */
    boolean isPlain() {
        for (ProjectionNode child : children) {
            if ((child.action != null && !(child.action instanceof Keep)) || !child.isPlain()) {
                return false;
            }
        }
        return true;
    }

    /** Collects the paths that stay. */
    void collectPaths(String prefix, List<String> paths) {
        for (ProjectionNode child : children) {
            if (child.action == Keep.INCLUDE) {
                paths.add(prefix + child.name);
            } else {
                child.collectPaths(prefix + child.name + ".", paths);
            }
        }
    }

    @Nullable
    ProjectionNode childNamed(String wanted) {
        for (ProjectionNode child : children) {
            if (child.name.equals(wanted)) {
                return child;
            }
        }
        return null;
    }

    void remove(String unwanted) {
        children.removeIf(child -> child.name.equals(unwanted));
    }

    /** Adds what happens at a path; paths must not meet. */
    void add(List<String> parts, Action leaf) {
        computes |= leaf instanceof Compute;
        ProjectionNode child = childNamed(parts.get(0));
        if (parts.size() == 1) {
            if (child != null) {
                throw error(31250, "Path collision at " + parts.get(0));
            }
            child = new ProjectionNode(parts.get(0));
            child.action = leaf;
            children.add(child);
            return;
        }
        List<String> tail = parts.subList(1, parts.size());
        if (child == null) {
            child = new ProjectionNode(parts.get(0));
            children.add(child);
        } else if (child.action != null) {
            throw error(
                    31249,
                    "Path collision at " + String.join(".", parts) + " remaining portion " + String.join(".", tail));
        }
        child.add(tail, leaf);
    }

    /** Adds a computed field of an {@code $addFields} stage. */
    void addComputed(List<String> path, Expression expression) {
        try {
            add(path, new Compute(expression));
        } catch (CommandException e) {
            String text = String.join(".", path);
            throw new CommandException(
                    ErrorCode.location(40176), "specification contains two conflicting paths. Found: '" + text + "'");
        }
    }

    private static CommandException error(int number, String message) {
        return new CommandException(ErrorCode.location(number), message);
    }

    /** The document with only the fields of the tree, or (excluding) with all others. */
    void keep(Doc doc, boolean including, DocBuilder out) {
        byte[] bytes = doc.bytes();
        int copied = doc.offset() + 4;
        for (Doc.Fields f = doc.fields(); f.next(); ) {
            int start = f.nameStart() - 1;
            ProjectionNode child = child(bytes, f);
            boolean whole = child == null ? !including : child.action == Keep.INCLUDE;
            if (whole) {
                continue;
            }
            out.appendField(bytes, copied, start);
            copied = f.valueEnd();
            if (child != null) {
                child.keepField(f, bytes, including, out);
            }
        }
        out.appendField(bytes, copied, doc.offset() + doc.length() - 1);
    }

    private void keepField(Doc.Fields f, byte[] bytes, boolean including, DocBuilder out) {
        if (action instanceof Slice slice) {
            Value value = f.value();
            out.append(name, value.isArray() ? sliced(value.asDoc(), slice) : value);
        } else if (action == null && f.type() == Bson.DOCUMENT) {
            out.startDocument(name);
            keep(Doc.view(bytes, f.valueStart()), including, out);
            out.end();
        } else if (action == null && f.type() == Bson.ARRAY) {
            out.startArray(name);
            keepElements(Doc.view(bytes, f.valueStart()), including, out);
            out.end();
        } else if (!including && (action == null || action instanceof Compute)) {
            out.appendField(bytes, f.nameStart() - 1, f.valueEnd());
        }
    }

    private void keepElements(Doc array, boolean including, DocBuilder out) {
        for (Doc.Fields f = array.fields(); f.next(); ) {
            if (f.type() == Bson.DOCUMENT) {
                out.addDocument();
                keep(Doc.view(array.bytes(), f.valueStart()), including, out);
                out.end();
            } else if (f.type() == Bson.ARRAY) {
                out.addArray();
                keepElements(Doc.view(array.bytes(), f.valueStart()), including, out);
                out.end();
            } else if (!including || computes) { // computed fields come in its place
                out.add(f.value());
            }
        }
    }

    private static Value sliced(Doc array, Slice slice) {
        int size = array.count();
        int from = slice.skip < 0 ? Math.max(0, size + slice.skip) : Math.min(size, slice.skip);
        int to = (int) Math.min(size, (long) from + slice.limit);
        return BsonArrays.of(BsonArrays.elements(array).subList(from, to));
    }

    private @Nullable ProjectionNode child(byte[] bytes, Doc.Fields f) {
        int length = f.nameLength();
        int start = f.nameStart();
        for (ProjectionNode child : children) {
            if (child.utf8.length == length && Arrays.equals(bytes, start, start + length, child.utf8, 0, length)) {
                return child;
            }
        }
        return null;
    }

    /** The document with the computed fields set. */
    Doc compute(Doc doc, Scope scope) {
        DocBuilder out = new DocBuilder(doc.length() + 64);
        boolean[] done = new boolean[children.size()];
        byte[] bytes = doc.bytes();
        for (Doc.Fields f = doc.fields(); f.next(); ) {
            ProjectionNode child = child(bytes, f);
            if (child == null || !child.isComputed()) {
                out.appendField(bytes, f.nameStart() - 1, f.valueEnd());
                continue;
            }
            done[children.indexOf(child)] = true;
            child.set(f.value(), scope, out);
        }
        for (int i = 0; i < done.length; i++) {
            if (!done[i] && children.get(i).isComputed()) {
                children.get(i).set(null, scope, out);
            }
        }
        return out.buildDoc();
    }

    private boolean isComputed() {
        return action instanceof Compute || computes;
    }

    private void set(@Nullable Value before, Scope scope, DocBuilder out) {
        Value value = action instanceof Compute compute ? compute.expression.evaluate(scope) : computeIn(before, scope);
        if (value != null) {
            out.append(name, value);
        }
    }

    /** Computed fields below a document, below each element of an array, or in place of anything else. */
    private Value computeIn(@Nullable Value before, Scope scope) {
        if (before != null && before.isArray()) {
            List<Value> elements = BsonArrays.elements(before);
            elements.replaceAll(element -> computeIn(element, scope));
            return BsonArrays.of(elements);
        }
        Doc start = before != null && before.isDocument() ? before.asDoc() : Doc.EMPTY;
        return Value.document(compute(start, scope));
    }
}
