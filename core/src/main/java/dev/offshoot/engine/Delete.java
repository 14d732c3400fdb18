package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Result;
import dev.offshoot.state.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** {@code delete}: each statement is a commit of its own. */
final class Delete implements Command {
    static final Set<String> STATEMENT_FIELDS = Set.of("q", "limit", "hint", "collation");

    @Override
    public String name() {
        return "delete";
    }

    @Override
    public String help() {
        return "removes documents";
    }

    @Override
    public Set<String> fields() {
        return Set.of("deletes", "ordered", "let", "stmtIds", "stmtId", "bypassDocumentValidation");
    }

    @Override
    public boolean retryable() {
        return true;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        String collection = call.collection();
        List<Doc> deletes = call.documents("deletes");
        Insert.checkBatchSize(call, deletes.size());
        List<Statement<Written>> statements = new ArrayList<>();
        for (Doc delete : deletes) {
            SubDocument op = new SubDocument("delete.deletes", delete).only(STATEMENT_FIELDS);
            statements.add(WriteOps.delete(
                    call, collection, op, op.requiredDocument("q"), limit(op), call.retryKey(statements.size())));
        }
        List<Result<Written>> results = call.write(collection, statements, WriteOps.isOrdered(call));
        new WriteReply(call).addAll(results).writeDeleted(reply);
    }

    private static boolean limit(SubDocument delete) {
        Value limit = delete.required("limit");
        if (!limit.isNumber() || (limit.toDouble() != 0 && limit.toDouble() != 1)) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE,
                    "The limit field in delete objects must be 0 or 1. Got "
                            + (limit.type() == Bson.NULL ? "null" : limit));
        }
        return limit.toDouble() == 1;
    }
}
