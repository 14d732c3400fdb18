package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.List;

/**
 * A compiled update: operators, a replacement document, or a pipeline. Immutable and thread safe; knows no clock and no
 * chance but those of the {@link UpdateContext}.
 */
public sealed interface Update permits OperatorUpdate, ReplacementUpdate, PipelineUpdate {
    /**
     * Compiles the {@code u} of an update statement.
     *
     * @param spec a document (operators or a replacement) or an array (a pipeline)
     * @param multi whether the statement may change many documents, which a replacement must not
     * @param arrayFilters conditions that paths with <code>$[id]</code> name
     * @param context the variables that the expressions of a pipeline see, and how strings compare
     * @throws CommandException with MongoDB's code where the specification is wrong or not supported
     */
    static Update compile(Value spec, boolean multi, List<Doc> arrayFilters, CompileContext context) {
        ArrayFilters filters = ArrayFilters.compile(arrayFilters, context.collation());
        if (spec.isArray()) {
            if (!filters.isEmpty()) {
                throw new CommandException(
                        ErrorCode.FAILED_TO_PARSE, "arrayFilters may not be specified for pipeline-style updates");
            }
            return PipelineUpdate.compile(spec.asDoc(), context);
        }
        if (!spec.isDocument()) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE, "Update argument must be either an object or an array");
        }
        Doc document = spec.asDoc();
        boolean operators = !document.isEmpty() && document.first().name().startsWith("$");
        return operators
                ? OperatorUpdate.compile(document, filters, context.collation())
                : ReplacementUpdate.compile(document, multi);
    }

    /** An update that makes a document another one but for its {@code _id}, whatever the names of its fields. */
    static Update replacement(Doc replacement) {
        return new ReplacementUpdate(replacement);
    }

    /** The same without array filters and variables. */
    static Update compile(Value spec, boolean multi) {
        return compile(spec, multi, List.of(), CompileContext.NONE);
    }

    /**
     * The document after the update: the same instance where nothing changes.
     *
     * @param position what the positional operator {@code $} means: {@link Filter#matchedPosition}, or -1
     * @throws CommandException where the update does not fit the document
     */
    Doc apply(Doc before, int position, UpdateContext context);

    /** As {@link #apply(Doc, int, UpdateContext)} where the filter names no element of an array. */
    default Doc apply(Doc before, UpdateContext context) {
        return apply(before, -1, context);
    }

    /**
     * The document that an upsert inserts. It has {@code _id} first where the filter or the update give one, and none
     * otherwise; the caller adds it.
     *
     * @param equalities the filter's: path and value of each field that must equal something
     */
    Doc upsert(List<Doc.Field> equalities, UpdateContext context);

    /** Whether it has the positional operator, so that it needs a position. */
    default boolean isPositional() {
        return false;
    }

    /** Whether a document that it leaves as it was counts as modified. */
    default boolean alwaysModifies() {
        return false;
    }
}
