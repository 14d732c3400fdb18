package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Comparison, boolean operators and choices. */
final class LogicOperators {
    private static final Named COND =
            new Named("if then else", 17083, "OP takes three arguments", 17083, "Unrecognized parameter to OP: ARG");
    private static final Named SWITCH = new Named(
            "branches default",
            40060,
            "OP requires an object as an argument, found: TYPE",
            40067,
            "OP found an unknown argument: ARG");

    private LogicOperators() {}

    static Map<String, Operator> all() {
        Map<String, Operator> all = new HashMap<>();
        all.put("$eq", comparison(c -> c == 0));
        all.put("$ne", comparison(c -> c != 0));
        all.put("$gt", comparison(c -> c > 0));
        all.put("$gte", comparison(c -> c >= 0));
        all.put("$lt", comparison(c -> c < 0));
        all.put("$lte", comparison(c -> c <= 0));
        all.put("$cmp", Call.exactly(2, o -> Value.of(Integer.signum(o.compare(o.get(0), o.get(1))))));
        all.put("$and", (name, argument, parser) -> Junction.of(parser.operands(argument), false));
        all.put("$or", (name, argument, parser) -> Junction.of(parser.operands(argument), true));
        all.put("$not", Call.exactly(1, o -> Value.of(!isTrue(o.get(0)))));
        all.put("$cond", LogicOperators::cond);
        all.put("$ifNull", LogicOperators::ifNull);
        all.put("$switch", LogicOperators::parseSwitch);
        return all;
    }

    private static Operator comparison(IntPredicate wanted) {
        return Call.exactly(2, o -> Value.of(wanted.test(o.compare(o.get(0), o.get(1)))));
    }

    /** MongoDB's order, in which what is missing comes where undefined comes. */
    static int compare(@Nullable Value a, @Nullable Value b, Collation collation) {
        return collation.compare(a == null ? Sort.UNDEFINED : a, b == null ? Sort.UNDEFINED : b);
    }

    static boolean isTrue(@Nullable Value value) {
        return value != null && value.isTruthy();
    }

    /** {@code $and} and {@code $or}: evaluate no more operands than they need. */
    private record Junction(List<Expression> operands, boolean decisive) implements Expression {
        /** One constant that decides is enough, wherever it stands. */
        static Expression of(List<Expression> operands, boolean decisive) {
            for (Expression operand : operands) {
                if (operand.isConstant() && isTrue(ConstantExpression.value(operand)) == decisive) {
                    return new ConstantExpression(Value.of(decisive));
                }
            }
            return ConstantExpression.folded(new Junction(operands, decisive), operands);
        }

        @Override
        public Value evaluate(Scope scope) {
            for (Expression operand : operands) {
                if (isTrue(operand.evaluate(scope)) == decisive) {
                    return Value.of(decisive);
                }
            }
            return Value.of(!decisive);
        }
    }

    /** One way of a choice. */
    private record Branch(Expression condition, Expression then) {}

    /** {@code $cond} and {@code $switch}. */
    private record Choice(List<Branch> branches, @Nullable Expression otherwise) implements Expression {
        @Override
        public @Nullable Value evaluate(Scope scope) {
            for (Branch branch : branches) {
                if (isTrue(branch.condition.evaluate(scope))) {
                    return branch.then.evaluate(scope);
                }
            }
            if (otherwise == null) {
                throw Operands.error(
                        40066, "$switch could not find a matching branch for an input, and no default was specified.");
            }
            return otherwise.evaluate(scope);
        }
    }

    private static Expression cond(String name, Value argument, ExpressionParser parser) {
        if (!argument.isDocument()) {
            return cond(Call.operands(3, name, argument, parser));
        }
        return cond(COND.read(name, argument)
                .require("if", 17080, "Missing 'if' parameter to OP")
                .require("then", 17081, "Missing 'then' parameter to OP")
                .require("else", 17082, "Missing 'else' parameter to OP")
                .operands(parser, "if", "then", "else"));
    }

