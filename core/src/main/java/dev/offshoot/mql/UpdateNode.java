package dev.offshoot.mql;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A part of the paths that an update changes: all paths of a statement form one tree. A leaf has a modifier, any other node
 * has children. The children are in the order in which MongoDB (5.0 and later) creates missing fields: numbers by their
 * value, other names by their bytes; where those contradict each other, in one that the order of the paths decides. Changed
 * while it is compiled, immutable afterwards.
 */
final class UpdateNode {
    private static final Comparator<UpdateNode> CREATION_ORDER = (a, b) ->
            a.index >= 0 && b.index >= 0 ? Integer.compare(a.index, b.index) : Arrays.compareUnsigned(a.utf8, b.utf8);

    /** How many children are looked through one by one. */
    private static final int FEW = 8;

    final String name;
    final String path;
    /** The array index that the name can mean, or -1. */
    final int index;
    /** Which elements of an array the node is about; null for one that is about a field or a single element. */
    final @Nullable ElementFilter elements;

    private final byte[] utf8;
    private final List<UpdateNode> children = new ArrayList<>();

    /** Where in {@link #children} a name is; null while there are few. */
    private @Nullable Map<String, Integer> places;

    private @Nullable Modifier modifier;

    private UpdateNode(String name, String path, @Nullable ElementFilter elements) {
        this.name = name;
        this.path = path;
        this.elements = elements;
        this.index = UpdatePath.index(name);
        this.utf8 = name.getBytes(StandardCharsets.UTF_8);
    }

    static UpdateNode root() {
        return new UpdateNode("", "", null);
    }

    @Nullable
    Modifier modifier() {
        return modifier;
    }

    List<UpdateNode> children() {
        return children;
    }

    /** Whether it is an array whose elements are chosen by filters: then all its children have {@link #elements}. */
    boolean isElementwise() {
        return !children.isEmpty() && children.get(0).elements != null;
    }

    /**
     * Adds a path; the path at which it meets another one, or null where it meets none.
     *
     * @param elements for each part which elements of an array it is about, or null
     */
    @Nullable
    String add(List<String> parts, List<@Nullable ElementFilter> elements, Modifier leaf) {
        UpdateNode node = this;
        for (int i = 0; i < parts.size(); i++) {
            boolean last = i == parts.size() - 1;
            UpdateNode child = node.childNamed(parts.get(i));
            if (child == null) {
                child = new UpdateNode(parts.get(i), join(node.path, parts.get(i)), elements.get(i));
                node.append(child);
            } else if (last || child.modifier != null || child.isElementwise() != (elements.get(i + 1) != null)) {
                return child.path;
            }
            node = child;
        }
        node.modifier = leaf;
        return null;
    }

    private @Nullable UpdateNode childNamed(String part) {
        int place = place(part);
        return place < 0 ? null : children.get(place);
    }

    private int place(String part) {
        if (places != null) {
            return places.getOrDefault(part, -1);
        }
        for (int i = 0; i < children.size(); i++) {
            if (children.get(i).name.equals(part)) {
                return i;
            }
        }
        return -1;
    }

    private void append(UpdateNode child) {
        children.add(child);
        if (places != null) {
            places.put(child.name, children.size() - 1);
        } else if (children.size() > FEW) {
            findPlaces();
        }
    }

    private void findPlaces() {
        places = null;
        if (children.size() > FEW) {
            Map<String, Integer> found = new HashMap<>(2 * children.size());
            for (UpdateNode child : children) {
                found.put(child.name, found.size());
            }
            places = found;
        }
    }

    private void order() {
        if (children.size() > FEW) {
            Set<UpdateNode> ordered = new TreeSet<>(CREATION_ORDER); // a sort would refuse 9 < 10 < 1a < 9
            ordered.addAll(children);
            children.clear();
            children.addAll(ordered);
        } else {
            children.sort(CREATION_ORDER);
        }
        findPlaces();
    }

    private static String join(String parent, String name) {
        return parent.isEmpty() ? name : parent + "." + name;
    }

    /** The tree of this root where {@code $} is the position of an array's element. */
    UpdateNode at(int position) {
        return copy("", "", Integer.toString(position));
    }

    private UpdateNode copy(String newName, String newPath, String position) {
        UpdateNode copy = new UpdateNode(newName, newPath, elements);
        copy.modifier = modifier;
        for (UpdateNode child : children) {
            String childName = child.name.equals("$") ? position : child.name;
            copy.adopt(child.copy(childName, join(newPath, childName), position));
        }
        copy.order();
        return copy;
    }

    private void adopt(UpdateNode child) {
        int place = place(child.name);
        if (place < 0) {
            append(child);
        } else {
            children.set(place, merged(children.get(place), child, child.path));
        }
    }

    /**
     * One node that does what two do.
     *
     * @param at where, for the error of a conflict
     */
    static UpdateNode merged(UpdateNode a, UpdateNode b, String at) {
        if (a.modifier != null || b.modifier != null || a.isElementwise() != b.isElementwise()) {
            throw new CommandException(
                    ErrorCode.CONFLICTING_UPDATE_OPERATORS, "Update created a conflict at '" + at + "'");
        }
        UpdateNode both = new UpdateNode(a.name, a.path, a.elements);
        a.children.forEach(both::append);
        for (UpdateNode child : b.children) {
            int place = both.place(child.name);
            if (place < 0) {
                both.append(child);
            } else {
                both.children.set(place, merged(both.children.get(place), child, join(at, child.name)));
            }
        }
        both.order();
        return both;
    }

    /** Orders all children for creation. */
    void sort() {
        order();
        children.forEach(UpdateNode::sort);
    }

    /** The number of the child with this name, or -1. */
    int child(byte[] bytes, int start, int length) {
        if (places != null) {
            int place = place(new String(bytes, start, length, StandardCharsets.UTF_8));
            return place >= 0 && children.get(place).isNamed(bytes, start, length) ? place : -1;
        }
        for (int i = 0; i < children.size(); i++) {
            if (children.get(i).isNamed(bytes, start, length)) {
                return i;
            }
        }
        return -1;
    }

    private boolean isNamed(byte[] bytes, int start, int length) {
        return utf8.length == length && Arrays.equals(bytes, start, start + length, utf8, 0, length);
    }

    /** The number of the child for this array element, or -1. */
    int child(int element) {
        if (places != null) {
            return place(Integer.toString(element));
        }
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
