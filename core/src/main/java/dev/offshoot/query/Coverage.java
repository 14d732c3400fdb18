package dev.offshoot.query;

import dev.offshoot.mql.Conditions;
import dev.offshoot.state.IndexSnapshot;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which indexes tell by their keys all that a query asks, so that no document is fetched. */
final class Coverage {
    /** The fields that have to be in the index; null where no index will do. */
    private final @Nullable Set<String> fields;

    Coverage(Search search, Conditions conditions) {
        Set<String> paths = search.needed() == null ? null : conditions.paths();
        if (paths == null || search.needed() == null) {
            fields = null;
            return;
        }
        Set<String> all = new LinkedHashSet<>(search.needed());
        all.addAll(paths);
        search.order().forEach(part -> all.add(part.path()));
        fields = all.stream().anyMatch(path -> path.indexOf('.') >= 0) ? null : all;
    }

    boolean isCovered(IndexSnapshot index) {
        if (fields == null
                || index.multikey()
                || index.keys().isWildcard()
                || index.keys().isGeo()
                || !index.keys().collation().isSimple()) {
            return false;
        }
        for (String field : fields) {
            int at = index.keys().paths().indexOf(field);
            if (at < 0 || index.keys().isHashed(at)) {
                return false;
            }
        }
        for (String path : index.keys().paths()) {
            if (path.indexOf('.') >= 0) {
                return false;
            }
        }
        return true;
    }
}
