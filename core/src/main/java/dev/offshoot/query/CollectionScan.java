package dev.offshoot.query;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.Filter;
import dev.offshoot.state.RecordId;
import dev.offshoot.tree.Cursor;
import dev.offshoot.tree.Tree;

/** Every document, in the order of insertion or against it. */
final class CollectionScan extends PlanStage {
    private final Cursor<byte[]> cursor;
    private final Filter filter;
    private final boolean backwards;
    private final Runnable tick;
    private long examined;
    private byte[] document = {};

    CollectionScan(Tree<byte[]> documents, Filter filter, boolean backwards, Runnable tick) {
        this.cursor = backwards ? documents.descending(null, null) : documents.ascending(null, null);
        this.filter = filter;
        this.backwards = backwards;
        this.tick = tick;
    }

    @Override
    boolean move() {
        while (cursor.next()) {
            examined++;
            work();
            tick.run();
            document = cursor.value();
            if (filter.matches(document, 0)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public long recordId() {
        return RecordId.of(cursor.key());
    }

    @Override
    public byte[] document() {
        return document;
    }

    @Override
    String name() {
        return "COLLSCAN";
    }

    @Override
    void describe(DocBuilder out) {
        if (!filter.isEmpty()) {
            out.append("filter", filter.source());
        }
        out.append("direction", backwards ? "backward" : "forward");
    }

    @Override
    void count(DocBuilder out) {
        out.append("docsExamined", number(examined));
    }

    @Override
    void inputs(DocBuilder out, boolean stats) {}

    @Override
    long keysExamined() {
        return 0;
    }

    @Override
    long documentsExamined() {
        return examined;
    }
}
