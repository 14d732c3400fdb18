package dev.offshoot.mql;

import dev.offshoot.bson.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All expression operators by name. A new operator goes into the family that it belongs to. */
final class Operators {
    private static final Map<String, Operator> BY_NAME = all();

    private Operators() {}

    private static Map<String, Operator> all() {
        Map<String, Operator> all = new HashMap<>();
        all.put("$literal", (name, argument, parser) -> new ConstantExpression(argument));
        all.put("$const", (name, argument, parser) -> new ConstantExpression(argument));
        all.put("$expr", (name, argument, parser) -> parser.parse(argument));
        all.put("$rand", Operators::rand);
        all.put("$meta", (name, argument, parser) -> MetaExpression.parse(argument));
        all.put("$function", Operators::function);
        for (Map<String, Operator> family : List.of(
                ArithmeticOperators.all(),
                MathOperators.all(),
                TrigonometryOperators.all(),
                BitwiseOperators.all(),
                LogicOperators.all(),
                StringOperators.all(),
                ReplacementOperators.all(),
                RegexOperators.all(),
                ArrayOperators.all(),
                ElementOperators.all(),
                LambdaOperators.all(),
                SetOperators.all(),
                ObjectOperators.all(),
                AccumulatorOperators.all(),
                PercentileOperators.all(),
                TypeOperators.all(),
                DateOperators.all(),
                DatePartsOperators.all(),
                DateArithmeticOperators.all())) {
            all.putAll(family);
        }
        return Map.copyOf(all);
    }

    private static Expression rand(String name, Value argument, ExpressionParser parser) {
        if (!argument.isDocument() && !argument.isArray()) {
            throw Operands.error(10065, "invalid parameter: expected an object ($rand)");
        }
        if (!argument.asDoc().isEmpty()) {
            throw Operands.error(3040501, "$rand does not currently accept arguments");
        }
        return scope -> Value.of(scope.context().random().nextDouble());
    }

    private static Expression function(String name, Value argument, ExpressionParser parser) {
        throw Operands.error(31264, "Cannot run server-side javascript without the javascript engine enabled");
    }

    static @Nullable Operator named(String name) {
        return BY_NAME.get(name);
    }
}
