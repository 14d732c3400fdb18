package dev.offshoot.mql;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** At which parts of an index's paths some document had an array: where one document may have several entries. Immutable. */
public final class ArrayPaths {
    /** No arrays anywhere. */
    public static final ArrayPaths NONE = new ArrayPaths(new long[0]);

    /** For each field of the index a bit for each part of its path. */
    private final long[] parts;

    private ArrayPaths(long[] parts) {
        this.parts = parts;
    }

    /** The paths that {@link #toArray} gave, or an index found. The array is not copied. */
    public static ArrayPaths of(long[] parts) {
        for (long field : parts) {
            if (field != 0) {
                return new ArrayPaths(parts);
            }
        }
        return NONE;
    }

    /** For each field of the index a bit for each part of its path. */
    public long[] toArray() {
        return parts.clone();
    }

    /** Whether there are any. */
    public boolean isAny() {
        return parts.length > 0;
    }

    /** Whether there is one anywhere along the path of a field. */
    public boolean isAny(int field) {
        return field < parts.length && parts[field] != 0;
    }

    /** Whether there is one at a part of the path of a field. Parts behind the 63rd are as the 63rd. */
    public boolean isAt(int field, int part) {
        return field < parts.length && (parts[field] >>> Math.min(part, 63) & 1) != 0;
    }

    /** Those of both; this instance where the other has no more. */
    public ArrayPaths union(ArrayPaths other) {
        if (!other.isAny()) {
            return this;
        }
        long[] both = Arrays.copyOf(parts, Math.max(parts.length, other.parts.length));
        boolean more = false;
        for (int i = 0; i < other.parts.length; i++) {
            more |= (both[i] | other.parts[i]) != both[i];
            both[i] |= other.parts[i];
        }
        return more ? new ArrayPaths(both) : this;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ArrayPaths that && Arrays.equals(parts, that.parts);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(parts);
    }

    @Override
    public String toString() {
        return Arrays.toString(parts);
    }
}
