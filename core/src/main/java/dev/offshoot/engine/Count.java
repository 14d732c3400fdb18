package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Filter;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Snapshot;
import java.util.Collections;
import java.util.Iterator;
import java.util.Set;

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
        String collection = call.collection();
        Unsupported.refuse(call, "count", "collation");
        Filter filter = call.filter(call.document("query"));
        Value hint = Unsupported.hint(call.get("hint"), "count");
        Value given = call.get("limit");
        long limit = given == null || given.type() == Bson.NULL
                ? 0
                : Math.abs(Math.max(-Long.MAX_VALUE, given.isNumber() ? given.toLong() : bad(call, given)));
        long skip = call.number("skip", 0);
        Snapshot state = call.snapshot();
        Aggregation view = ViewQuery.match(call, state, call.document("query"));
        CollectionSnapshot found = view == null ? state.collection(collection) : null;
        long n = found == null
                ? 0
                : Plan.choose(found, filter, hint, call.deadline()).count();
        for (Iterator<Doc> shown = view == null ? Collections.emptyIterator() : view.run(call);
                shown.hasNext();
                shown.next()) {
            n++;
        }
        n = Math.max(0, n - skip);
        n = limit == 0 ? n : Math.min(n, limit);
        if (n <= Integer.MAX_VALUE) {
            reply.append("n", (int) n);
        } else {
            reply.append("n", n);
        }
    }

    private static long bad(Invocation call, Value given) {
        throw call.mismatch("limit", given, "types '[long, int, decimal, double]'");
    }
}
