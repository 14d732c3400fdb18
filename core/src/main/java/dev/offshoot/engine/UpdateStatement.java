package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.mql.Update;
import dev.offshoot.mql.UpdateContext;
import dev.offshoot.query.Matches;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Statement;
import dev.offshoot.state.Turn;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.RetryKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One statement that updates: all it changes is one commit. */
record UpdateStatement(
        Invocation call,
        String collection,
        Selection selection,
        How how,
        @Nullable RetryKey retryKey) implements Statement<Written> {
    /**
     * What becomes of the documents.
     *
     * @param context what the update may know, the same at every evaluation
     */
    record How(Update update, boolean multi, boolean upsert, UpdateContext context) {
        /** A matching document after the update: the same instance where nothing changes. */
        Doc applied(Selection selection, byte[] before) {
            Doc document = Doc.of(before);
            int position = update.isPositional() ? selection.filter().matchedPosition(document) : -1;
            return update.apply(document, position, context);
        }
    }

    @Override
    public Draft<Written> evaluate(Turn turn) {
        byte[] before = retryKey == null ? null : turn.executed(retryKey);
        if (before != null) {
            return Draft.unchanged(Written.retried(before));
        }
        CollectionSnapshot found = call.collection(turn.snapshot(), collection);
        List<Change> changes = new ArrayList<>();
        Written written = found == null ? Written.NOTHING : update(found, call.reading(turn.snapshot()), changes);
        if (written.n() == 0 && how.upsert) {
            written = insert(turn, changes);
        }
        return changes.isEmpty() ? Draft.unchanged(written) : new Draft<>(written, changes, written.retries(retryKey));
    }

    private Written update(CollectionSnapshot found, Reading reading, List<Change> changes) {
        CollectionWriter writer = CollectionWriter.of(call, found, changes);
        if (!how.multi) {
            Selection.Found first = selection.first(found, reading);
            if (first == null) {
                return Written.NOTHING;
            }
            change(first.recordId(), first.document(), writer);
            return Written.updated(1, how.update.alwaysModifies() ? 1 : changes.size());
        }
        int n = 0;
        for (Matches matches = selection.all(found, reading); matches.next(); n++) {
            change(matches.recordId(), matches.document(), writer);
        }
        return Written.updated(n, changes.size());
    }

    private void change(long recordId, byte[] before, CollectionWriter writer) {
        Doc after = how.applied(selection, before);
        if (!after.equals(Doc.of(before))) {
            writer.replace(recordId, before, after);
        }
    }

    private Written insert(Turn turn, List<Change> changes) {
        byte[] document = CollectionWriter.findOrCreate(call, turn.snapshot(), collection, changes)
                .insert(how.update.upsert(selection.filter().equalities(), how.context));
        return Written.upserted(Doc.of(document).get("_id"));
    }
}
