package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
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
        String collection = call.collection();
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
            InsertStatement.Inserted inserted =
                    target.project().write(target.branch(), call.origin(target, collection), statement);
            n += inserted.n();
            inserted.errors().forEach(errors::add);
            from = to;
        }
        reply.append("n", n);
        errors.write(reply);
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
