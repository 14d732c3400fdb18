package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Collation;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.CompileContext;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.PipelineContext;
import dev.offshoot.mql.Projection;
import dev.offshoot.mql.Update;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Statement;
import dev.offshoot.state.Turn;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.RetryKey;
import dev.offshoot.wal.RetryResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code findAndModify}: changes or removes one document and answers it, as it was or as it is. */
final class FindAndModify implements Command {
    @Override
    public String name() {
        return "findAndModify";
    }

    @Override
    public Set<String> aliases() {
        return Set.of("findandmodify");
    }

    @Override
    public String help() {
        return "changes one document and answers it";
    }

    @Override
    public Set<String> fields() {
        return Set.of(
                "query",
                "sort",
                "remove",
                "update",
                "new",
                "fields",
                "upsert",
                "bypassDocumentValidation",
                "bypassEmptyTsReplacement",
                "collation",
                "arrayFilters",
                "hint",
                "let",
                "stmtId");
    }

    @Override
    public boolean retryable() {
        return true;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        String collection = call.collection();
        Collation asked = Collations.asked(call.document("collation"));
        Statement<Doc> statement = Collations.inheriting(
                collection,
                asked,
                compile(call, collection, asked == null ? Collation.SIMPLE : asked),
                inherited -> compile(call, collection, inherited));
        reply.appendAll(call.write(collection, List.of(statement), true).get(0).get());
    }

