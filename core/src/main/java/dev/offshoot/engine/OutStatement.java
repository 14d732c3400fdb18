package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Statement;
import dev.offshoot.state.Turn;
import dev.offshoot.wal.Change;
import java.util.ArrayList;
import java.util.List;

/** Replaces what a collection holds, all at once; its options and indexes stay. */
record OutStatement(Invocation call, String collection, List<Doc> documents) implements Statement<Integer> {
    @Override
    public Draft<Integer> evaluate(Turn turn) {
        CollectionSnapshot found = call.collection(turn.snapshot(), collection);
        List<Change> changes = new ArrayList<>(documents.size() + 2);
        CollectionWriter writer = found == null
                ? CollectionWriter.findOrCreate(call, turn.snapshot(), collection, changes)
                : CollectionWriter.replacing(call, found, changes);
        documents.forEach(writer::insert);
        return new Draft<>(documents.size(), changes, List.of());
    }
}
