package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.IndexKeys;
import org.jspecify.annotations.Nullable;

/**
 * What an index is, read once from its spec.
 *
 * @param spec what {@code listIndexes} answers
 * @param refusesDuplicates whether new documents may not have a key that is there: unique, or about to become so
 * @param hidden whether no plan may use it
 */
public record IndexDefinition(
        Doc spec,
        String name,
        IndexKeys keys,
        boolean isId,
        boolean unique,
        boolean refusesDuplicates,
        boolean hidden) {
    static final String ID_NAME = "_id_";

    public static IndexDefinition of(Doc spec) {
        Value pattern = spec.get("key");
        Value name = spec.get("name");
        if (pattern == null || name == null) {
            throw new IllegalArgumentException("an index without a key or a name: " + spec);
        }
        boolean isId = name.asString().equals(ID_NAME);
        return new IndexDefinition(
                spec,
                name.asString(),
                IndexKeys.compile(pattern.asDoc(), spec),
                isId,
                isId || isTrue(spec.get("unique")),
                isId || isTrue(spec.get("unique")) || isTrue(spec.get("prepareUnique")),
                isTrue(spec.get("hidden")));
    }

    private static boolean isTrue(@Nullable Value option) {
        return option != null && option.isTruthy();
    }
}
