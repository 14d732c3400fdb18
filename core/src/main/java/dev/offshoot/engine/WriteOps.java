package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Collation;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.CompileContext;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.Let;
import dev.offshoot.mql.Update;
import dev.offshoot.mql.UpdateContext;
import dev.offshoot.state.Statement;
import dev.offshoot.wal.RetryKey;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads single statements of {@code update}, {@code delete} and {@code bulkWrite}. A field that is malformed is an error of the
 * command; a filter or an update that is wrong is an error of its statement, in its place, as in MongoDB.
 */
final class WriteOps {
    private WriteOps() {}

    /** The names that a command has for what an update or a delete says. */
    record Names(String query, String update, String constants) {
        static final Names BATCH = new Names("q", "u", "c");
        static final Names BULK = new Names("filter", "updateMods", "constants");

        Set<String> ofUpdate() {
            return Set.of(query, update, constants, "multi", "upsert", "hint", "collation", "arrayFilters", "sort");
        }
    }

    /** The statement of an update; {@code op} has been held to its fields. */
    static Statement<Written> update(
            Invocation call, String collection, SubDocument op, Names names, @Nullable RetryKey retryKey) {
        Doc query = op.requiredDocument(names.query);
        Value change = op.required(names.update);
        if (!change.isDocument() && !change.isArray()) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE, "Update argument must be either an object or an array");
        }
        boolean multi = op.bool("multi");
        boolean upsert = op.bool("upsert");
        Doc sort = op.document("sort");
        if (multi && op.doc().has("sort")) {
            throw new CommandException(ErrorCode.FAILED_TO_PARSE, "Cannot specify sort with multi=true");
        }
        List<Doc> arrayFilters = op.documents("arrayFilters");
        Doc constants = op.document(names.constants);
        Value hint = op.hint();
        Collation asked = Collations.asked(op.document("collation"));
        refuseRetryOfMany(multi, retryKey, "multi=true");
        return compiled(collection, asked, collation -> {
            checkConstants(op, names.constants, change);
            Selection selection = Selection.of(call, query, sort, hint, collation);
            if (upsert) {
                checkUpsert(selection);
            }
            UpdateStatement.How how = new UpdateStatement.How(
                    Update.compile(
                            change,
                            multi,
                            arrayFilters,
                            constants(call, constants).with(collation)),
                    multi,
                    upsert,
                    context(call, constants));
            return new UpdateStatement(call, collection, selection, how, retryKey);
        });
    }

    /** The statement of a delete. */
    static Statement<Written> delete(
            Invocation call, String collection, SubDocument op, Doc query, boolean one, @Nullable RetryKey retryKey) {
        Value hint = op.hint();
        Collation asked = Collations.asked(op.document("collation"));
        refuseRetryOfMany(!one, retryKey, "limit=0");
        return compiled(
                collection,
                asked,
                collation -> new DeleteStatement(
                        call, collection, Selection.of(call, query, Doc.EMPTY, hint, collation), one, retryKey));
    }

    /** Whether the first error ends the command, as it does unless the command says otherwise. */
    static boolean isOrdered(Invocation call) {
        Value ordered = call.typed("ordered", Bson.BOOLEAN, "bool");
        return ordered == null || ordered.asBoolean();
    }

    /** A statement that fails where it cannot be compiled. */
    private static Statement<Written> compiled(
            String collection, @Nullable Collation asked, Function<Collation, Statement<Written>> compile) {
        try {
            Statement<Written> statement = compile.apply(asked == null ? Collation.SIMPLE : asked);
            return Collations.inheriting(collection, asked, statement, compile);
        } catch (CommandException e) {
            return turn -> {
                throw e;
            };
        }
    }

    private static void refuseRetryOfMany(boolean many, @Nullable RetryKey retryKey, String what) {
        if (many && retryKey != null) {
            throw new CommandException(ErrorCode.INVALID_OPTIONS, "Cannot use retryable writes with " + what);
        }
    }

    /** Refuses an upsert whose filter does not say what the new document has. */
    static void checkUpsert(Selection selection) {
        if (selection.filter().needsContext()) {
            throw new CommandException(
                    ErrorCode.QUERY_FEATURE_NOT_ALLOWED, "$expr is not allowed in the query predicate for an upsert");
        }
    }

    private static void checkConstants(SubDocument op, String name, Value change) {
        if (op.doc().has(name) && !change.isArray()) {
            throw new CommandException(
                    ErrorCode.location(51198), "Constant values may only be specified for pipeline updates");
        }
    }

    private static CompileContext constants(Invocation call, Doc constants) {
        CompileContext context = call.compileContext();
        return constants.isEmpty()
                ? context
                : context.with(Let.constants(constants).names());
    }

    private static UpdateContext context(Invocation call, Doc constants) {
        UpdateContext context = call.updateContext();
        if (constants.isEmpty()) {
            return context;
        }
        return context.withVariables(Let.constants(constants).over(context.variables()));
    }
}
