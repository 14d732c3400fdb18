package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** What an update operator does to the value at the end of one path. Immutable. */
interface Modifier {
    /**
     * The value to store: {@code current} itself where nothing changes, null to remove it or to leave it absent.
     *
     * @param current null where the path does not exist
     */
    @Nullable
    Value apply(@Nullable Value current, Place place);

    /** Whether it makes its path where that does not exist yet. */
    default boolean creates() {
        return true;
    }

    /** Whether a path that cannot exist (through a scalar) is nothing to complain about. */
    default boolean toleratesBlockedPath() {
        return false;
    }

    /** Whether it applies to upserted documents only. */
    default boolean onlyOnInsert() {
        return false;
    }

    /**
     * Where a modifier is at work.
     *
     * @param before the document as it was before the statement
     * @param pattern the dotted path, with <code>$[]</code> or <code>$[id]</code> for a chosen element of an array
     * @param positions the positions of those elements
     */
    record Place(Doc before, String pattern, List<Integer> positions, UpdateContext context) {
        /** Dotted, without anything that chooses. */
        String path() {
            if (positions.isEmpty()) {
                return pattern;
            }
            StringJoiner path = new StringJoiner(".");
            int next = 0;
            for (String part : UpdatePath.split(pattern)) {
                boolean chosen = UpdatePath.isElementwise(part) && next < positions.size();
                path.add(chosen ? positions.get(next++).toString() : part);
            }
            return path.toString();
        }

        String fieldName() {
            String path = path();
            return path.substring(path.lastIndexOf('.') + 1);
        }
    }

    /** Makes a modifier from the argument that an operator has for a path, under a collation. */
    @FunctionalInterface
    interface Parser {
        Modifier parse(String path, Value argument, Collation collation);
    }
}
