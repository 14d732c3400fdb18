package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Filter;
import dev.offshoot.mql.Update;
import dev.offshoot.mql.UpdateContext;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Statement;
import dev.offshoot.state.Turn;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.RetryKey;
import dev.offshoot.wal.RetryResult;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One statement of an {@code update}: all it changes is one commit. */
final class UpdateStatement implements Statement<UpdateStatement.Updated> {
    private final Invocation call;
    private final String collection;
    private final Filter filter;
    private final Update update;
    private final boolean multi;
    private final boolean upsert;
    private final @Nullable Value hint;
    private final @Nullable RetryKey retryKey;
    private final UpdateContext context;

    UpdateStatement(
            Invocation call, String collection, WriteSpec spec, @Nullable RetryKey retryKey, UpdateContext context) {
        this.call = call;
        this.collection = collection;
        this.filter = spec.filter();
        this.update = spec.update();
        this.multi = spec.multi();
        this.upsert = spec.upsert();
        this.hint = spec.hint();
        this.retryKey = retryKey;
        this.context = context;
    }

    /** What an update statement says: {@code q}, {@code u} and so on. */
    record WriteSpec(
            Filter filter,
            Update update,
            boolean multi,
            boolean upsert,
            @Nullable Value hint) {}

    /** How many documents matched or were inserted, how many changed, and the {@code _id} of the one inserted. */
    record Updated(int n, int modified, @Nullable Value upserted) {
        byte[] toBytes() {
            DocBuilder bytes = new DocBuilder().append("n", n).append("m", modified);
            if (upserted != null) {
                bytes.append("u", upserted);
            }
            return bytes.build();
        }

        static Updated of(byte[] bytes) {
            Doc doc = Doc.of(bytes);
            Value n = doc.get("n");
            Value m = doc.get("m");
            return new Updated(n == null ? 0 : n.asInt32(), m == null ? 0 : m.asInt32(), doc.get("u"));
        }
    }

    @Override
    public Draft<Updated> evaluate(Turn turn) {
        byte[] before = retryKey == null ? null : turn.executed(retryKey);
        if (before != null) {
            return Draft.unchanged(Updated.of(before));
        }
        CollectionSnapshot found = call.collection(turn.snapshot(), collection);
        List<Change> changes = new ArrayList<>();
        Updated updated = found == null ? new Updated(0, 0, null) : updateMatches(found, changes);
        if (updated.n == 0 && upsert) {
            updated = insert(turn, changes);
        }
        return changes.isEmpty() ? Draft.unchanged(updated) : new Draft<>(updated, changes, retries(updated));
    }

    private Updated updateMatches(CollectionSnapshot found, List<Change> changes) {
        CollectionWriter writer = CollectionWriter.of(call, found, changes);
        Matches matches = Plan.choose(found, filter, hint, call.deadline()).matches();
        int n = 0;
        while (matches.next()) {
            n++;
            Doc before = Doc.of(matches.document());
            Doc after = update.apply(before, context);
            if (!after.equals(before)) {
                writer.replace(matches.recordId(), matches.document(), after);
            }
            if (!multi) {
                break;
            }
        }
        return new Updated(n, changes.size(), null);
    }

    private Updated insert(Turn turn, List<Change> changes) {
        byte[] document = CollectionWriter.findOrCreate(call, turn.snapshot(), collection, changes)
                .insert(update.upsert(filter.equalities(), context));
        return new Updated(1, 0, Doc.of(document).get("_id"));
    }

    private List<RetryResult> retries(Updated updated) {
        return retryKey == null ? List.of() : List.of(new RetryResult(retryKey, updated.toBytes()));
    }
}
