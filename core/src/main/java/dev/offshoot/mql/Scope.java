package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import org.jspecify.annotations.Nullable;

/** What an expression can see: the document, the context and the variables around it. Immutable. */
public final class Scope {
    private final Value root;
    private final PipelineContext context;
    private final @Nullable Scope outer;
    private final String name;
    private final @Nullable Value value;

    private Scope(Value root, PipelineContext context, @Nullable Scope outer, String name, @Nullable Value value) {
        this.root = root;
        this.context = context;
        this.outer = outer;
        this.name = name;
        this.value = value;
    }

    static Scope of(Doc document, PipelineContext context) {
        return new Scope(Value.document(document), context, null, "", null);
    }

    /** The same scope with one more variable, which hides an outer one of its name. */
    Scope with(String variable, @Nullable Value bound) {
        return new Scope(root, context, this, variable, bound);
    }

    Value root() {
        return root;
    }

    PipelineContext context() {
        return context;
    }

    /**
     * The variable's value, null where it is missing: of the innermost expression that binds it, or of a {@code let}. The parser
     * has seen that somebody binds it.
     */
    @Nullable
    Value variable(String wanted) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            if (scope.name.equals(wanted)) {
                return scope.value;
            }
        }
        return context.variables().get(wanted);
    }
}
