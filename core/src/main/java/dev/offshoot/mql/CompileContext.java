package dev.offshoot.mql;

import java.util.HashSet;
import java.util.Set;

/**
 * What is known where an expression, a filter or a stage is compiled.
 *
 * @param variables the names of the user's variables in scope: those of a command's or a stage's {@code let}, of {@code $map} and so
 *     on; any other name is MongoDB's error 17276
 * @param hasDocument whether there is a document whose fields can be named; a command's {@code let} has none
 */
public record CompileContext(Set<String> variables, boolean hasDocument) {
    /** No variables. */
    public static final CompileContext NONE = new CompileContext(Set.of(), true);

    public CompileContext {
        variables = Set.copyOf(variables);
    }

    /** The same with one more variable. */
    public CompileContext with(String variable) {
        return with(Set.of(variable));
    }

    /** The same with more variables. */
    public CompileContext with(Set<String> names) {
        Set<String> more = new HashSet<>(variables);
        more.addAll(names);
        return new CompileContext(more, hasDocument);
    }
}
