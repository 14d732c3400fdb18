package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.random.RandomGenerator;

/** {@code $sample}: some documents by chance, in an order by chance. */
record SampleStage(long size) implements Stage {
    static SampleStage parse(String name, Value argument, CompileContext compile) {
        if (!argument.isDocument()) {
            throw error(28745, "the $sample stage specification must be an object");
        }
        long size = -1;
        for (Doc.Field field : argument.asDoc()) {
            if (!field.name().equals("size")) {
                throw error(28748, "unrecognized option to $sample: " + field.name());
            }
            if (!field.value().isNumber()) {
                throw error(28746, "size argument to $sample must be a number");
            }
            size = field.value().toRoundedLong();
            if (size <= 0) {
                throw error(28747, "size argument to $sample must be a positive integer");
            }
        }
        if (size < 0) {
            throw error(28749, "$sample stage must specify a size");
        }
        return new SampleStage(size);
    }

    private static CommandException error(int number, String message) {
        return new CommandException(ErrorCode.location(number), message);
    }

    @Override
    public Iterator<Doc> run(Iterator<Doc> input, PipelineContext context) {
        return Iterators.later(() -> chosen(input, context.random()).iterator());
    }

    /** A reservoir: the n-th document gets in with probability size / n, in the place of any other one. */
    private List<Doc> chosen(Iterator<Doc> input, RandomGenerator random) {
        List<Doc> reservoir = new ArrayList<>();
        for (long seen = 1; input.hasNext(); seen++) {
            Doc doc = input.next();
            if (reservoir.size() < size) {
                reservoir.add(doc);
            } else {
                long place = random.nextLong(seen);
                if (place < size) {
                    reservoir.set((int) place, doc);
                }
            }
        }
        for (int i = reservoir.size() - 1; i > 0; i--) {
            Collections.swap(reservoir, i, random.nextInt(i + 1));
        }
        return reservoir;
    }
}
