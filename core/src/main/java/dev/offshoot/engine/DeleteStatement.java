package dev.offshoot.engine;

import dev.offshoot.query.Matches;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Statement;
import dev.offshoot.state.Turn;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.RetryKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One statement that deletes: all it removes is one commit.
 *
 * @param one whether only the first match goes
 */
record DeleteStatement(
        Invocation call,
        String collection,
        Selection selection,
        boolean one,
        @Nullable RetryKey retryKey) implements Statement<Written> {
    @Override
    public Draft<Written> evaluate(Turn turn) {
        byte[] before = retryKey == null ? null : turn.executed(retryKey);
        if (before != null) {
            return Draft.unchanged(Written.retried(before));
        }
        CollectionSnapshot found = call.collection(turn.snapshot(), collection);
        List<Change> changes = found == null ? List.of() : deletions(found, call.reading(turn.snapshot()));
        Written written = Written.deleted(changes.size());
        return changes.isEmpty() ? Draft.unchanged(written) : new Draft<>(written, changes, written.retries(retryKey));
    }

    private List<Change> deletions(CollectionSnapshot found, Reading reading) {
        if (one) {
            Selection.Found first = selection.first(found, reading);
            return first == null ? List.of() : List.of(new Change.Delete(found.id(), first.recordId()));
        }
        List<Change> changes = new ArrayList<>();
        Matches matches = selection.all(found, reading);
        while (matches.next()) {
            changes.add(new Change.Delete(found.id(), matches.recordId()));
        }
        return changes;
    }
}
