package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Statement.Draft;
import dev.offshoot.wal.Change;
import java.util.List;
import java.util.Set;

/** {@code drop}: removes a collection or a view. One that is not there is fine, as in MongoDB since 7.0. */
final class DropCollection implements Command {
    @Override
    public String name() {
        return "drop";
    }

    @Override
    public String help() {
        return "removes a collection or a view";
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
        Dropped dropped = call.write(target, collection, turn -> {
            CollectionSnapshot found = turn.snapshot().entry(collection);
            return found == null
                    ? Draft.unchanged(Dropped.NOTHING)
                    : new Draft<>(
                            new Dropped(true, found.isView(), found.indexes().size()),
                            List.of(new Change.DropCollection(found.id())),
                            List.of());
        });
        if (dropped.any && !dropped.view) {
            reply.append("nIndexesWas", dropped.indexes);
        }
        if (dropped.any) {
            reply.append("ns", call.namespace(collection));
        }
    }

    private record Dropped(boolean any, boolean view, int indexes) {
        static final Dropped NOTHING = new Dropped(false, false, 0);
    }
}
