package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A value as it stands, the same for all documents; null is what is missing, as {@code $$REMOVE} is. */
record ConstantExpression(@Nullable Value value) implements Expression {
    static final ConstantExpression MISSING = new ConstantExpression(null);
    static final ConstantExpression NULL = new ConstantExpression(Value.NULL);

    /**
     * The expression, or its value where all that it depends on is constant.
     *
     * @throws CommandException where the constants make an error, which so comes without any document
     */
    static Expression folded(Expression expression, List<Expression> dependsOn) {
        if (!dependsOn.stream().allMatch(Expression::isConstant)) {
            return expression;
        }
        try {
            return new ConstantExpression(expression.evaluate(Doc.EMPTY, Constants.CONTEXT));
        } catch (CommandException e) {
            throw e.ofConstants();
        }
    }

    /** The value of an expression where that is constant, else null; a constant that is missing is null too. */
    static @Nullable Value value(Expression expression) {
        return expression instanceof ConstantExpression constant ? constant.value : null;
    }

    @Override
    public @Nullable Value evaluate(Scope scope) {
        return value;
    }

    @Override
    public boolean isConstant() {
        return true;
    }
}
