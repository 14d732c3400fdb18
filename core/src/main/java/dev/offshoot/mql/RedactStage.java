package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.Iterator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code $redact}: asks at each level of a document whether to keep it, to drop it or to look into it. */
record RedactStage(Expression expression) implements Stage {
    private static final String CURRENT = "CURRENT";
    private static final Value KEEP = Value.of("keep");
    private static final Value PRUNE = Value.of("prune");
    private static final Value DESCEND = Value.of("descend");

    static RedactStage parse(String name, Value argument, CompileContext compile) {
        CompileContext inner = compile.with(Set.of(CURRENT, "KEEP", "PRUNE", "DESCEND"));
        return new RedactStage(Expression.compile(argument, inner));
    }

    @Override
    public Iterator<Doc> run(Iterator<Doc> input, PipelineContext context) {
        return new Iterators.Ahead() {
            @Override
            @Nullable
            Doc find() {
                while (input.hasNext()) {
                    Doc document = input.next();
                    Scope scope = Scope.of(document, context)
                            .with("KEEP", KEEP)
                            .with("PRUNE", PRUNE)
                            .with("DESCEND", DESCEND);
                    Doc left = redacted(document, scope);
                    if (left != null) {
                        return left;
                    }
                }
                return null;
            }
        };
    }

    /** What is left of a document, or null. */
    private @Nullable Doc redacted(Doc document, Scope scope) {
        Value decision = expression.evaluate(scope.with(CURRENT, Value.document(document)));
        if (KEEP.equals(decision)) {
            return document;
        }
        if (PRUNE.equals(decision)) {
            return null;
        }
        if (!DESCEND.equals(decision)) {
            throw Operands.error(
                    17053,
                    "$redact's expression should not return anything aside from the variables $$KEEP, $$DESCEND, and"
                            + " $$PRUNE, but returned " + (decision == null ? "MISSING" : ShellText.of(decision)));
        }
        DocBuilder out = new DocBuilder(document.length());
        for (Doc.Fields f = document.fields(); f.next(); ) {
            if (f.type() != Bson.DOCUMENT && f.type() != Bson.ARRAY) {
                out.appendField(document.bytes(), f.nameStart() - 1, f.valueEnd());
                continue;
            }
            Value left = redacted(f.value(), scope);
            if (left != null) {
                out.append(f.name(), left);
            }
        }
        return out.buildDoc();
    }

    private @Nullable Value redacted(Value value, Scope scope) {
        if (value.isDocument()) {
            Doc left = redacted(value.asDoc(), scope);
            return left == null ? null : Value.document(left);
        }
        if (!value.isArray()) {
            return value;
        }
        DocBuilder out = new DocBuilder(value.length());
        int i = 0;
        for (Doc.Fields f = value.asDoc().fields(); f.next(); ) {
            Value left = redacted(f.value(), scope);
            if (left != null) {
                out.append(Integer.toString(i++), left);
            }
        }
        return Value.array(out.buildDoc());
    }
}
