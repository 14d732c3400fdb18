package dev.offshoot.mql;

import dev.offshoot.bson.Value;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Arguments that have to be known before there are documents. */
final class Constants {
    private static final RandomGenerator NO_CHANCE = () -> {
        throw new AssertionError("a constant that asks for chance");
    };

    /** For arithmetic on constants: without time and chance. */
    static final PipelineContext CONTEXT = PipelineContext.of(0, NO_CHANCE);

    private Constants() {}

    /** The value of an expression that is the same for all documents; null where it is not, or is missing. */
    static @Nullable Value of(Value spec, ExpressionParser parser) {
        return ConstantExpression.value(parser.parse(spec));
    }
}
