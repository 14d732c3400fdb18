package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Applies a tree of modifiers to a document in one pass over its bytes. What no path names is copied as byte ranges; where a
 * path names a field, its modifier gives the new value. Missing fields are created at the end of their parent. Serves one
 * application.
 */
final class UpdateTree {
    /** How many nulls a new array element may put before itself, as in MongoDB. */
    private static final int PADDING_MAX = 1_500_000;

    private final Doc before;
    private final UpdateContext context;
    private final boolean insert;
    private final List<Integer> positions = new ArrayList<>();
    private final Map<List<UpdateNode>, UpdateNode> merged = new HashMap<>();

    private UpdateTree(Doc before, UpdateContext context, boolean insert) {
        this.before = before;
        this.context = context;
        this.insert = insert;
    }

    /** The changed document, or the same instance where nothing changes. */
    static Doc apply(UpdateNode root, Doc before, UpdateContext context, boolean insert) {
        DocBuilder out = new DocBuilder(before.length() + 128);
        boolean changed = new UpdateTree(before, context, insert).rewrite(root, before, false, out);
        return changed ? out.buildDoc() : before;
    }

    /** Writes the fields of a document or array; true where something changed. */
    private boolean rewrite(UpdateNode node, Doc doc, boolean array, DocBuilder out) {
        List<UpdateNode> children = node.children();
        boolean[] found = new boolean[children.size()];
        int left = found.length;
        byte[] bytes = doc.bytes();
        int copied = doc.offset() + 4;
        boolean changed = false;
        int element = 0;
        for (Doc.Fields f = doc.fields(); left > 0 && f.next(); element++) {
            int c = array ? node.child(element) : node.child(bytes, f.nameStart(), f.nameLength());
            if (c >= 0 && !found[c]) {
                found[c] = true;
                left--;
                out.appendField(bytes, copied, f.nameStart() - 1);
                UpdateNode child = children.get(c);
                changed |= rewriteField(child, child.name, f, array, out);
                copied = f.valueEnd();
            }
        }
        out.appendField(bytes, copied, doc.offset() + doc.length() - 1);
        return left > 0 ? createMissing(node, doc, array, found, out) || changed : changed;
    }

    private boolean rewriteField(UpdateNode node, String name, Doc.Fields f, boolean array, DocBuilder out) {
        byte[] bytes = f.bytes();
        Modifier modifier = node.modifier();
        boolean changed;
        if (modifier != null) {
            changed = rewriteLeaf(node, name, modifier, f, array, out);
        } else if (node.isElementwise()) {
            changed = rewriteElements(node, name, f, out);
        } else if (f.type() == Bson.DOCUMENT) {
            out.startDocument(name);
            changed = rewrite(node, Doc.view(bytes, f.valueStart()), false, out);
            out.end();
        } else if (f.type() == Bson.ARRAY) {
            out.startArray(name);
            changed = rewrite(node, Doc.view(bytes, f.valueStart()), true, out);
            out.end();
        } else {
            for (UpdateNode child : node.children()) {
                refuseBlocked(child, f.name(), f.value());
            }
            out.appendField(bytes, f.nameStart() - 1, f.valueEnd());
            return false;
        }
        if (changed && node.path.equals("_id")) {
            throw new CommandException(
                    ErrorCode.IMMUTABLE_FIELD,
                    "Performing an update on the path '" + node.anyLeaf().path
                            + "' would modify the immutable field '_id'");
        }
        return changed;
    }

    @SuppressWarnings("ReferenceEquality") // modifiers give the same instance for no change
    private boolean rewriteLeaf(
            UpdateNode node, String name, Modifier modifier, Doc.Fields f, boolean array, DocBuilder out) {
        if (modifier.onlyOnInsert() && !insert) {
            out.appendField(f.bytes(), f.nameStart() - 1, f.valueEnd());
            return false;
        }
        Value current = f.value();
        Value next = modifier.apply(current, place(node));
        if (next == null && array) {
            next = current.type() == Bson.NULL ? current : Value.NULL;
        }
        if (next == current) {
            out.appendField(f.bytes(), f.nameStart() - 1, f.valueEnd());
            return false;
        }
        if (next != null) {
            out.append(name, next);
        }
        return true;
    }

    private Modifier.Place place(UpdateNode node) {
        return new Modifier.Place(before, node.path, positions, context);
    }

