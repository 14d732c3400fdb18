package dev.offshoot.query;

import dev.offshoot.bson.Value;
import dev.offshoot.mql.Filter;
import dev.offshoot.mql.Sort;
import dev.offshoot.state.CollectionSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be found.
 *
 * @param order the order wanted, empty for none; a plan need not give it, but says whether it does
 * @param limit how many documents will be asked for at most, 0 for all
 * @param needed the fields that the answer is made of, where an index may give them; null for whole documents
 * @param hint an index's name or key pattern, or <code>{$natural: 1}</code>; null for none
 * @param between the part of the hinted index to keep to; null for all of it
 * @param values whether only the different values of the one field that is needed matter
 */
public record Search(
        CollectionSnapshot collection,
        Filter filter,
        List<Sort.Part> order,
        long limit,
        @Nullable List<String> needed,
        @Nullable Value hint,
        @Nullable MinMax between,
        boolean values) {
    /** All documents that match, whole and in any order. */
    public static Search of(CollectionSnapshot collection, Filter filter, @Nullable Value hint) {
        return new Search(collection, filter, List.of(), 0, null, hint, null, false);
    }

    /** The same for another filter. */
    Search matching(Filter other) {
        return new Search(collection, other, order, limit, needed, hint, between, values);
    }

    /** The same where only the different values of a field matter. */
    public Search distinct(String path) {
        return new Search(collection, filter, order, limit, List.of(path), hint, between, true);
    }

    /** The same with a limit; 0 for none. */
    public Search first(long most) {
        return new Search(collection, filter, order, most, needed, hint, between, values);
    }

    /** The same in an order. */
    public Search ordered(List<Sort.Part> by) {
        return new Search(collection, filter, by, limit, needed, hint, between, values);
    }

    /** The same where these fields are enough. */
    public Search needing(@Nullable List<String> fields) {
        return new Search(collection, filter, order, limit, fields, hint, between, values);
    }

    /** The same within a part of the hinted index. */
    public Search within(@Nullable MinMax part) {
        return new Search(collection, filter, order, limit, needed, hint, part, values);
    }
}
