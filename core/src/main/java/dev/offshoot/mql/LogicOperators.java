package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.BsonOrder;
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
    private LogicOperators() {}

    static Map<String, Operator> all() {
        Map<String, Operator> all = new HashMap<>();
        all.put("$eq", comparison(c -> c == 0));
        all.put("$ne", comparison(c -> c != 0));
        all.put("$gt", comparison(c -> c > 0));
        all.put("$gte", comparison(c -> c >= 0));
        all.put("$lt", comparison(c -> c < 0));
        all.put("$lte", comparison(c -> c <= 0));
        all.put("$cmp", Call.exactly(2, o -> Value.of(Integer.signum(compare(o.get(0), o.get(1))))));
        all.put("$and", (name, argument, parser) -> new Junction(parser.operands(argument), false));
        all.put("$or", (name, argument, parser) -> new Junction(parser.operands(argument), true));
        all.put("$not", Call.exactly(1, o -> Value.of(!isTrue(o.get(0)))));
        all.put("$cond", LogicOperators::cond);
        all.put("$ifNull", LogicOperators::ifNull);
        all.put("$switch", LogicOperators::parseSwitch);
        return all;
    }

    private static Operator comparison(IntPredicate wanted) {
        return Call.exactly(2, o -> Value.of(wanted.test(compare(o.get(0), o.get(1)))));
    }

    /** MongoDB's order, in which what is missing comes where undefined comes. */
    static int compare(@Nullable Value a, @Nullable Value b) {
        return BsonOrder.compare(a == null ? Sort.UNDEFINED : a, b == null ? Sort.UNDEFINED : b);
    }

    static boolean isTrue(@Nullable Value value) {
        return value != null && value.isTruthy();
    }

    /** {@code $and} and {@code $or}: evaluate no more operands than they need. */
    private record Junction(List<Expression> operands, boolean decisive) implements Expression {
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
            List<Expression> operands = parser.operands(argument);
            if (operands.size() != 3) {
                throw Operands.error(
                        16020, "Expression $cond takes exactly 3 arguments. " + operands.size() + " were passed in.");
            }
            return new Choice(List.of(new Branch(operands.get(0), operands.get(1))), operands.get(2));
        }
        NamedArguments arguments = NamedArguments.of(name, argument, 17083, 17083, "if", "then", "else");
        Branch branch = new Branch(
                parser.parse(arguments.required("if", 17080)), parser.parse(arguments.required("then", 17081)));
        return new Choice(List.of(branch), parser.parse(arguments.required("else", 17082)));
    }

    private static Expression ifNull(String name, Value argument, ExpressionParser parser) {
        List<Expression> operands = parser.operands(argument);
        if (operands.size() < 2) {
            throw Operands.error(1257300, "$ifNull needs at least two arguments, had: " + operands.size());
        }
        return scope -> {
            Value value = null;
            for (Expression operand : operands) {
                value = operand.evaluate(scope);
                if (!Operands.isNullish(value)) {
                    return value;
                }
            }
            return value;
        };
    }

    private static Expression parseSwitch(String name, Value argument, ExpressionParser parser) {
        NamedArguments arguments = NamedArguments.of(name, argument, 40060, 40067, "branches", "default");
        Value branches = arguments.optional("branches");
        if (branches == null || (branches.isArray() && branches.asDoc().isEmpty())) {
            throw Operands.error(40068, "$switch requires at least one branch.");
        }
        if (!branches.isArray()) {
            throw Operands.error(
                    40061, "$switch expected an array for 'branches', found: " + Operands.typeName(branches));
        }
        List<Branch> parsed = new ArrayList<>();
        for (Doc.Field branch : branches.asDoc()) {
            parsed.add(branch(branch.value(), parser));
        }
        Value otherwise = arguments.optional("default");
        return new Choice(List.copyOf(parsed), otherwise == null ? null : parser.parse(otherwise));
    }

    private static Branch branch(Value spec, ExpressionParser parser) {
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
        return new Branch(parser.parse(condition), parser.parse(then));
    }
}
