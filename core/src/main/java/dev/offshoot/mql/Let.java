package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The variables of a command's {@code let}, evaluated once before any document is looked at.
 *
 * @param names all of them
 * @param values those that are not missing
 */
public record Let(Set<String> names, Map<String, Value> values) {
    /** No variables. */
    public static final Let NONE = new Let(Set.of(), Map.of());

    public Let {
        names = Set.copyOf(names);
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /**
     * Evaluates the variables in order; each sees those before it.
     *
     * @throws CommandException with MongoDB's code where a name or an expression is wrong, or reads a field (4890500)
     */
    public static Let evaluate(Doc spec, PipelineContext context) {
        Set<String> names = new TreeSet<>();
        PipelineContext known = context;
        for (Doc.Field field : spec) {
            ExpressionParser.checkVariable(field.name());
            Expression expression = Expression.compile(field.value(), new CompileContext(names, false));
            Value value = expression.evaluate(Doc.EMPTY, known);
            names.add(field.name());
            known = known.withVariable(field.name(), value);
        }
        Map<String, Value> values = new LinkedHashMap<>(known.variables());
        values.keySet().retainAll(names);
        return new Let(names, values);
    }

    /** Values that are what they are: an update's {@code c}. */
    public static Let constants(Doc spec) {
        Map<String, Value> values = new LinkedHashMap<>();
        for (Doc.Field field : spec) {
            ExpressionParser.checkVariable(field.name());
            values.put(field.name(), field.value());
        }
        return new Let(values.keySet(), values);
    }

    /** The values of other variables and of these, which hide others of their names. */
    public Map<String, Value> over(Map<String, Value> others) {
        Map<String, Value> all = new LinkedHashMap<>(others);
        all.putAll(values);
        return all;
    }
}
