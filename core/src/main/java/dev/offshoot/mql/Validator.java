package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import org.jspecify.annotations.Nullable;

/** The rules that the documents of a collection have to meet: a filter. Immutable, safe for any number of threads. */
public final class Validator {
    /** Room for the rest of a reply that carries an error. */
    private static final int DETAILS_BYTES_MAX = Bson.DOCUMENT_BYTES_MAX / 4;

    private final Filter filter;
    private final @Nullable PipelineContext context;

    private Validator(Filter filter, @Nullable PipelineContext context) {
        this.filter = filter;
        this.context = context;
    }

    /**
     * @throws CommandException where the rules are malformed, or ask for what a validator may not
     */
    public static Validator compile(Doc rules, Collation collation) {
        return new Validator(Filter.compileWithExpressions(rules, CompileContext.NONE.with(collation)), null);
    }

    /** The same rules with what their expressions may know; needed before they are used. */
    public Validator in(PipelineContext known) {
        return new Validator(filter.needsContext() ? filter.in(known) : filter, known);
    }

    /** Whether a document meets the rules; one that they cannot be applied to does not. */
    public boolean accepts(byte[] document) {
        try {
            return filter.matches(document, 0);
        } catch (CommandException e) {
            return false;
        }
    }

    /** Why a document does not meet the rules: {@code errInfo} of MongoDB's error. */
    public Doc explain(byte[] document) {
        Doc whole = Doc.of(document);
        DocBuilder info = new DocBuilder().startDocument("errInfo");
        Value id = whole.get("_id");
        if (id != null) {
            info.append("failingDocumentId", id);
        }
        Doc details = ValidationError.details(filter, whole, context);
        if (details.length() > DETAILS_BYTES_MAX) {
            info.startDocument("details")
                    .append("reason", "the detailed error is too large: " + details.length() + " bytes")
                    .append("truncated", true)
                    .end();
        } else {
            info.append("details", details);
        }
        return info.end().buildDoc();
    }
}
