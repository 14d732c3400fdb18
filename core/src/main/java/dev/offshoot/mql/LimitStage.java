package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** {@code $limit}. */
record LimitStage(long count) implements Stage {
    static LimitStage parse(String name, Value argument, CompileContext compile) {
        long count = SkipStage.count(name, argument, 5107201);
        if (count == 0) {
            throw new CommandException(ErrorCode.location(15958), "the limit must be positive");
        }
        return new LimitStage(count);
    }

    @Override
    public Iterator<Doc> run(Iterator<Doc> input, PipelineContext context) {
        return new Iterators.Ahead() {
            private long left = count;

            @Override
            @Nullable
            Doc find() {
                return left-- > 0 && input.hasNext() ? input.next() : null;
            }
        };
    }
}
