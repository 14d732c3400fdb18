package dev.offshoot.query;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.state.IndexSnapshot;
import dev.offshoot.text.TextSearch;
import java.util.Collection;
import java.util.Objects;

/** The documents that a text index finds; that they match, its input has seen. */
final class TextMatch extends PlanStage {
    private final IndexSnapshot index;
    private final TextSearch search;
    private final PlanStage input;

    TextMatch(IndexSnapshot index, TextSearch search, PlanStage input) {
        this.index = index;
        this.search = search;
        this.input = input;
    }

    @Override
    boolean move() {
        boolean more = input.next();
        if (more) {
            work();
        }
        return more;
    }

    @Override
    public long recordId() {
        return input.recordId();
    }

    @Override
    public byte[] document() {
        return input.document();
    }

    @Override
    String name() {
        return "TEXT_MATCH";
    }

    @Override
    void describe(DocBuilder out) {
        out.startDocument("indexPrefix").end().append("indexName", index.name()).startDocument("parsedTextQuery");
        list(out, "terms", search.terms());
        list(out, "negatedTerms", search.negatedTerms());
        list(out, "phrases", search.phrases());
        list(out, "negatedPhrases", search.negatedPhrases());
        out.end()
                .append(
                        "textIndexVersion",
                        Objects.requireNonNullElse(index.spec().get("textIndexVersion"), Value.of(3)));
    }

    private static void list(DocBuilder out, String name, Collection<String> values) {
        out.startArray(name);
        values.forEach(out::add);
        out.end();
    }

    @Override
    void count(DocBuilder out) {
        out.append("docsRejected", number(Math.max(0, input.documentsExamined() - input.returned())));
    }

    @Override
    void inputs(DocBuilder out, boolean stats) {
        out.startDocument("inputStage");
        input.explain(out, stats);
        out.end();
    }

    @Override
    long keysExamined() {
        return input.keysExamined();
    }

    @Override
    long documentsExamined() {
        return input.documentsExamined();
    }
}
