package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One use of an accumulator, compiled, as {@code {$firstN: {n: 3, input: "$a"}}}. Immutable; each group begins its own.
 *
 * @param operator its name, with the dollar sign
 * @param argument what it takes from each document
 * @param initial what a group begins with, such as {@code n}; sees the group's {@code _id} as its document
 */
record Accumulation(String operator, Expression argument, Expression initial, Start start) {
    private static final Expression NOTHING = scope -> null;

    /** Makes the state of a group from the initial value, null where that is missing. */
    @FunctionalInterface
    interface Start {
        Accumulator with(@Nullable Value initial);
    }

    /** One that all groups begin alike. */
    static Accumulation of(String operator, Expression argument, Supplier<Accumulator> start) {
        return new Accumulation(operator, argument, NOTHING, initial -> start.get());
    }

    /** The state of a new group. */
    Accumulator begin(Doc group, PipelineContext context) {
        return initial == NOTHING ? start.with(null) : start.with(initial.evaluate(group, context));
    }

    /**
     * The accumulated field of a stage, as {@code total: {$sum: "$x"}}.
     *
     * @param name the field's
     */
    record Output(String name, Accumulation accumulation) {
        static Output parse(Doc.Field field, ExpressionParser parser) {
            String name = field.name();
            boolean accumulator = field.value().isDocument()
                    && !field.value().asDoc().isEmpty()
                    && field.value().asDoc().first().name().startsWith("$");
            if (!accumulator) {
                throw Operands.error(40234, "The field '" + name + "' must be an accumulator object");
            }
            if (name.indexOf('.') >= 0) {
                throw Operands.error(40235, "The field name '" + name + "' cannot contain '.'");
            }
            if (name.startsWith("$")) {
                throw Operands.error(40236, "The field name '" + name + "' cannot be an operator name");
            }
            if (field.value().asDoc().count() != 1) {
                throw Operands.error(40238, "The field '" + name + "' must specify one accumulator");
            }
            Doc.Field operator = field.value().asDoc().first();
            if (operator.value().isArray()) {
                throw Operands.error(40237, "The " + operator.name() + " accumulator is a unary operator");
            }
            return new Output(name, Accumulations.parse(operator, parser));
        }
    }
}
