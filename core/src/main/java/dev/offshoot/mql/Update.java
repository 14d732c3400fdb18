package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
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
     * @throws CommandException with MongoDB's code where the specification is wrong or not supported
     */
    static Update compile(Value spec, boolean multi) {
        return compile(spec, multi, CompileContext.NONE);
    }

    /** The same where the expressions of a pipeline see variables. */
    static Update compile(Value spec, boolean multi, CompileContext context) {
        if (spec.isArray()) {
            return PipelineUpdate.compile(spec.asDoc(), context);
        }
        if (!spec.isDocument()) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE,
                    "Update argument must be either an object or an array, not " + Bson.typeName(spec.type()));
        }
        Doc document = spec.asDoc();
        boolean operators = !document.isEmpty() && document.first().name().startsWith("$");
        return operators ? OperatorUpdate.compile(document) : ReplacementUpdate.compile(document, multi);
    }

    /**
     * The document after the update: the same instance where nothing changes.
     *
     * @throws CommandException where the update does not fit the document
     */
    Doc apply(Doc before, UpdateContext context);

    /**
     * The document that an upsert inserts. It has {@code _id} first where the filter or the update give one, and none
     * otherwise; the caller adds it.
     *
     * @param equalities the filter's: path and value of each field that must equal something
     */
    Doc upsert(List<Doc.Field> equalities, UpdateContext context);

    /** Whether it replaces the whole document by another one. */
    default boolean isReplacement() {
        return false;
    }
}
