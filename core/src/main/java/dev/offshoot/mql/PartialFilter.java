package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import org.jspecify.annotations.Nullable;

/** What a partial index may say: equality, ranges, {@code $in}, {@code $exists: true}, {@code $type}, {@code $and} and {@code $or} of those. */
final class PartialFilter {
    private PartialFilter() {}

    static @Nullable Filter of(@Nullable Value expression, Collation collation) {
        if (expression == null) {
            return null;
        }
        if (!expression.isDocument()) {
            throw new CommandException(
                    ErrorCode.TYPE_MISMATCH,
                    "The field 'partialFilterExpression' must be an object, but got "
                            + Bson.typeName(expression.type()));
        }
        Filter filter = Filter.compile(expression.asDoc(), collation);
        check(filter.clause());
        return filter;
    }

    private static void check(Clause clause) {
        if (clause instanceof Clause.And and) {
            and.clauses().forEach(PartialFilter::check);
        } else if (clause instanceof Clause.Or or) {
            or.clauses().forEach(PartialFilter::check);
        } else if (clause instanceof Clause.Not not) {
            boolean exists = not.clause() instanceof Clause.Leaf leaf && leaf.test() instanceof ValueTests.Exists;
            throw refused(exists ? "$exists: false" : "$not");
        } else if (!(clause instanceof Clause.Leaf leaf && isAllowed(leaf))) {
            throw refused(clause instanceof Clause.Leaf leaf ? leaf.path() : "$expr");
        }
    }

    private static boolean isAllowed(Clause.Leaf leaf) {
        return switch (leaf.operator()) {
            case EQ, LT, LTE, GT, GTE, IN -> true;
            default ->
                leaf.test() instanceof ValueTests.Exists
                        || leaf.test() instanceof ValueTests.Type
                        || leaf.test() instanceof GeoTest;
        };
    }

    private static CommandException refused(String what) {
        return IndexKeys.cannot("Expression not supported in partial index: " + what);
    }
}
