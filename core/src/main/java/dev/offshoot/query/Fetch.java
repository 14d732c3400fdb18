package dev.offshoot.query;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.Filter;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.tree.Finder;
import org.jspecify.annotations.Nullable;

/**
 * The documents of the records that an index finds, checked against the whole filter. Where the plan is covered, documents are read
 * from the index's keys; only one of which a key does not tell all is fetched.
 */
final class Fetch extends PlanStage {
    private final Filter filter;
    private final IndexScan input;
    private final boolean covered;
    private final boolean exact;
    private final Finder<byte[]> documents;
    private byte[] document = {};
    private long examined;

    /** @param exact whether all that the index finds matches, so that the filter need not be asked */
    Fetch(CollectionSnapshot collection, Filter filter, IndexScan input, boolean covered, boolean exact) {
        this.documents = collection.documents().finder();
        this.exact = exact;
        this.filter = filter;
        this.input = input;
        this.covered = covered;
    }

    @Override
    boolean move() {
        while (input.next()) {
            work();
            Doc read = covered ? input.keyDocument() : null;
            if (read == null) {
                document = IndexScan.fetched(documents, input.index(), input.value());
                examined++;
            } else {
                document = read.bytes();
            }
            if (exact || filter.matches(document, 0)) {
                return true;
            }
        }
        return false;
    }

    /** The index's key of the document, for {@code returnKey}. */
    @Nullable
    Doc key() {
        return input.key();
    }

    @Override
    public long recordId() {
        return input.recordId();
    }

    @Override
    public byte[] document() {
        return document;
    }

    @Override
    String name() {
        return "FETCH";
    }

    /** Whoever shapes the answer of a covered plan is shown right above the index. */
    @Override
    void explain(DocBuilder out, boolean stats) {
        if (covered) {
            input.explain(out, stats);
        } else {
            super.explain(out, stats);
        }
    }

    @Override
    void describe(DocBuilder out) {
        if (!exact && !filter.isEmpty()) {
            out.append("filter", filter.source());
        }
    }

    @Override
    void count(DocBuilder out) {
        out.append("docsExamined", number(examined)).append("alreadyHasObj", 0);
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
        return examined;
    }
}
