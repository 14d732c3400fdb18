package dev.offshoot.mql;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All expression operators by name. A new operator goes into the family that it belongs to. */
final class Operators {
    private static final Map<String, Operator> BY_NAME = all();

    private Operators() {}

    private static Map<String, Operator> all() {
        Map<String, Operator> all = new HashMap<>();
        all.put("$literal", (name, argument, parser) -> new ExpressionParser.LiteralExpression(argument));
        return Map.copyOf(all);
    }

    static @Nullable Operator named(String name) {
        return BY_NAME.get(name);
    }
}
