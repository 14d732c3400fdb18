package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mask.DocumentMask;
import dev.offshoot.mql.IndexKeys;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an index is, read once from its spec.
 *
 * @param spec what {@code listIndexes} answers
 * @param refusesDuplicates whether new documents may not have a key that is there: unique, or about to become so
 * @param hidden whether no plan may use it, as somebody wanted
 * @param masked whether its keys tell what the branch's mask hides, so that nothing may be read from it
 */
public record IndexDefinition(
        Doc spec,
        String name,
        IndexKeys keys,
        boolean isId,
        boolean unique,
        boolean refusesDuplicates,
        boolean hidden,
        boolean masked) {
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
                isTrue(spec.get("hidden")),
                false);
    }

    /** Whether its keys, or which documents it holds, tell of values that a mask hides. */
    public boolean dependsOn(DocumentMask mask) {
        if (isId) {
            return false;
        }
        List<String> paths = new ArrayList<>(keys.paths());
        Value weights = spec.get("weights");
        if (weights != null) {
            Value override = spec.get("language_override");
            String language = override == null ? "language" : override.asString();
            paths.add(language);
            for (Doc.Field weight : weights.asDoc()) {
                paths.add(weight.name());
                paths.add(weight.name().substring(0, weight.name().lastIndexOf('.') + 1) + language);
            }
        }
        Value partial = spec.get("partialFilterExpression");
        if (partial != null) {
            collectPaths(partial.asDoc(), paths);
        }
        return paths.stream().anyMatch(mask::touches);
    }

    private static void collectPaths(Doc filter, List<String> paths) {
        for (Doc.Field condition : filter) {
            if (!condition.name().startsWith("$")) {
                paths.add(condition.name());
            } else if (condition.value().isArray()) {
                for (Doc.Field alternative : condition.value().asDoc()) {
                    collectPaths(alternative.value().asDoc(), paths);
                }
            }
        }
    }

    /** The same index where its keys are not to be seen. */
    IndexDefinition asMasked() {
        return new IndexDefinition(spec, name, keys, isId, unique, refusesDuplicates, hidden, true);
    }

    private static boolean isTrue(@Nullable Value option) {
        return option != null && option.isTruthy();
    }
}
