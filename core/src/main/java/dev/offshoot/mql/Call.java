package dev.offshoot.mql;

import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An operator that works on the values of its operands.
 *
 * @param collation how it compares strings
 */
record Call(String name, List<Expression> operands, Body body, Collation collation) implements Expression {
    /** One that compares no strings. */
    Call(String name, List<Expression> operands, Body body) {
        this(name, operands, body, Collation.SIMPLE);
    }

    /** What the operator does. */
    @FunctionalInterface
    interface Body {
        /** The result, or null where it is missing. */
        @Nullable
        Value apply(Operands operands);
    }

    /** The operator applied to operands; its result already where all of them are constants. */
    static Expression of(String name, List<Expression> operands, Body body) {
        return of(name, operands, body, Collation.SIMPLE);
    }

    /** The same where it compares strings. */
    static Expression of(String name, List<Expression> operands, Body body, Collation collation) {
        return ConstantExpression.folded(new Call(name, List.copyOf(operands), body, collation), operands);
    }

    /** An operator with exactly so many operands. */
    static Operator exactly(int count, Body body) {
        return (name, argument, parser) -> of(name, operands(count, name, argument, parser), body, parser.collation());
    }

    /** Exactly so many operands; another number of them is the client's error. */
    static List<Expression> operands(int count, String name, Value argument, ExpressionParser parser) {
        List<Expression> operands = parser.operands(argument);
        if (operands.size() != count) {
            throw Operands.error(
                    16020,
                    "Expression " + name + " takes exactly " + count + " arguments. " + operands.size()
                            + " were passed in.");
        }
        return operands;
    }

    /** An operator with a number of operands between two limits. */
    static Operator between(int min, int max, Body body) {
        return (name, argument, parser) -> {
            List<Expression> operands = parser.operands(argument);
            if (operands.size() < min || operands.size() > max) {
                throw Operands.error(
                        28667,
                        "Expression " + name + " takes at least " + min + " arguments, and at most " + max + ", but "
                                + operands.size() + " were passed in.");
            }
            return of(name, operands, body, parser.collation());
        };
    }

    /** An operator with any number of operands. */
    static Operator any(Body body) {
        return (name, argument, parser) -> of(name, parser.operands(argument), body, parser.collation());
    }

    /** An operator that works from left to right; of several constants at the begin it takes the result instead. */
    static Operator leftToRight(Body body) {
        return (name, argument, parser) -> {
            List<Expression> operands = parser.operands(argument);
            int constants = 0;
            while (constants < operands.size() && operands.get(constants).isConstant()) {
                constants++;
            }
            if (constants < 2 || constants == operands.size()) {
                return of(name, operands, body);
            }
            List<Expression> taken = new ArrayList<>();
            taken.add(of(name, operands.subList(0, constants), body));
            taken.addAll(operands.subList(constants, operands.size()));
            return of(name, taken, body);
        };
    }

    @Override
    public @Nullable Value evaluate(Scope scope) {
        Value result = body.apply(new Operands(name, operands, scope, collation));
        StringLimit.check(result);
        return result;
    }
}