    private static Expression cond(List<Expression> operands) {
        Expression condition = operands.get(0);
        if (condition.isConstant()) {
            return operands.get(isTrue(ConstantExpression.value(condition)) ? 1 : 2);
        }
        return new Choice(List.of(new Branch(condition, operands.get(1))), operands.get(2));
    }

    private static Expression ifNull(String name, Value argument, ExpressionParser parser) {
        List<Expression> operands = parser.operands(argument);
        if (operands.size() < 2) {
            throw Operands.error(1257300, "$ifNull needs at least two arguments, had: " + operands.size());
        }
        return Call.of(name, operands, o -> {
            for (int i = 0; i < o.size() - 1; i++) {
                if (!o.isNullish(i)) {
                    return o.get(i);
                }
            }
            return o.get(o.size() - 1);
        });
    }

    private static Expression parseSwitch(String name, Value argument, ExpressionParser parser) {
        Named.Given given = SWITCH.read(name, argument);
        Expression otherwise = given.has("default") ? given.expression("default", parser) : null;
        List<Branch> branches = new ArrayList<>();
        List<Value> specs = branches(given);
        for (Value branch : specs) {
            branch(branch, parser, branches);
        }
        if (specs.isEmpty()) {
            throw Operands.error(40068, "$switch requires at least one branch.");
        }
        return choice(branches, otherwise);
    }

    private static boolean isDecided(List<Branch> branches) {
        return !branches.isEmpty()
                && branches.get(branches.size() - 1).condition.isConstant();
    }

    private static List<Value> branches(Named.Given given) {
        Value branches = given.optional("branches");
        if (branches == null) {
            return List.of();
        }
        if (!branches.isArray()) {
            throw Operands.error(
                    40061, "$switch expected an array for 'branches', found: " + Operands.typeName(branches));
        }
        return BsonArrays.elements(branches);
    }

    /** Without branches that are known not to be taken; the first that is known to be taken is the default. */
    private static Expression choice(List<Branch> branches, @Nullable Expression otherwise) {
        if (isDecided(branches)) {
            Expression last = branches.remove(branches.size() - 1).then;
            return branches.isEmpty() ? last : new Choice(List.copyOf(branches), last);
        }
        if (!branches.isEmpty()) {
            return new Choice(List.copyOf(branches), otherwise);
        }
        if (otherwise == null) {
            throw Operands.error(
                            40069,
                            "One cannot execute a switch statement where all the cases evaluate to false without a"
                                    + " default.")
                    .ofConstants();
        }
        return otherwise;
    }

    /** Adds a branch, unless its case is a constant that is false, or comes after one that is true. */
    private static void branch(Value spec, ExpressionParser parser, List<Branch> branches) {
        if (spec.type() != Bson.DOCUMENT) {
            throw Operands.error(
                    40062, "$switch expected each branch to be an object, found: " + Operands.typeName(spec));
        }
        Value condition = null;
        Value then = null;
        for (Doc.Field field : spec.asDoc()) {
            switch (field.name()) {
                case "case" -> condition = field.value();
                case "then" -> then = field.value();
                default ->
                    throw Operands.error(40063, "$switch found an unknown argument to a branch: " + field.name());
            }
        }
        if (condition == null) {
            throw Operands.error(40064, "$switch requires each branch have a 'case' expression");
        }
        if (then == null) {
            throw Operands.error(40065, "$switch requires each branch have a 'then' expression.");
        }
        boolean skipped = isDecided(branches);
        Expression when = skipped ? unneeded(condition, parser) : parser.parse(condition);
        skipped |= when.isConstant() && !isTrue(ConstantExpression.value(when));
        Expression result = skipped ? unneeded(then, parser) : parser.parse(then);
        if (!skipped) {
            branches.add(new Branch(when, result));
        }
    }

    /** Parses what is never evaluated: errors of its constants do not count, other errors do. */
    private static Expression unneeded(Value spec, ExpressionParser parser) {
        try {
            return parser.parse(spec);
        } catch (CommandException e) {
            if (e.isOfConstants()) {
                return ConstantExpression.MISSING;
            }
            throw e;
        }
    }
}
