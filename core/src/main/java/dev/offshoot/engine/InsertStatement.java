package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.UpdateContext;
import dev.offshoot.state.Statement;
import dev.offshoot.state.Turn;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.RetryKey;
import dev.offshoot.wal.RetryResult;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Inserts some documents of an {@code insert} in one commit. A document that cannot be inserted does not keep the others from it,
 * but for those behind it when the command is ordered.
 */
final class InsertStatement implements Statement<InsertStatement.Inserted> {
    private final Invocation call;
    private final String collection;
    private final List<Doc> documents;
    private final int firstIndex;
    private final boolean ordered;

    /** @param firstIndex the index of the first document in the command */
    InsertStatement(Invocation call, String collection, List<Doc> documents, int firstIndex, boolean ordered) {
        this.call = call;
        this.collection = collection;
        this.documents = documents;
        this.firstIndex = firstIndex;
        this.ordered = ordered;
    }

    /**
     * What came of it.
     *
     * @param n how many documents are in, now or by an earlier execution
     * @param errors what kept the others out, by index in the command
     * @param retried the numbers of the statements that were executed earlier
     */
    record Inserted(int n, TreeMap<Integer, CommandException> errors, List<Integer> retried) {
        /** This and what came of documents behind these. */
        Inserted and(Inserted next) {
            errors.putAll(next.errors);
            retried.addAll(next.retried);
            return new Inserted(n + next.n, errors, retried);
        }
    }

    @Override
    public Draft<Inserted> evaluate(Turn turn) {
        List<Change> changes = new ArrayList<>(documents.size() + 1);
        List<RetryResult> retries = new ArrayList<>();
        TreeMap<Integer, CommandException> errors = new TreeMap<>();
        List<Integer> retried = new ArrayList<>();
        CollectionWriter writer = CollectionWriter.findOrCreate(call, turn.snapshot(), collection, changes);
        int before = changes.size();
        UpdateContext context = call.updateContext();
        int n = 0;
        for (int i = 0; i < documents.size() && !(ordered && !errors.isEmpty()); i++) {
            RetryKey key = call.retryKey(firstIndex + i);
            if (key != null && turn.executed(key) != null) {
                retried.add(key.statement());
                n++;
                continue;
            }
            try {
                writer.insert(context.whole(documents.get(i)));
                n++;
                if (key != null) {
                    retries.add(new RetryResult(key, Written.INSERTED));
                }
            } catch (CommandException e) {
                errors.put(firstIndex + i, e);
            }
        }
        Inserted inserted = new Inserted(n, errors, retried);
        return changes.size() == before ? Draft.unchanged(inserted) : new Draft<>(inserted, changes, retries);
    }
}
