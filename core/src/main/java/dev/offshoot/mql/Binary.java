package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An operator of the expression language with two operands, for stages that compute as expressions do. */
record Binary(Expression expression) {
    static final Binary ADD = of("$add");
    static final Binary SUBTRACT = of("$subtract");
    static final Binary MULTIPLY = of("$multiply");
    static final Binary DIVIDE = of("$divide");
    static final Binary MOD = of("$mod");

    private static Binary of(String operator) {
        DocBuilder spec = new DocBuilder().startArray(operator);
        spec.add("$$left").add("$$right").end();
        return new Binary(
                Expression.compile(Value.document(spec.buildDoc()), CompileContext.NONE.with(Set.of("left", "right"))));
    }

    /** The result; operands that are missing are null. */
    Value apply(@Nullable Value left, @Nullable Value right, PipelineContext context) {
        Scope scope = Scope.of(Doc.EMPTY, context).with("left", left).with("right", right);
        Value result = expression.evaluate(scope);
        return result == null ? Value.NULL : result;
    }
}
