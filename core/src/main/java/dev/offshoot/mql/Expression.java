package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import org.jspecify.annotations.Nullable;

/** A compiled aggregation expression, as {@code {$add: ["$a", 1]}}. Immutable and thread safe. */
public interface Expression {
    /**
     * Compiles an expression.
     *
     * @throws CommandException with MongoDB's code where it is wrong or not supported
     */
    static Expression compile(Value spec) {
        return compile(spec, CompileContext.NONE);
    }

    /** The same where there are variables. */
    static Expression compile(Value spec, CompileContext context) {
        return new ExpressionParser(context).parse(spec);
    }

    /** The value for a document, or null where it is missing. */
    default @Nullable Value evaluate(Doc document, PipelineContext context) {
        return evaluate(Scope.of(document, context));
    }

    /** The value with all variables of a scope, or null where it is missing. */
    @Nullable
    Value evaluate(Scope scope);

    /** Whether it is a literal, the same for all documents. */
    default boolean isConstant() {
        return false;
    }
}
