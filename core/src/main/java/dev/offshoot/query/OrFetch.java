package dev.offshoot.query;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.Filter;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.tree.Finder;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The documents that one of several walks through indexes finds, each once, checked against the whole filter. */
final class OrFetch extends PlanStage {
    private final Finder<byte[]> documents;
    private final Filter filter;
    private final List<IndexScan> inputs;
    private final Set<Long> seen = new HashSet<>();
    private int at;
    private long recordId;
    private byte[] document = {};
    private long examined;
    private long found;

    OrFetch(CollectionSnapshot collection, Filter filter, List<IndexScan> inputs) {
        this.documents = collection.documents().finder();
        this.filter = filter;
        this.inputs = inputs;
    }

    @Override
    boolean move() {
        for (; at < inputs.size(); at++) {
            IndexScan input = inputs.get(at);
            while (input.next()) {
                found++;
                recordId = input.recordId();
                if (!seen.add(recordId)) {
                    continue;
                }
                work();
                examined++;
                document = IndexScan.fetched(documents, input.index(), input.value());
                if (filter.matches(document, 0)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    public long recordId() {
        return recordId;
    }

    @Override
    public byte[] document() {
        return document;
    }

    @Override
    String name() {
        return "FETCH";
    }

    @Override
    void describe(DocBuilder out) {
        out.append("filter", filter.source());
    }

    @Override
    void count(DocBuilder out) {
        out.append("docsExamined", number(examined)).append("alreadyHasObj", 0);
    }

    @Override
    void inputs(DocBuilder out, boolean stats) {
        out.startDocument("inputStage").append("stage", "OR");
        if (stats) {
            out.append("nReturned", number(seen.size()))
                    .append("works", number(found))
                    .append("advanced", number(seen.size()))
                    .append("isEOF", at == inputs.size() ? 1 : 0)
                    .append("dupsTested", number(found))
                    .append("dupsDropped", number(found - seen.size()));
        }
        out.startArray("inputStages");
        for (IndexScan input : inputs) {
            out.addDocument();
            input.explain(out, stats);
            out.end();
        }
        out.end().end();
    }

    @Override
    long keysExamined() {
        return inputs.stream().mapToLong(IndexScan::keysExamined).sum();
    }

    @Override
    long documentsExamined() {
        return examined;
    }
}
