package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.List;
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
                changed |= rewriteField(children.get(c), f, array, bytes, out);
                copied = f.valueEnd();
            }
        }
        out.appendField(bytes, copied, doc.offset() + doc.length() - 1);
        return left > 0 ? createMissing(node, doc, array, found, out) || changed : changed;
    }

    private boolean rewriteField(UpdateNode node, Doc.Fields f, boolean array, byte[] bytes, DocBuilder out) {
        int start = f.nameStart() - 1;
        Modifier modifier = node.modifier();
        boolean changed;
        if (modifier != null) {
            changed = rewriteLeaf(node, modifier, f, array, bytes, out);
        } else if (f.type() == Bson.DOCUMENT) {
            out.startDocument(node.name);
            changed = rewrite(node, Doc.view(bytes, f.valueStart()), false, out);
            out.end();
        } else if (f.type() == Bson.ARRAY) {
            out.startArray(node.name);
            changed = rewrite(node, Doc.view(bytes, f.valueStart()), true, out);
            out.end();
        } else {
            for (UpdateNode child : node.children()) {
                refuseBlocked(child, f.name(), f.value());
            }
            out.appendField(bytes, start, f.valueEnd());
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
            UpdateNode node, Modifier modifier, Doc.Fields f, boolean array, byte[] bytes, DocBuilder out) {
        if (modifier.onlyOnInsert() && !insert) {
            out.appendField(bytes, f.nameStart() - 1, f.valueEnd());
            return false;
        }
        Value current = f.value();
        Value next = modifier.apply(current, new Modifier.Place(before, node.path, context));
        if (next == null && array) {
            next = current.type() == Bson.NULL ? current : Value.NULL;
        }
        if (next == current) {
            out.appendField(bytes, f.nameStart() - 1, f.valueEnd());
            return false;
        }
        if (next != null) {
            out.append(node.name, next);
        }
        return true;
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
            return wanted ? modifier.apply(null, new Modifier.Place(before, node.path, context)) : null;
        }
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

    private void refuseBlocked(UpdateNode first, UpdateNode node, String element) {
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
