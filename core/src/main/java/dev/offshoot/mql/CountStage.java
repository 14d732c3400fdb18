package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.Iterator;
import java.util.List;

/** {@code $count}: one document with the number of documents, none where there are none. */
record CountStage(String field) implements Stage {
    static CountStage parse(String name, Value argument, CompileContext compile) {
        if (!argument.isString()) {
            throw error(40156, "the count field must be a non-empty string");
        }
        String field = argument.asString();
        if (field.isEmpty()) {
            throw error(40157, "the count field must be a non-empty string");
        }
        if (field.startsWith("$")) {
            throw error(40158, "the count field cannot be a $-prefixed path");
        }
        if (field.indexOf('\0') >= 0) {
            throw error(40159, "the count field cannot contain a null byte");
        }
        if (field.indexOf('.') >= 0) {
            throw error(40160, "the count field cannot contain '.'");
        }
        if (field.equals("_id")) {
            throw error(9039800, "the count field cannot be '_id'");
        }
        return new CountStage(field);
    }

    private static CommandException error(int number, String message) {
        return new CommandException(ErrorCode.location(number), message);
    }

    @Override
    public Iterator<Doc> run(Iterator<Doc> input, PipelineContext context) {
        return Iterators.later(() -> {
            long count = 0;
            for (; input.hasNext(); input.next()) {
                count++;
            }
            Doc result = new DocBuilder().append(field, Numbers.narrow(count)).buildDoc();
            return (count == 0 ? List.<Doc>of() : List.of(result)).iterator();
        });
    }
}
