package dev.offshoot.query;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.Near;
import dev.offshoot.state.IndexSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The documents that its input finds, nearest first; it reads all of them before the first. */
final class NearFetch extends PlanStage {
    private final IndexSnapshot index;
    private final Near near;
    private final PlanStage input;
    private @Nullable List<Found> found;
    private int next;

    private record Found(long recordId, byte[] document, double distance) {}

    NearFetch(IndexSnapshot index, Near near, PlanStage input) {
        this.index = index;
        this.near = near;
        this.input = input;
    }

    @Override
    boolean move() {
        List<Found> all = found;
        if (all == null) {
            all = readAll();
            found = all;
        }
        next++;
        return next <= all.size();
    }

    private List<Found> readAll() {
        List<Found> all = new ArrayList<>();
        while (input.next()) {
            work();
            Near.Found place = near.find(Doc.of(input.document()));
            if (place != null) {
                all.add(new Found(input.recordId(), input.document(), place.distance()));
            }
        }
        all.sort(Comparator.comparingDouble(Found::distance));
        return all;
    }

    private Found current() {
        List<Found> all = found;
        if (all == null || next == 0 || next > all.size()) {
            throw new IllegalStateException("before the first document, or behind the last");
        }
        return all.get(next - 1);
    }

    @Override
    public long recordId() {
        return current().recordId;
    }

    @Override
    public byte[] document() {
        return current().document;
    }

    @Override
    String name() {
        return near.spherical() && isOnSphere() ? "GEO_NEAR_2DSPHERE" : "GEO_NEAR_2D";
    }

    private boolean isOnSphere() {
        return index.spec().has("2dsphereIndexVersion");
    }

    @Override
    void describe(DocBuilder out) {
        out.append("keyPattern", index.pattern())
                .append("indexName", index.name())
                .append("indexVersion", 2);
    }

    @Override
    void count(DocBuilder out) {}

    @Override
    void inputs(DocBuilder out, boolean stats) {
        out.startArray("inputStages").addDocument();
        input.explain(out, stats);
        out.end().end();
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
