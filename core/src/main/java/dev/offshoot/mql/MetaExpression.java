package dev.offshoot.mql;

import dev.offshoot.bson.Value;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code {$meta: ...}}: what is known of a document beside its fields ({@link Metadata}).
 */
final class MetaExpression {
    private static final Set<String> MISSING =
            Set.of("searchScore", "searchHighlights", "searchScoreDetails", "vectorSearchScore", "searchSequenceToken");

    private MetaExpression() {}

    static Expression parse(Value argument) {
        if (!argument.isString()) {
            throw new CommandException(ErrorCode.location(17307), "$meta only supports string arguments");
        }
        String name = argument.asString();
        Metadata known = Metadata.named(name);
        if (known != null) {
            return new Known(known);
        }
        if (name.equals("sortKey")) {
            throw new CommandException(
                    ErrorCode.location(40218), "query requires sort key metadata, but it is not available");
        }
        if (!MISSING.contains(name)) {
            throw new CommandException(ErrorCode.location(17308), "Unsupported argument to $meta: " + name);
        }
        return new Missing();
    }

    private record Known(Metadata what) implements Expression {
        @Override
        public @Nullable Value evaluate(Scope scope) {
            Value value = scope.context().variables().get(what.field());
            if (value == null && !what.mayBeMissing()) {
                throw what.notAvailable();
            }
            return value;
        }
    }

    private record Missing() implements Expression {
        @Override
        public @Nullable Value evaluate(Scope scope) {
            return null;
        }
    }
}
