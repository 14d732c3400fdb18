package dev.offshoot.mql;

import java.util.HashSet;
import java.util.Set;

/**
 * What is known where an expression, a filter or a stage is compiled.
 *
 * @param variables the names of the user's variables in scope: those of a command's or a stage's {@code let}, of {@code $map} and so
 *     on; any other name is MongoDB's error 17276
 * @param hasDocument whether there is a document whose fields can be named; a command's {@code let} has none
 * @param collation how strings compare
 * @param depth how many stages with pipelines of their own are around
 */
public record CompileContext(Set<String> variables, boolean hasDocument, Collation collation, int depth) {
    /** No variables. */
    public static final CompileContext NONE = new CompileContext(Set.of(), true);

    private static final int DEPTH_MAX = 20;

    public CompileContext {
        variables = Set.copyOf(variables);
    }

    /** Outside of all pipelines. */
    public CompileContext(Set<String> variables, boolean hasDocument) {
        this(variables, hasDocument, Collation.SIMPLE, 0);
    }

    /** The same under another collation. */
    public CompileContext with(Collation other) {
        return new CompileContext(variables, hasDocument, other, depth);
    }

    /** The same with one more variable. */
    public CompileContext with(String variable) {
        return with(Set.of(variable));
    }

    /** The same with more variables. */
    public CompileContext with(Set<String> names) {
        Set<String> more = new HashSet<>(variables);
        more.addAll(names);
        return new CompileContext(more, hasDocument, collation, depth);
    }

    /** The same with fewer variables. */
    CompileContext without(Set<String> names) {
        Set<String> fewer = new HashSet<>(variables);
        fewer.removeAll(names);
        return new CompileContext(fewer, hasDocument, collation, depth);
    }

    /** For the pipeline of a stage. */
    CompileContext inside() {
        if (depth == DEPTH_MAX) {
            throw new CommandException(
                    ErrorCode.MAX_SUB_PIPELINE_DEPTH_EXCEEDED,
                    "Maximum number of nested sub-pipelines exceeded. Limit is " + DEPTH_MAX);
        }
        return new CompileContext(variables, hasDocument, collation, depth + 1);
    }
}
