package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.Validator;
import dev.offshoot.state.CollectionOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The validator of a collection as a statement has to meet it: with its level, and with what happens to a document that fails.
 */
record DocumentRules(String namespace, Validator validator, boolean moderate, boolean warn, boolean masked) {
    private static final Logger LOG = LoggerFactory.getLogger(DocumentRules.class);

    /**
     * Null where any document will do.
     *
     * @param masked whether errors must not tell what documents hold
     */
    static @Nullable DocumentRules of(Invocation call, CollectionOptions options, String namespace, boolean masked) {
        Validator validator = options.validator();
        if (validator == null
                || options.validationLevel().equals("off")
                || call.bool("bypassDocumentValidation", false)) {
            return null;
        }
        return new DocumentRules(
                namespace,
                validator.in(call.pipelineContext()),
                options.validationLevel().equals("moderate"),
                options.validationAction().equals("warn"),
                masked);
    }

    /**
     * Checks a document before it is stored. With level {@code moderate} a document that was not valid before need not become so.
     *
     * @param before the version that it replaces, or null
     * @throws CommandException DocumentValidationFailure, unless the action is only to warn
     */
    void check(byte @Nullable [] before, byte[] after) {
        if (validator.accepts(after) || (before != null && moderate && !validator.accepts(before))) {
            return;
        }
        Doc errInfo = masked ? Masked.invalid(after) : validator.explain(after);
        if (warn) {
            LOG.warn("Document would fail validation: {} {}", namespace, errInfo);
            return;
        }
        throw new CommandException(ErrorCode.DOCUMENT_VALIDATION_FAILURE, "Document failed validation", errInfo);
    }
}
