package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexSnapshot;
import java.util.List;
import java.util.Set;

/** {@code listIndexes}: the indexes of a collection, the one on {@code _id} first. */
final class ListIndexes implements Command {
    @Override
    public String name() {
        return "listIndexes";
    }

    @Override
    public String help() {
        return "lists the indexes of a collection";
    }

    @Override
    public Set<String> fields() {
        return Set.of("cursor");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        String name = call.collection();
        CollectionSnapshot collection = call.collection(call.snapshot(), name);
        if (collection == null) {
            throw new CommandException(ErrorCode.NAMESPACE_NOT_FOUND, "ns does not exist: " + call.namespace(name));
        }
        List<Doc> specs = collection.indexes().stream().map(IndexSnapshot::spec).toList();
        CursorReply.list(call, name, specs, reply);
    }
}
