package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.Iterator;

/**
 * {@code $sort}.
 *
 * @param limit how many documents of the result are wanted
 */
record SortStage(Sort sort, long limit) implements Stage {
    static SortStage parse(String name, Value argument, CompileContext compile) {
        if (!argument.isDocument()) {
            throw new CommandException(ErrorCode.location(15973), "the $sort key specification must be an object");
        }
        Sort sort = Sort.compile(argument.asDoc(), compile.collation());
        if (sort.isEmpty()) {
            throw new CommandException(ErrorCode.location(15976), "$sort stage must have at least one sort key");
        }
        return new SortStage(sort, Long.MAX_VALUE);
    }

    @Override
    public Iterator<Doc> run(Iterator<Doc> input, PipelineContext context) {
        return sort.sorted(input, limit, context);
    }
}
