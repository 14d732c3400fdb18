package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Result;
import dev.offshoot.state.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** {@code update}: each statement is a commit of its own. */
final class UpdateCommand implements Command {
    static final Set<String> STATEMENT_FIELDS = WriteOps.Names.BATCH.ofUpdate();

    @Override
    public String name() {
        return "update";
    }

    @Override
    public String help() {
        return "changes documents";
    }

    @Override
    public Set<String> fields() {
        return Set.of(
                "updates",
                "ordered",
                "bypassDocumentValidation",
                "bypassEmptyTsReplacement",
                "let",
                "stmtIds",
                "stmtId");
    }

    @Override
    public boolean retryable() {
        return true;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        String collection = call.collection();
        List<Doc> updates = call.documents("updates");
        Insert.checkBatchSize(call, updates.size());
        List<Statement<Written>> statements = new ArrayList<>();
        for (Doc update : updates) {
            SubDocument op = new SubDocument("update.updates", update).only(STATEMENT_FIELDS);
            statements.add(
                    WriteOps.update(call, collection, op, WriteOps.Names.BATCH, call.retryKey(statements.size())));
        }
        List<Result<Written>> results = call.write(collection, statements, WriteOps.isOrdered(call));
        new WriteReply(call).addAll(results).writeUpdated(reply);
    }
}
