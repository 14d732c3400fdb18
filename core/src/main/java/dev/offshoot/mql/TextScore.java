package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * How well a document answers a text search: known beside its fields. Between the stages of a pipeline that ask for it, and under a
 * sort, it goes along as a field with a name that no client's field has; for the expressions of a stage it is a variable that has the
 * score of the document last taken in. So it stays with what a stage makes of a document.
 */
public final class TextScore {
    static final String NAME = "\u0001textScore";

    private TextScore() {}

    /** Whether {@code {$meta: "textScore"}} is anywhere in it, but for pipelines on other collections. */
    public static boolean isIn(Doc spec) {
        for (Doc.Field field : spec) {
            Value value = field.value();
            boolean here = field.name().equals("$meta")
                    && value.isString()
                    && value.asString().equals("textScore");
            if (here
                    || ((value.isDocument() || value.isArray())
                            && !field.name().equals("pipeline")
                            && isIn(value.asDoc()))) {
                return true;
            }
        }
        return false;
    }

    /** @throws CommandException for a query without text */
    public static CommandException notAvailable() {
        return new CommandException(
                ErrorCode.location(40218), "query requires text score metadata, but it is not available");
    }

    /** What expressions may know while they see a document of this score. */
    public static PipelineContext seeing(PipelineContext context, double score) {
        return context.withVariable(NAME, Value.of(score));
    }

    /** Documents with their scores. */
    public static Iterator<Doc> with(Iterator<Doc> documents, ToDoubleFunction<Doc> score) {
        return Iterators.mapped(documents, document -> with(document, Value.of(score.applyAsDouble(document))));
    }

    private static Doc with(Doc document, Value score) {
        return new DocBuilder(document.length() + 32)
                .appendAll(document)
                .append(NAME, score)
                .buildDoc();
    }

    /** The score that a document has with it. */
    public static double of(Doc document) {
        Value score = document.get(NAME);
        if (score == null) {
            throw new AssertionError("a document without its score");
        }
        return score.asDouble();
    }

    /** Documents without their scores. */
    public static Iterator<Doc> without(Iterator<Doc> documents) {
        return Iterators.mapped(documents, TextScore::without);
    }

    /** The document without its score. */
    public static Doc without(Doc document) {
        DocBuilder rest = new DocBuilder(document.length());
        for (Doc.Fields field = document.fields(); field.next(); ) {
            String name = field.name();
            if (!name.equals(NAME)) {
                rest.append(name, field.value());
            }
        }
        return rest.buildDoc();
    }

    /** What a stage makes of documents with scores, with scores. */
    static Iterator<Doc> through(Stage stage, Iterator<Doc> input, PipelineContext context) {
        if (stage instanceof SortStage) {
            return stage.run(input, context);
        }
        Map<String, Value> variables = new HashMap<>(context.variables());
        Taken taken = new Taken(input, variables);
        Iterator<Doc> output = stage.run(taken, context.withVariables(variables));
        return Iterators.mapped(output, document -> taken.score == null ? document : with(document, taken.score));
    }

    /** Takes documents in, without their scores, and remembers the score of the last one. */
    private static final class Taken implements Iterator<Doc> {
        private final Iterator<Doc> from;
        private final Map<String, Value> variables;
        private @Nullable Value score;

        Taken(Iterator<Doc> from, Map<String, Value> variables) {
            this.from = from;
            this.variables = variables;
        }

        @Override
        public boolean hasNext() {
            return from.hasNext();
        }

        @Override
        public Doc next() {
            Doc document = from.next();
            score = document.get(NAME);
            if (score != null) {
                variables.put(NAME, score);
            }
            return without(document);
        }
    }
}
