package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.Update;
import dev.offshoot.state.Result;
import dev.offshoot.state.Statement;
import dev.offshoot.wal.RetryKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** {@code update}: each statement is a commit of its own. */
final class UpdateCommand implements Command {
    static final Set<String> STATEMENT_FIELDS =
            Set.of("q", "u", "c", "multi", "upsert", "hint", "collation", "arrayFilters", "sort");

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
        return Set.of("updates", "ordered", "bypassDocumentValidation", "let", "stmtIds", "stmtId");
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
        boolean ordered = call.bool("ordered", true);
        List<Statement<UpdateStatement.Updated>> statements = new ArrayList<>();
        for (Doc update : updates) {
            statements.add(statement(call, collection, update, statements.size()));
        }
        List<Result<UpdateStatement.Updated>> results = call.write(collection, statements, ordered);
        reply(results, reply);
    }

    private static void reply(List<Result<UpdateStatement.Updated>> results, DocBuilder reply) {
        int n = 0;
        int modified = 0;
        WriteErrors errors = new WriteErrors();
        DocBuilder upserted = new DocBuilder().startArray("upserted");
        boolean any = false;
        for (int i = 0; i < results.size(); i++) {
            CommandException error = results.get(i).error();
            if (error != null) {
                errors.add(i, error);
                continue;
            }
            UpdateStatement.Updated updated = results.get(i).get();
            n += updated.n();
            modified += updated.modified();
            if (updated.upserted() != null) {
                any = true;
                upserted.addDocument()
                        .append("index", i)
                        .append("_id", updated.upserted())
                        .end();
            }
        }
        reply.append("n", n).append("nModified", modified);
        if (any) {
            reply.appendAll(upserted.end().buildDoc());
        }
        errors.write(reply);
    }

    /** A statement; one that is malformed is an error of its own, in its place, as in MongoDB. */
    private static Statement<UpdateStatement.Updated> statement(
            Invocation call, String collection, Doc doc, int index) {
        SubDocument update = new SubDocument("update.updates", doc).only(STATEMENT_FIELDS);
        Unsupported.refuse(doc, "update", "collation", "arrayFilters", "sort", "c");
        Doc query = update.requiredDocument("q");
        Value change = update.required("u");
        boolean multi = update.bool("multi");
        boolean upsert = update.bool("upsert");
        RetryKey retryKey = call.retryKey(index);
        if (multi && retryKey != null) {
            throw new CommandException(ErrorCode.INVALID_OPTIONS, "Cannot use retryable writes with multi=true");
        }
        try {
            UpdateStatement.WriteSpec spec = new UpdateStatement.WriteSpec(
                    call.filter(query),
                    Update.compile(change, multi, call.compileContext()),
                    multi,
                    upsert,
                    update.hint());
            return new UpdateStatement(call, collection, spec, retryKey, call.updateContext());
        } catch (CommandException e) {
            return turn -> {
                throw e;
            };
        }
    }
}
