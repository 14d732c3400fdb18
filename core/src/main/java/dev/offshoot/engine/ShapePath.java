package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexSnapshot;
import java.util.ArrayList;
import java.util.List;

/** Where {@code $geoNear} finds shapes that is not told: in the only {@code 2d} index or, without any, in the only {@code 2dsphere} index. */
final class ShapePath {
    private ShapePath() {}

    static String of(CollectionSnapshot collection) {
        for (String kind : List.of("2d", "2dsphere")) {
            List<String> paths = new ArrayList<>();
            for (IndexSnapshot index : collection.indexes()) {
                addFirst(index, kind, paths);
            }
            if (paths.size() > 1) {
                throw new CommandException(
                        ErrorCode.INDEX_NOT_FOUND,
                        "There is more than one " + kind + " index on " + collection.name()
                                + "; unsure which to use for $geoNear");
            }
            if (paths.size() == 1) {
                return paths.get(0);
            }
        }
        throw new CommandException(
                ErrorCode.INDEX_NOT_FOUND, "$geoNear requires a 2d or 2dsphere index, but none were found");
    }

    private static void addFirst(IndexSnapshot index, String kind, List<String> paths) {
        for (Doc.Field field : index.pattern()) {
            if (Value.of(kind).equals(field.value())) {
                paths.add(field.name());
                return;
            }
        }
    }
}
