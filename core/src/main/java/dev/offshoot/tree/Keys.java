package dev.offshoot.tree;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The order of keys: unsigned bytes, lexicographic, a prefix before what it begins. */
final class Keys {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Keys() {}

    /** Compares the first eight bytes at once: record ids have no more, and most other keys differ there. */
    static int compare(byte[] one, byte[] other) {
        if (one.length >= Long.BYTES && other.length >= Long.BYTES) {
            long head = (long) LONGS.get(one, 0);
            long otherHead = (long) LONGS.get(other, 0);
            if (head != otherHead) {
                return Long.compareUnsigned(head, otherHead);
            }
        }
        return Arrays.compareUnsigned(one, other);
    }

    /** The place of a key among the first ones of an array, or the complement of the place it would take. */
    static int find(byte[][] keys, int length, byte[] key) {
        int low = 0;
        int high = length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = compare(keys[middle], key);
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
