package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.Iterator;

/** A compiled stage of a pipeline. Immutable and thread safe; each run has its own state. */
interface Stage {
    /** The documents that come out, read from the input as they are asked for where the stage permits. */
    Iterator<Doc> run(Iterator<Doc> input, PipelineContext context);

    /** Whether it turns one document into one document, so that an update may consist of it. */
    default boolean isAllowedInUpdate() {
        return false;
    }

    /** Where it may stand. */
    default Place place() {
        return Place.ANYWHERE;
    }

    /** Makes a stage from its argument; {@code compile} says which variables its expressions may use. */
    @FunctionalInterface
    interface Parser {
        Stage parse(String name, Value argument, CompileContext compile);
    }
}
