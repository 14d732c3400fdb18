package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** {@code insert}: documents in commits of bounded size. */
final class Insert implements Command {
    static final int BATCH_MAX = 100_000;
    private static final int COMMIT_DOCUMENTS_MAX = 1000;
    private static final int COMMIT_BYTES_MAX = 1 << 20;

    @Override
    public String name() {
        return "insert";
    }

    @Override
    public String help() {
        return "inserts documents";
    }

    @Override
    public Set<String> fields() {
        return Set.of(
                "documents", "ordered", "bypassDocumentValidation", "bypassEmptyTsReplacement", "stmtIds", "stmtId");
    }

    @Override
    public boolean retryable() {
        return true;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        String collection = call.checkWritable(call.collection());
        List<Doc> documents = call.documents("documents");
        checkBatchSize(call, documents.size());
        InsertStatement.Inserted inserted = insert(call, collection, documents, 0, WriteOps.isOrdered(call));
        WriteErrors errors = new WriteErrors();
        inserted.errors().forEach(errors::add);
        reply.append("n", inserted.n());
        errors.write(reply);
        WriteReply.writeRetried(inserted.retried(), reply);
    }

    /**
     * Inserts documents.
     *
     * @param firstIndex the index of the first document in the command
     * @param ordered whether the first error ends it
     */
    static InsertStatement.Inserted insert(
            Invocation call, String collection, List<Doc> documents, int firstIndex, boolean ordered) {
        Target target = call.writeTarget();
        InsertStatement.Inserted all = new InsertStatement.Inserted(0, new TreeMap<>(), new ArrayList<>());
        for (int from = 0; from < documents.size() && !(ordered && !all.errors().isEmpty()); ) {
            int to = end(documents, from);
            InsertStatement statement =
                    new InsertStatement(call, collection, documents.subList(from, to), firstIndex + from, ordered);
            Result<InsertStatement.Inserted> result =
                    call.write(target, collection, List.of(statement), true).get(0);
            if (isOnView(result)) {
                addToAll(all, result, firstIndex + from, firstIndex + (ordered ? from + 1 : to));
            } else {
                all = all.and(result.get());
            }
            from = to;
        }
        return all;
    }

    private static boolean isOnView(Result<?> result) {
        CommandException error = result.error();
        return error != null && error.code().equals(ErrorCode.COMMAND_NOT_SUPPORTED_ON_VIEW);
    }

    /** The same error for some documents: what a view answers. */
    private static void addToAll(InsertStatement.Inserted all, Result<?> result, int from, int to) {
        CommandException error = result.error();
        for (int i = from; error != null && i < to; i++) {
            all.errors().put(i, error);
        }
    }

    static void checkBatchSize(Invocation call, int size) {
        if (size < 1 || size > BATCH_MAX) {
            throw new CommandException(
                    ErrorCode.INVALID_LENGTH,
                    "Write batch sizes must be between 1 and " + BATCH_MAX + ". Got " + size + " operations.");
        }
        call.retryKeys().checkCount(size);
    }

    /** Where a commit that begins here ends: after so many documents or bytes, whatever comes first. */
    private static int end(List<Doc> documents, int from) {
        int bytes = 0;
        int to = from;
        while (to < documents.size() && to - from < COMMIT_DOCUMENTS_MAX && bytes < COMMIT_BYTES_MAX) {
            bytes += documents.get(to++).length();
        }
        return to;
    }
}
