package dev.offshoot.mql;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of the paths that an update changes: all paths of a statement form one tree. A leaf has a modifier, any other node
 * has children. The children are in the order in which MongoDB (5.0 and later) creates missing fields: numbers by their
 * value, other names by their bytes. Changed while it is compiled, immutable afterwards.
 */
final class UpdateNode {
    private static final Comparator<UpdateNode> CREATION_ORDER = (a, b) ->
            a.index >= 0 && b.index >= 0 ? Integer.compare(a.index, b.index) : Arrays.compareUnsigned(a.utf8, b.utf8);

    final String name;
    final String path;
    /** The array index that the name can mean, or -1. */
    final int index;

    private final byte[] utf8;
    private final List<UpdateNode> children = new ArrayList<>();
    private @Nullable Modifier modifier;

    private UpdateNode(String name, String path) {
        this.name = name;
        this.path = path;
        this.index = UpdatePath.index(name);
        this.utf8 = name.getBytes(StandardCharsets.UTF_8);
    }

    static UpdateNode root() {
        return new UpdateNode("", "");
    }

    @Nullable
    Modifier modifier() {
        return modifier;
    }

    List<UpdateNode> children() {
        return children;
    }

    /** Adds a path; the path at which it meets another one, or null where it meets none. */
    @Nullable
    String add(List<String> parts, Modifier leaf) {
        UpdateNode node = this;
        for (String part : parts) {
            if (node.modifier != null) {
                return node.path;
            }
            node = node.childNamed(part);
        }
        if (node.modifier != null || !node.children.isEmpty()) {
            return node.path;
        }
        node.modifier = leaf;
        return null;
    }

    private UpdateNode childNamed(String part) {
        for (UpdateNode child : children) {
            if (child.name.equals(part)) {
                return child;
            }
        }
        UpdateNode child = new UpdateNode(part, path.isEmpty() ? part : path + "." + part);
        children.add(child);
        return child;
    }

    /** Orders all children for creation. */
    void sort() {
        children.sort(CREATION_ORDER);
        children.forEach(UpdateNode::sort);
    }

    /** The number of the child with this name, or -1. */
    int child(byte[] bytes, int start, int length) {
        for (int i = 0; i < children.size(); i++) {
            byte[] wanted = children.get(i).utf8;
            if (wanted.length == length && Arrays.equals(bytes, start, start + length, wanted, 0, length)) {
                return i;
            }
        }
        return -1;
    }

    /** The number of the child for this array element, or -1. */
    int child(int element) {
        for (int i = 0; i < children.size(); i++) {
            if (children.get(i).index == element) {
                return i;
            }
        }
        return -1;
    }

    /** A path below this node that ends in a modifier: the node itself where it is a leaf. */
    UpdateNode anyLeaf() {
        return modifier != null ? this : children.get(0).anyLeaf();
    }
}
