package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.Iterator;

/** {@code $match}. */
record MatchStage(Filter filter) implements Stage {
    static MatchStage parse(String name, Value argument, CompileContext compile) {
        if (!argument.isDocument()) {
            throw new CommandException(
                    ErrorCode.location(15959), "the match filter must be an expression in an object");
        }
        return new MatchStage(Filter.compileMatch(argument.asDoc(), compile));
    }

    @Override
    public Iterator<Doc> run(Iterator<Doc> input, PipelineContext context) {
        if (filter.hasText()) {
            throw textNotFirst(); // one that is first is what the collection is read with
        }
        return Iterators.filtered(input, filter.in(context)::matches);
    }

    static CommandException textNotFirst() {
        return new CommandException(
                ErrorCode.location(17313), "$match with $text is only allowed as the first pipeline stage");
    }
}
