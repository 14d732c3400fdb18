package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Result;
import java.util.List;
import java.util.Set;

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
        return Set.of("documents", "ordered", "bypassDocumentValidation", "stmtIds", "stmtId");
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
        boolean ordered = call.bool("ordered", true);
        Target target = call.writeTarget();
        WriteErrors errors = new WriteErrors();
        int n = 0;
        for (int from = 0; from < documents.size() && !(ordered && !errors.isEmpty()); ) {
            int to = end(documents, from);
            InsertStatement statement =
                    new InsertStatement(call, collection, documents.subList(from, to), from, ordered);
            Result<InsertStatement.Inserted> result = target.project()
                    .write(target.branch(), call.origin(target, collection), List.of(statement), true)
                    .get(0);
            if (isOnView(result)) {
                addToAll(errors, result, from, ordered ? from + 1 : to);
            } else {
                n += result.get().n();
                result.get().errors().forEach(errors::add);
            }
            from = to;
        }
        reply.append("n", n);
        errors.write(reply);
    }

    private static boolean isOnView(Result<?> result) {
        CommandException error = result.error();
        return error != null && error.code().equals(ErrorCode.COMMAND_NOT_SUPPORTED_ON_VIEW);
    }

    /** The same error for some documents: what a view answers. */
    private static void addToAll(WriteErrors errors, Result<?> result, int from, int to) {
        CommandException error = result.error();
        for (int i = from; error != null && i < to; i++) {
            errors.add(i, error);
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
