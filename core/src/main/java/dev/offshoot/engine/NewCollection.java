package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.state.CollectionOptions;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Snapshot;
import dev.offshoot.wal.Change;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The collection that a statement writes to: one that is there, or one that its commit makes first.
 *
 * @param snapshot its state; empty for a new one
 * @param id what the statement's changes name it by
 */
record NewCollection(CollectionSnapshot snapshot, long id) {
    /** The collection of this name; where there is none, adds the change that makes it. */
    static NewCollection findOrCreate(Invocation call, Snapshot state, String name, List<Change> changes) {
        @Nullable CollectionSnapshot found = call.collection(state, name);
        if (found != null) {
            return new NewCollection(found, found.id());
        }
        long id = Change.made(changes.size());
        byte[] options = options(Doc.EMPTY);
        changes.add(new Change.CreateCollection(name, options));
        return new NewCollection(CollectionSnapshot.empty(name), id);
    }

    /** The options of a new collection as the log keeps them: those given, and a fresh uuid. */
    static byte[] options(Doc given) {
        UUID uuid = UUID.randomUUID();
        byte[] bytes = ByteBuffer.allocate(16)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array();
        return new DocBuilder()
                .appendAll(given)
                .append(CollectionOptions.UUID, Value.binary(4, bytes))
                .build();
    }
}
