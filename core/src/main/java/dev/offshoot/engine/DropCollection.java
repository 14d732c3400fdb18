package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Statement.Draft;
import dev.offshoot.wal.Change;
import java.util.List;
import java.util.Set;

/** {@code drop}: removes a collection. One that is not there is fine, as in MongoDB since 7.0. */
final class DropCollection implements Command {
    @Override
    public String name() {
        return "drop";
    }

    @Override
    public String help() {
        return "removes a collection";
    }

    @Override
    public Set<String> fields() {
        return Set.of();
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        String collection = call.collection();
        Target target = call.target();
        if (target == null) {
            return;
        }
        target.writable();
        int indexes = target.project().write(target.branch(), call.origin(target, collection), turn -> {
            CollectionSnapshot found = turn.snapshot().collection(collection);
            return found == null
                    ? Draft.unchanged(0)
                    : new Draft<>(found.indexes().size(), List.of(new Change.DropCollection(found.id())), List.of());
        });
        if (indexes > 0) {
            reply.append("nIndexesWas", indexes).append("ns", call.namespace(collection));
        }
    }
}
