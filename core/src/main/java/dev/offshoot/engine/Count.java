package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.Filter;
import dev.offshoot.query.Search;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Snapshot;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code count}: how many documents match. */
final class Count implements Command {
    @Override
    public String name() {
        return "count";
    }

    @Override
    public String help() {
        return "counts documents";
    }

    @Override
    public Set<String> fields() {
        return Set.of("query", "limit", "skip", "hint", "collation", "fields");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Snapshot state = call.snapshot();
        Counting counting = counting(call, state);
        Aggregation view = ViewQuery.match(call, state, call.document("query"));
        Plan plan = view == null ? counting.plan(call, state) : null;
        long n = plan == null ? 0 : plan.count();
        for (Iterator<Doc> shown = view == null ? Collections.emptyIterator() : view.run(call);
                shown.hasNext();
                shown.next()) {
            n++;
        }
        n = Math.max(0, n - counting.skip);
        n = counting.limit == 0 ? n : Math.min(n, counting.limit);
        if (n <= Integer.MAX_VALUE) {
            reply.append("n", (int) n);
        } else {
            reply.append("n", n);
        }
    }

    /** What a {@code count} asks, compiled; a limit of 0 is none. */
    record Counting(Filter filter, @Nullable Value hint, long skip, long limit) {
        /** How to find what is counted; null where the collection does not exist. */
        @Nullable
        Plan plan(Invocation call, Snapshot state) {
            CollectionSnapshot found = state.collection(call.collection());
            Search search =
                    found == null ? null : Search.of(found, filter, hint).needing(List.of());
            return search == null ? null : Plan.choose(search, call.reading(state));
        }
    }

    static Counting counting(Invocation call, Snapshot state) {
        return new Counting(
                call.filter(call.document("query"), Collations.of(call, state)),
                Unsupported.hint(call.get("hint"), "count"),
                call.number("skip", 0),
                limit(call.get("limit")));
    }

    /** A negative one is that many too. */
    private static long limit(@Nullable Value given) {
        if (given == null) {
            return 0;
        }
        if (!given.isNumber()) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE, "limit has to be a number, not a " + Bson.typeName(given.type()));
        }
        long limit = Numbers.whole("limit", given);
        if (limit == Long.MIN_VALUE) {
            throw new CommandException(ErrorCode.BAD_VALUE, "limit " + limit + " is too small");
        }
        return Math.abs(limit);
    }
}
