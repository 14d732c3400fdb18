package dev.offshoot.query;

import dev.offshoot.mql.IndexBounds;
import dev.offshoot.mql.Sort;
import dev.offshoot.state.IndexSnapshot;
import java.util.List;

/** Whether a walk through an index gives documents in an order. Fields that the bounds hold to one value may be anywhere in it. */
final class IndexOrder {
    private IndexOrder() {}

    /** 1 forwards, -1 backwards, 0 neither. Any index gives an empty order, forwards. */
    static int direction(IndexSnapshot index, IndexBounds bounds, Search search) {
        List<Sort.Part> order = search.order();
        if (order.isEmpty()) {
            return 1;
        }
        if (index.keys().isWildcard()
                || !index.keys().collation().equals(search.filter().collation())) {
            return 0;
        }
        int direction = 0;
        int field = 0;
        for (Sort.Part part : order) {
            if (isFixed(index, bounds, part.path())) {
                continue;
            }
            while (field < index.keys().count()
                    && bounds.isPoint(field)
                    && !index.keys().paths().get(field).equals(part.path())) {
                field++;
            }
            if (field == index.keys().count() || !gives(index, field, part)) {
                return 0;
            }
            int way = part.ascending() != index.keys().isDescending(field) ? 1 : -1;
            if (direction != 0 && way != direction) {
                return 0;
            }
            direction = way;
            field++;
        }
        return direction == 0 ? 1 : direction;
    }

    private static boolean isFixed(IndexSnapshot index, IndexBounds bounds, String path) {
        int field = index.keys().paths().indexOf(path);
        return field >= 0
                && bounds.isPoint(field)
                && !index.keys().isHashed(field)
                && !index.arrays().isAny(field);
    }

    private static boolean gives(IndexSnapshot index, int field, Sort.Part part) {
        return index.keys().paths().get(field).equals(part.path())
                && !index.keys().isHashed(field)
                && !index.arrays().isAny(field);
    }
}