    private static Statement<Doc> compile(Invocation call, String collection, Collation collation) {
        boolean remove = call.bool("remove", false);
        boolean upsert = call.bool("upsert", false);
        boolean after = call.bool("new", false);
        Value change = call.get("update");
        SubDocument options = new SubDocument("findAndModify", call.body());
        if (!remove && change == null) {
            throw invalid("Either an update or remove=true must be specified");
        }
        if (remove) {
            checkRemove(call, change, upsert, after);
        }
        if (change != null && change.isArray() && call.has("arrayFilters")) {
            throw invalid("Cannot specify arrayFilters and a pipeline update");
        }
        CompileContext compile = call.compileContext().with(collation);
        Selection selection = Selection.of(
                call,
                call.document("query"),
                call.document("sort"),
                Unsupported.hint(call.get("hint"), "findAndModify"),
                collation);
        if (upsert) {
            WriteOps.checkUpsert(selection);
        }
        Projection projection = Projection.compile(call.document("fields"), compile);
        if (projection.isPositional() && after) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE, "cannot use a positional projection and return the new document");
        }
        UpdateStatement.How how = change == null
                ? null
                : new UpdateStatement.How(
                        Update.compile(change, false, options.documents("arrayFilters"), compile),
                        false,
                        upsert,
                        call.updateContext());
        Shape shape = new Shape(projection, after, call.pipelineContext());
        return new Modification(call, collection, selection, how, shape, call.retryKey(0));
    }

    private static void checkRemove(Invocation call, @Nullable Value change, boolean upsert, boolean after) {
        if (change != null) {
            throw invalid("Cannot specify both an update and remove=true");
        }
        if (upsert) {
            throw invalid("Cannot specify both upsert=true and remove=true");
        }
        if (after) {
            throw invalid("Cannot specify both new=true and remove=true; 'remove' always returns the deleted document");
        }
        if (call.has("arrayFilters")) {
            throw invalid("Cannot specify arrayFilters and remove=true");
        }
    }

    private static CommandException invalid(String message) {
        return new CommandException(ErrorCode.FAILED_TO_PARSE, message);
    }

    /**
     * How a document is answered.
     *
     * @param after as it is, not as it was
     */
    private record Shape(Projection projection, boolean after, PipelineContext context) {
        Doc of(Doc document, Selection selection) {
            return projection.apply(document, selection.filter(), context);
        }
    }

    /** The one statement of the command. {@code how} is null for a removal. */
    private record Modification(
            Invocation call,
            String collection,
            Selection selection,
            UpdateStatement.@Nullable How how,
            Shape shape,
            @Nullable RetryKey retryKey)
            implements Statement<Doc> {
        @Override
        public Draft<Doc> evaluate(Turn turn) {
            byte[] before = retryKey == null ? null : turn.executed(retryKey);
            if (before != null && retryKey != null) {
                return Draft.unchanged(retried(Doc.of(before), retryKey));
            }
            CollectionSnapshot found = call.collection(turn.snapshot(), collection);
            Selection.Found match = found == null ? null : selection.first(found, call.reading(turn.snapshot()));
            List<Change> changes = new ArrayList<>();
            Doc reply;
            try {
                reply = modify(turn, found, match, changes);
            } catch (CommandException e) {
                throw new CommandException(
                        e.code(),
                        "Plan executor error during findAndModify :: caused by :: " + e.message(),
                        e.details());
            }
            return changes.isEmpty() ? Draft.unchanged(reply) : new Draft<>(reply, changes, retries(reply));
        }

        private Doc modify(
                Turn turn, @Nullable CollectionSnapshot found, Selection.@Nullable Found match, List<Change> changes) {
            if (match == null || found == null) {
                return how != null && how.upsert() ? insert(turn, how, changes) : none();
            }
            if (how == null) {
                changes.add(new Change.Delete(found.id(), match.recordId()));
                return removed(Doc.of(match.document()));
            }
            return change(found, match, how, changes);
        }

        private Doc change(
                CollectionSnapshot found, Selection.Found match, UpdateStatement.How update, List<Change> changes) {
            Doc before = Doc.of(match.document());
            Doc changed = update.applied(selection, match.document());
            Doc after = changed.equals(before)
                    ? before
                    : CollectionWriter.of(call, found, changes).replace(match.recordId(), match.document(), changed);
            return updated(true, null, shape.after ? after : before);
        }

        private Doc insert(Turn turn, UpdateStatement.How update, List<Change> changes) {
            byte[] document = CollectionWriter.findOrCreate(call, turn.snapshot(), collection, changes)
                    .insert(update.update().upsert(selection.filter().equalities(), update.context()));
            return updated(false, Doc.of(document).get("_id"), shape.after ? Doc.of(document) : null);
        }

        private Doc none() {
            if (how != null) {
                return updated(false, null, null);
            }
            return new DocBuilder()
                    .startDocument("lastErrorObject")
                    .append("n", 0)
                    .end()
                    .appendNull("value")
                    .buildDoc();
        }

        private Doc removed(Doc document) {
            return new DocBuilder()
                    .startDocument("lastErrorObject")
                    .append("n", 1)
                    .end()
                    .append("value", shape.of(document, selection))
                    .buildDoc();
        }

        private Doc updated(boolean existing, @Nullable Value upserted, @Nullable Doc value) {
            DocBuilder reply = new DocBuilder()
                    .startDocument("lastErrorObject")
                    .append("n", existing || upserted != null ? 1 : 0)
                    .append("updatedExisting", existing);
            if (upserted != null) {
                reply.append("upserted", upserted);
            }
            reply.end();
            return (value == null ? reply.appendNull("value") : reply.append("value", shape.of(value, selection)))
                    .buildDoc();
        }

        private List<RetryResult> retries(Doc reply) {
            return retryKey == null ? List.of() : List.of(new RetryResult(retryKey, reply.toBytes()));
        }

        /** The reply of then; the statement must have been one that could have given it. */
        private Doc retried(Doc reply, RetryKey key) {
            Value outcome = reply.get("lastErrorObject");
            boolean update = outcome != null && outcome.asDoc().has("updatedExisting");
            if (outcome == null || update != (how != null)) {
                throw new CommandException(
                        ErrorCode.location(update ? 40610 : 40606),
                        "findAndModify retry request: " + call.body()
                                + " is not compatible with previous write in the transaction of statement "
                                + key.statement());
            }
            return new DocBuilder()
                    .appendAll(reply)
                    .append("retriedStmtId", key.statement())
                    .buildDoc();
        }
    }
}
