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
        all.put("$literal", (name, argument, parser) -> new ExpressionParser.LiteralExpression(argument));
        all.put("$const", (name, argument, parser) -> new ExpressionParser.LiteralExpression(argument));
        all.put("$rand", Operators::rand);
        for (Map<String, Operator> family : List.of(
                ArithmeticOperators.all(),
                MathOperators.all(),
                LogicOperators.all(),
                StringOperators.all(),
                RegexOperators.all(),
                ArrayOperators.all(),
                LambdaOperators.all(),
                SetOperators.all(),
                ObjectOperators.all(),
                AccumulatorOperators.all(),
                TypeOperators.all(),
                DateOperators.all())) {
            all.putAll(family);
        }
        return Map.copyOf(all);
    }

    private static Expression rand(String name, Value argument, ExpressionParser parser) {
        boolean empty = (argument.isDocument() || argument.isArray())
                && argument.asDoc().isEmpty();
        if (!empty) {
            throw Operands.error(3040501, "$rand does not currently accept arguments");
        }
        return scope -> Value.of(scope.context().random().nextDouble());
    }

    static @Nullable Operator named(String name) {
        return BY_NAME.get(name);
    }
}
