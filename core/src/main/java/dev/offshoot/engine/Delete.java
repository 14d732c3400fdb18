package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.Filter;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Result;
import dev.offshoot.state.Statement;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.RetryKey;
import dev.offshoot.wal.RetryResult;
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
        List<Statement<Integer>> statements = new ArrayList<>();
        for (Doc delete : deletes) {
            statements.add(statement(call, collection, delete, statements.size()));
        }
        List<Result<Integer>> results = call.write(collection, statements, call.bool("ordered", true));
        int n = 0;
        WriteErrors errors = new WriteErrors();
        for (int i = 0; i < results.size(); i++) {
            CommandException error = results.get(i).error();
            if (error == null) {
                n += results.get(i).get();
            } else {
                errors.add(i, error);
            }
        }
        reply.append("n", n);
        errors.write(reply);
    }

    private static Statement<Integer> statement(Invocation call, String collection, Doc doc, int index) {
        SubDocument delete = new SubDocument("delete.deletes", doc).only(STATEMENT_FIELDS);
        Unsupported.refuse(doc, "delete", "collation");
        Doc query = delete.requiredDocument("q");
        boolean one = limit(delete);
        Value hint = delete.hint();
        RetryKey retryKey = call.retryKey(index);
        if (!one && retryKey != null) {
            throw new CommandException(ErrorCode.INVALID_OPTIONS, "Cannot use retryable writes with limit=0");
        }
        try {
            Filter filter = call.filter(query);
            return turn -> {
                byte[] before = retryKey == null ? null : turn.executed(retryKey);
                if (before != null) {
                    return Statement.Draft.unchanged(1);
                }
                CollectionSnapshot found = call.collection(turn.snapshot(), collection);
                List<Change> changes = found == null ? List.of() : deletions(call, found, filter, hint, one);
                return new Statement.Draft<>(changes.size(), changes, retries(retryKey));
            };
        } catch (CommandException e) {
            return turn -> {
                throw e;
            };
        }
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

    private static List<Change> deletions(
            Invocation call,
            CollectionSnapshot found,
            Filter filter,
            @org.jspecify.annotations.Nullable Value hint,
            boolean one) {
        List<Change> changes = new ArrayList<>();
        Matches matches = Plan.choose(found, filter, hint, call.deadline()).matches();
        while (matches.next()) {
            changes.add(new Change.Delete(found.id(), matches.recordId()));
            if (one) {
                break;
            }
        }
        return changes;
    }

    private static List<RetryResult> retries(@org.jspecify.annotations.Nullable RetryKey key) {
        return key == null
                ? List.of()
                : List.of(new RetryResult(key, new DocBuilder().append("n", 1).build()));
    }
}
