package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.Filter;
import dev.offshoot.mql.Paths;
import dev.offshoot.query.Matches;
import dev.offshoot.query.Search;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Snapshot;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** {@code distinct}: the different values of a field, in order. */
final class Distinct implements Command {
    @Override
    public String name() {
        return "distinct";
    }

    @Override
    public String help() {
        return "finds the different values of a field";
    }

    @Override
    public Set<String> fields() {
        return Set.of("key", "query", "collation", "hint");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Snapshot state = call.snapshot();
        Asked asked = asked(call, state);
        Aggregation view = ViewQuery.match(call, state, call.document("query"));
        Plan plan = view == null ? asked.plan(call, state) : null;
        Set<Value> values = new TreeSet<>(asked.filter.collation()::compare);
        if (plan != null) {
            for (Matches matches = plan.matches(); matches.next(); ) {
                Paths.distinct(Doc.of(matches.document()), asked.key, values::add);
            }
        }
        if (view != null) {
            view.run(call).forEachRemaining(document -> Paths.distinct(document, asked.key, values::add));
        }
        reply.startArray("values");
        int start = reply.size();
        for (Value value : values) {
            reply.add(value);
        }
        if (reply.size() - start > Bson.DOCUMENT_BYTES_MAX) {
            throw new CommandException(ErrorCode.location(17217), "distinct too big, 16mb cap");
        }
        reply.end();
    }

    /** What a {@code distinct} asks, compiled. */
    record Asked(String key, Filter filter, @Nullable Value hint) {
        /** How to find the documents that have the values; null where the collection does not exist. */
        @Nullable
        Plan plan(Invocation call, Snapshot state) {
            CollectionSnapshot found = state.collection(call.collection());
            return found == null
                    ? null
                    : Plan.choose(Search.of(found, filter, hint).distinct(key), call.reading(state));
        }
    }

    static Asked asked(Invocation call, Snapshot state) {
        String key = call.string("key");
        if (key.indexOf('\0') >= 0) {
            throw new CommandException(ErrorCode.location(31032), "key must not contain a null byte");
        }
        return new Asked(
                key,
                call.filter(call.document("query"), Collations.of(call, state)),
                Unsupported.hint(call.get("hint"), "distinct"));
    }
}
