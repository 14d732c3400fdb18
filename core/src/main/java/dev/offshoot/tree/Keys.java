package dev.offshoot.tree;

import java.util.Arrays;

/** The order of keys: unsigned bytes, lexicographic, a prefix before what it begins. */
final class Keys {
    private Keys() {}

    static int compare(byte[] one, byte[] other) {
        return Arrays.compareUnsigned(one, other);
    }

    /** The place of a key among the first ones of an array, or the complement of the place it would take. */
    static int find(byte[][] keys, int length, byte[] key) {
        int low = 0;
        int high = length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = Arrays.compareUnsigned(keys[middle], key);
            if (order < 0) {
                low = middle + 1;
            } else if (order > 0) {
                high = middle - 1;
            } else {
                return middle;
            }
        }
        return ~low;
    }

    /** The first place whose key is not below the given one. */
    static int lowerBound(byte[][] keys, int length, byte[] key) {
        int i = find(keys, length, key);
        return i < 0 ? ~i : i;
    }
}
