package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A conjunction of conditions on fields, tested in one walk over a document's bytes: each name is looked up among the wanted
 * ones, eight bytes at a time, its conditions run at once, and the walk ends at the first that fails or when all have been
 * seen. Conditions on {@code a.b} hang below {@code a}. Where {@code a} is an array the walk leaves the trie and follows each
 * path by itself ({@link FieldPath}): different elements may satisfy different conditions.
 */
final class FieldTrie extends Matcher {
    /** A set of fields is a word of 64 bits. */
    static final int FIELDS_MAX = 64;

    private final Entry[] entries;
    private final Known[] names;
    private final long initials;
    private final long all;
    private final long failMissing;
    private final int depth;
    private final Condition[] conditions;

    /** A leaf, or its negation. */
    static final class Condition {
        private final FieldPath path;
        private final ElementTest test;
        private final boolean elements;
        private final boolean negated;

        Condition(Clause.Leaf leaf, boolean negated) {
            this.path = FieldPath.of(leaf.path());
            this.test = leaf.test();
            this.elements = leaf.elements();
            this.negated = negated;
        }

        boolean holdsAtEnd(int type, byte[] bytes, int value) {
            return FieldPath.anyAtEnd(type, bytes, value, test, elements) != negated;
        }

        boolean holdsInArray(byte[] bytes, int array, int part) {
            return path.anyInArray(bytes, array, part, test, elements) != negated;
        }

        boolean holdsMissing() {
            return test.test(ElementTest.MISSING, new byte[0], 0) != negated;
        }
    }

    /** What is wanted of one field: conditions that end here, and those that go on below. */
    private record Entry(Condition[] here, FieldTrie[] below) {
        boolean holds(int type, byte[] bytes, int value) {
            for (Condition condition : here) {
                if (!condition.holdsAtEnd(type, bytes, value)) {
                    return false;
                }
            }
            for (FieldTrie trie : below) {
                if (!trie.holdsBelow(type, bytes, value)) {
                    return false;
                }
            }
            return true;
        }

        boolean holdsMissing() {
            return Arrays.stream(here).allMatch(Condition::holdsMissing)
                    && Arrays.stream(below).allMatch(trie -> trie.failMissing == 0);
        }
    }

    private FieldTrie(List<Condition> conditions, int depth) {
        Map<String, List<Condition>> fields = new LinkedHashMap<>();
        for (Condition condition : conditions) {
            fields.computeIfAbsent(key(condition.path, depth), k -> new ArrayList<>())
                    .add(condition);
        }
        int n = fields.size();
        this.conditions = conditions.toArray(Condition[]::new);
        this.depth = depth;
        entries = new Entry[n];
        names = new Known[n];
        all = n == FIELDS_MAX ? -1L : (1L << n) - 1;
        long failing = 0;
        long first = 0;
        int i = 0;
        for (List<Condition> field : fields.values()) {
            entries[i] = entry(field, depth);
            byte[] name = field.get(0).path.part(depth);
            names[i] = new Known(Arrays.copyOf(name, name.length + 1));
            first |= 1L << names[i].first();
            failing |= entries[i].holdsMissing() ? 0 : 1L << i;
            i++;
        }
        failMissing = failing;
        initials = first;
    }

    static FieldTrie of(List<Condition> conditions) {
        return new FieldTrie(conditions, 0);
    }

    private static String key(FieldPath path, int depth) {
        return Arrays.toString(path.part(depth));
    }

    private static Entry entry(List<Condition> field, int depth) {
        List<Condition> here = new ArrayList<>();
        List<Condition> further = new ArrayList<>();
        for (Condition condition : field) {
            (condition.path.length() == depth + 1 ? here : further).add(condition);
        }
        FieldTrie[] below = further.isEmpty() ? new FieldTrie[0] : new FieldTrie[] {new FieldTrie(further, depth + 1)};
        return new Entry(here.toArray(Condition[]::new), below);
    }

    @Override
    boolean matches(byte[] bytes, int offset) {
        int end = offset + Bson.int32(bytes, offset) - 1;
        int at = offset + 4;
        long left = all;
        while (at < end) {
            int type = bytes[at] & 0xFF;
            int hit = find(bytes, at + 1);
            int value;
            if (hit < 0) {
                value = Bson.nul(bytes, at + 1) + 1;
            } else {
                value = at + names[hit].length() + 1;
                long bit = 1L << hit;
                if ((left & bit) != 0) {
                    if (!entries[hit].holds(type, bytes, value)) {
                        return false;
                    }
                    left ^= bit;
                    if (left == 0) {
                        return true;
                    }
                }
            }
            at = value + Bson.sizeOf(type, bytes, value);
        }
        return (left & failMissing) == 0;
    }

    /** As the rest of a path, in whatever the path so far has led to. */
    private boolean holdsBelow(int type, byte[] bytes, int value) {
        if (type == Bson.DOCUMENT) {
            return matches(bytes, value);
        }
        if (type != Bson.ARRAY) {
            return failMissing == 0;
        }
        for (Condition condition : conditions) {
            if (!condition.holdsInArray(bytes, value, depth)) {
                return false;
            }
        }
        return true;
    }

    /** Which of the wanted fields has the name at {@code at}, or -1. */
    private int find(byte[] bytes, int at) {
        if ((initials & (1L << bytes[at])) == 0) {
            return -1; // none begins like this one: most fields of most documents
        }
        for (int i = 0; i < names.length; i++) {
            if (names[i].isAt(bytes, at)) {
                return i;
            }
        }
        return -1;
    }
}
