package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.Filter;
import dev.offshoot.mql.PipelineContext;
import dev.offshoot.mql.Projection;
import dev.offshoot.mql.Sort;
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
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code findAndModify}: changes or removes one document and answers it, as it was or as it is. */
final class FindAndModify implements Command {
    @Override
    public String name() {
        return "findAndModify";
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
        Unsupported.refuse(call, "findAndModify", "collation", "arrayFilters");
        Statement<Doc> statement = compile(call, collection);
        reply.appendAll(call.write(collection, List.of(statement), true).get(0).get());
    }

    private static Statement<Doc> compile(Invocation call, String collection) {
        boolean remove = call.bool("remove", false);
        boolean upsert = call.bool("upsert", false);
        boolean after = call.bool("new", false);
        Value change = call.get("update");
        if (remove && change != null) {
            throw invalid("Cannot specify both an update and remove=true");
        }
        if (!remove && change == null) {
            throw invalid("Either an update or remove=true must be specified");
        }
        if (remove && upsert) {
            throw invalid("Cannot specify both upsert=true and remove=true");
        }
        if (remove && after) {
            throw invalid("Cannot specify both new=true and remove=true; 'remove' always returns the deleted document");
        }
        return new Modification(
                call,
                collection,
                call.filter(call.document("query")),
                Sort.compile(call.document("sort")),
                Projection.compile(call.document("fields"), call.compileContext()),
                change == null ? null : Update.compile(change, false, call.compileContext()),
                upsert,
                after,
                Unsupported.hint(call.get("hint"), "findAndModify"),
                call.retryKey(0),
                call.updateContext(),
                call.pipelineContext());
    }

    private static CommandException invalid(String message) {
        return new CommandException(ErrorCode.FAILED_TO_PARSE, message);
    }

    /** The one statement of the command. {@code update} is null for a removal. */
    private record Modification(
            Invocation call,
            String collection,
            Filter filter,
            Sort sort,
            Projection projection,
            @Nullable Update update,
            boolean upsert,
            boolean after,
            @Nullable Value hint,
            @Nullable RetryKey retryKey,
            UpdateContext updateContext,
            PipelineContext pipelineContext)
            implements Statement<Doc> {
        @Override
        public Draft<Doc> evaluate(Turn turn) {
            byte[] before = retryKey == null ? null : turn.executed(retryKey);
            if (before != null) {
                return Draft.unchanged(Doc.of(before));
            }
            CollectionSnapshot found = call.collection(turn.snapshot(), collection);
            Found match = found == null ? null : first(found);
            List<Change> changes = new ArrayList<>();
            Doc reply;
            if (match == null || found == null) {
                reply = update != null && upsert ? insert(turn, update, changes) : none();
            } else if (update == null) {
                changes.add(new Change.Delete(found.id(), match.recordId));
                reply = removed(Doc.of(match.document));
            } else {
                reply = change(found, match, update, changes);
            }
            return changes.isEmpty() ? Draft.unchanged(reply) : new Draft<>(reply, changes, retries(reply));
        }

        /** The document to modify: the first match, in the order asked for. */
        private record Found(long recordId, byte[] document) {}

        private @Nullable Found first(CollectionSnapshot found) {
            Matches matches = Plan.choose(found, filter, hint, call.deadline()).matches();
            Found best = null;
            Value[] bestKey = {};
            while (matches.next()) {
                if (sort.isEmpty()) {
                    return new Found(matches.recordId(), matches.document());
                }
                Value[] key = sort.key(Doc.of(matches.document()));
                if (best == null || sort.compare(key, bestKey) < 0) {
                    best = new Found(matches.recordId(), matches.document());
                    bestKey = key;
                }
            }
            return best;
        }

        private Doc change(CollectionSnapshot found, Found match, Update how, List<Change> changes) {
            Doc before = Doc.of(match.document);
            Doc changed = how.apply(before, updateContext);
            if (!changed.equals(before)) {
                CollectionWriter.of(call, found, changes).replace(match.recordId, match.document, changed);
            }
            return updated(true, null, after ? changed : before);
        }

        private Doc insert(Turn turn, Update how, List<Change> changes) {
            byte[] document = CollectionWriter.findOrCreate(call, turn.snapshot(), collection, changes)
                    .insert(how.upsert(filter.equalities(), updateContext));
            return updated(false, Doc.of(document).get("_id"), after ? Doc.of(document) : null);
        }

        private Doc none() {
            if (update != null) {
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
                    .append("value", projection.apply(document, pipelineContext))
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
            return (value == null
                            ? reply.appendNull("value")
                            : reply.append("value", projection.apply(value, pipelineContext)))
                    .buildDoc();
        }

        private List<RetryResult> retries(Doc reply) {
            return retryKey == null ? List.of() : List.of(new RetryResult(retryKey, reply.toBytes()));
        }
    }
}
