package dev.offshoot.query;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Filter;
import dev.offshoot.state.CollectionSnapshot;

/** The one document of an {@code _id}. */
final class IdLookup extends PlanStage {
    private final CollectionSnapshot collection;
    private final Filter filter;
    private final Value id;
    private boolean done;
    private long recordId;
    private byte[] document = {};
    private int found;

    IdLookup(CollectionSnapshot collection, Filter filter, Value id) {
        this.collection = collection;
        this.filter = filter;
        this.id = id;
    }

    @Override
    boolean move() {
        if (done) {
            return false;
        }
        done = true;
        work();
        CollectionSnapshot.Found one = collection.byId(id);
        if (one == null) {
            return false;
        }
        found = 1;
        recordId = one.recordId();
        document = one.bytes();
        return filter.matches(document, 0);
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
        return "IDHACK";
    }

    @Override
    void describe(DocBuilder out) {}

    @Override
    void count(DocBuilder out) {
        out.append("keysExamined", found).append("docsExamined", found);
    }

    @Override
    void inputs(DocBuilder out, boolean stats) {}

    @Override
    long keysExamined() {
        return found;
    }

    @Override
    long documentsExamined() {
        return found;
    }
}
