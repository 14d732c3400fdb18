package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.Iterator;

/** {@code $sortByCount}: groups by a value and sorts by how many there are of each. */
record SortByCountStage(Stage group, Stage sort) implements Stage {
    static SortByCountStage parse(String name, Value argument, CompileContext compile) {
        if (argument.isDocument()) {
            if (argument.asDoc().isEmpty() || !argument.asDoc().first().name().startsWith("$")) {
                throw error(40147, "the sortByCount field must be defined as an expression inside an object");
            }
        } else if (!argument.isString()) {
            throw error(40149, "the sortByCount field must be specified as a string or as an object");
        } else if (!argument.asString().startsWith("$")) {
            throw error(
                    40148,
                    "the sortByCount field must be defined as a $-prefixed path or an expression inside an object");
        }
        DocBuilder group = new DocBuilder().append("_id", argument);
        group.startDocument("count").append("$sum", 1).end();
        DocBuilder sort = new DocBuilder().append("count", -1);
        return new SortByCountStage(
                GroupStage.parse("$group", Value.document(group.buildDoc()), compile),
                SortStage.parse("$sort", Value.document(sort.buildDoc()), compile));
    }

    private static CommandException error(int number, String message) {
        return new CommandException(ErrorCode.location(number), message);
    }

    @Override
    public Iterator<Doc> run(Iterator<Doc> input, PipelineContext context) {
        return sort.run(group.run(input, context), context);
    }
}