    /** Updates those elements of an array that the node's children choose. */
    private boolean rewriteElements(UpdateNode node, String name, Doc.Fields f, DocBuilder out) {
        if (f.type() != Bson.ARRAY) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "Cannot apply array updates to non-array element " + ShellText.field(f.name(), f.value()));
        }
        boolean changed = false;
        out.startArray(name);
        int i = 0;
        for (Doc.Fields e = Doc.view(f.bytes(), f.valueStart()).fields(); e.next(); i++) {
            UpdateNode update = forElement(node, e.value(), i);
            if (update == null) {
                out.appendField(e.bytes(), e.nameStart() - 1, e.valueEnd());
            } else {
                positions.add(i);
                changed |= rewriteField(update, Integer.toString(i), e, true, out);
                positions.remove(positions.size() - 1);
            }
        }
        out.end();
        return changed;
    }

    /** What is to be done to an element: null for nothing, and one node where several children choose it. */
    private @Nullable UpdateNode forElement(UpdateNode node, Value element, int position) {
        List<UpdateNode> chosen = new ArrayList<>(1);
        for (UpdateNode child : node.children()) {
            if (child.elements != null && child.elements.matches(element)) {
                chosen.add(child);
            }
        }
        if (chosen.size() < 2) {
            return chosen.isEmpty() ? null : chosen.get(0);
        }
        return merged.computeIfAbsent(chosen, all -> mergedAt(all, node, position));
    }

    private UpdateNode mergedAt(List<UpdateNode> all, UpdateNode node, int position) {
        String at = place(node).path() + "." + position;
        UpdateNode both = all.get(0);
        for (UpdateNode other : all.subList(1, all.size())) {
            both = UpdateNode.merged(both, other, at);
        }
        return both;
    }

    private boolean createMissing(UpdateNode node, Doc doc, boolean array, boolean[] found, DocBuilder out) {
        boolean changed = false;
        int size = array ? doc.count() : 0;
        for (int i = 0; i < found.length; i++) {
            UpdateNode child = node.children().get(i);
            if (found[i]) {
                continue;
            }
            if (array && child.index < 0) {
                refuseBlocked(child, node.name, Value.array(doc));
                continue;
            }
            Value created = create(child);
            if (created != null) {
                size = array ? pad(size, child.index, out) : size;
                out.append(child.name, created);
                changed = true;
            }
        }
        return changed;
    }

    /** Nulls up to an index; the array's size with the element that follows. */
    private static int pad(int size, int index, DocBuilder out) {
        if (index - size > PADDING_MAX) {
            throw new CommandException(
                    ErrorCode.CANNOT_BACKFILL_ARRAY, "can't backfill more than " + PADDING_MAX + " elements");
        }
        for (int i = size; i < index; i++) {
            out.appendNull(Integer.toString(i));
        }
        return index + 1;
    }

    /** The value of a path that does not exist, or null where nothing wants it. */
    private @Nullable Value create(UpdateNode node) {
        Modifier modifier = node.modifier();
        if (modifier != null) {
            boolean wanted = modifier.creates() && (insert || !modifier.onlyOnInsert());
            return wanted ? modifier.apply(null, place(node)) : null;
        }
        refuseElementwise(node);
        DocBuilder out = new DocBuilder();
        boolean any = false;
        for (UpdateNode child : node.children()) {
            Value created = create(child);
            if (created != null) {
                out.append(child.name, created);
                any = true;
            }
        }
        return any ? Value.document(out.buildDoc()) : null;
    }

    /** Refuses paths that lead through a scalar, or by a name through an array. */
    private void refuseBlocked(UpdateNode node, String parent, Value blocker) {
        refuseBlocked(node, node, "{" + ShellText.field(parent, blocker) + "}");
    }

    /** Refuses to choose among the elements of an array that is not there. */
    private void refuseElementwise(UpdateNode node) {
        if (node.isElementwise()) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "The path '" + place(node).path()
                            + "' must exist in the document in order to apply array updates.");
        }
    }

    private void refuseBlocked(UpdateNode first, UpdateNode node, String element) {
        refuseElementwise(node);
        for (UpdateNode child : node.children()) {
            refuseBlocked(first, child, element);
        }
        Modifier modifier = node.modifier();
        if (modifier == null || modifier.toleratesBlockedPath() || (modifier.onlyOnInsert() && !insert)) {
            return;
        }
        if (!modifier.creates()) {
            throw new CommandException(
                    ErrorCode.PATH_NOT_VIABLE,
                    "Cannot use the part (" + first.name + ") of (" + node.path + ") to traverse the element "
                            + element);
        }
        if (create(node) != null) {
            throw new CommandException(
                    ErrorCode.PATH_NOT_VIABLE, "Cannot create field '" + first.name + "' in element " + element);
        }
    }
}
