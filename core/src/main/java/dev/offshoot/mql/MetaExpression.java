package dev.offshoot.mql;

import dev.offshoot.bson.Value;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code {$meta: ...}}: what is known of a document beside its fields. How well it answers a text search is; what
 * needs a place is MongoDB's error for a query without, and an index key is missing as it is for a scan.
 */
final class MetaExpression {
    private static final Map<String, String> NEEDED = Map.of(
            "geoNearDistance", "$geoNear distance",
            "geoNearPoint", "$geoNear point",
            "sortKey", "sort key");

    private static final Set<String> MISSING = Set.of(
            "indexKey",
            "searchScore",
            "searchHighlights",
            "searchScoreDetails",
            "vectorSearchScore",
            "searchSequenceToken");

    private MetaExpression() {}

    static Expression parse(Value argument) {
        if (!argument.isString()) {
            throw new CommandException(ErrorCode.location(17307), "$meta only supports string arguments");
        }
        String name = argument.asString();
        if (name.equals("textScore")) {
            return new Score();
        }
        if (NEEDED.containsKey(name)) {
            throw new CommandException(
                    ErrorCode.location(40218),
                    "query requires " + NEEDED.get(name) + " metadata, but it is not available");
        }
        if (name.equals("recordId")) {
            throw new CommandException(ErrorCode.NOT_IMPLEMENTED, "$meta: 'recordId' is not supported yet");
        }
        if (!MISSING.contains(name)) {
            throw new CommandException(ErrorCode.location(17308), "Unsupported argument to $meta: " + name);
        }
        return new Missing();
    }

    private record Score() implements Expression {
        @Override
        public Value evaluate(Scope scope) {
            Value score = scope.context().variables().get(TextScore.NAME);
            if (score == null) {
                throw TextScore.notAvailable();
            }
            return score;
        }
    }

    private record Missing() implements Expression {
        @Override
        public @Nullable Value evaluate(Scope scope) {
            return null;
        }
    }
}
