package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.Filter;
import dev.offshoot.mql.Paths;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Snapshot;
import java.util.Set;
import java.util.TreeSet;

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
        String collection = call.collection();
        Unsupported.refuse(call, "distinct", "collation");
        String key = call.string("key");
        Filter filter = call.filter(call.document("query"));
        Value hint = Unsupported.hint(call.get("hint"), "distinct");
        Snapshot state = call.snapshot();
        Aggregation view = ViewQuery.match(call, state, call.document("query"));
        CollectionSnapshot found = view == null ? state.collection(collection) : null;
        Set<Value> values = new TreeSet<>(BsonOrder::compare);
        if (found != null) {
            for (Matches matches =
                            Plan.choose(found, filter, hint, call.deadline()).matches();
                    matches.next(); ) {
                Paths.distinct(Doc.of(matches.document()), key, values::add);
            }
        }
        if (view != null) {
            view.run(call).forEachRemaining(document -> Paths.distinct(document, key, values::add));
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
}
