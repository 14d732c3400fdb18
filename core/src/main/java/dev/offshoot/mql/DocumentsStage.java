package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.Iterator;
import java.util.List;

/** {@code $documents}: documents that stand in the pipeline itself, as an expression that reads no field. */
record DocumentsStage(Expression documents) implements Stage {
    static DocumentsStage parse(String name, Value argument, CompileContext compile) {
        return new DocumentsStage(Expression.compile(argument, compile));
    }

    @Override
    public Iterator<Doc> run(Iterator<Doc> input, PipelineContext context) {
        return Iterators.later(() -> {
            Value array = documents.evaluate(Doc.EMPTY, context);
            if (array == null || !array.isArray()) {
                throw new CommandException(ErrorCode.location(5858203), "an array is expected");
            }
            List<Value> elements = BsonArrays.elements(array);
            return elements.stream().map(DocumentsStage::document).iterator();
        });
    }

    private static Doc document(Value element) {
        if (!element.isDocument()) {
            throw new CommandException(
                    ErrorCode.location(40228),
                    "'newRoot' expression must evaluate to an object, but resulting value was: "
                            + ShellText.of(element));
        }
        return element.asDoc();
    }

    @Override
    public Place place() {
        return Place.COLLECTIONLESS;
    }
}
