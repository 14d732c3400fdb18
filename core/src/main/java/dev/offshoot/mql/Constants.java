package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
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
        Expression expression = parser.parse(spec);
        if (isPlain(spec)) {
            return spec;
        }
        return expression.isConstant() ? expression.evaluate(Doc.EMPTY, CONTEXT) : null;
    }

    private static boolean isPlain(Value spec) {
        return switch (spec.type()) {
            case Bson.STRING -> !spec.asString().startsWith("$");
            case Bson.DOCUMENT -> false;
            case Bson.ARRAY -> BsonArrays.elements(spec).stream().allMatch(Constants::isPlain);
            default -> true;
        };
    }
}
