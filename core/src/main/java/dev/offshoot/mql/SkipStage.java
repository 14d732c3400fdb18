package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.Iterator;

/** {@code $skip}. */
record SkipStage(long count) implements Stage {
    static SkipStage parse(String name, Value argument, CompileContext compile) {
        return new SkipStage(count(name, argument, 5107200));
    }

    /** The argument of {@code $skip} or {@code $limit}. */
    static long count(String name, Value argument, int errorNumber) {
        String problem = !argument.isNumber()
                ? "Expected a number"
                : !Numbers.isWhole(argument)
                        ? "Expected an integer"
                        : argument.toLong() < 0 ? "Expected a non-negative number" : "";
        if (!problem.isEmpty()) {
            throw new CommandException(
                    ErrorCode.location(errorNumber),
                    "invalid argument to " + name + " stage: " + problem + " in: " + ShellText.field(name, argument));
        }
        return argument.toLong();
    }

    @Override
    public Iterator<Doc> run(Iterator<Doc> input, PipelineContext context) {
        return Iterators.later(() -> {
            for (long i = 0; i < count && input.hasNext(); i++) {
                input.next();
            }
            return input;
        });
    }
}
