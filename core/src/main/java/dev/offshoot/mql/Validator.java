package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;

/** The rules that the documents of a collection have to meet: a filter. Immutable, safe for any number of threads. */
public final class Validator {
    private final Filter filter;

    private Validator(Filter filter) {
        this.filter = filter;
    }

    /**
     * @throws CommandException where the rules are malformed, or ask for what a validator may not
     */
    public static Validator compile(Doc rules) {
        return new Validator(Filter.compileWithExpressions(rules));
    }

    /** The same rules with what their expressions may know; needed before one is used. */
    public Validator in(PipelineContext context) {
        return filter.needsContext() ? new Validator(filter.in(context)) : this;
    }

    /** Whether a document meets the rules; one that they cannot be applied to does not. */
    public boolean accepts(byte[] document) {
        try {
            return filter.matches(document, 0);
        } catch (CommandException e) {
            return false;
        }
    }

    /** Why a document does not meet the rules, as the {@code errInfo} of MongoDB's error. */
    public Doc explain(byte[] document) {
        DocBuilder details = new DocBuilder().startDocument("errInfo");
        Value id = Doc.of(document).get("_id");
        if (id != null) {
            details.append("failingDocumentId", id);
        }
        return details.end().buildDoc();
    }
}
