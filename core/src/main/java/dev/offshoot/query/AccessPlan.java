package dev.offshoot.query;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.IndexBounds;
import dev.offshoot.mql.KeyRange;
import dev.offshoot.mql.Near;
import dev.offshoot.state.IndexSnapshot;
import dev.offshoot.text.TextSearch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a query finds its documents, chosen by {@link Planner}. Runs once: {@link #open}; used by one thread. */
public final class AccessPlan {
    private static final int TRIAL_RESULTS = 101;
    private static final int TRIAL_STEPS = 10_000;

    private final Search search;
    private final Candidate chosen;
    private final List<Candidate> rejected;
    private @Nullable PlanStage running;
    private long counted = -1;
    private long looked;

    AccessPlan(Search search, Candidate chosen, List<Candidate> rejected) {
        this.search = search;
        this.chosen = chosen;
        this.rejected = rejected;
    }

    /** Whether documents come in the order asked for. */
    public boolean isSorted() {
        return chosen.isSorted();
    }

    /** Whether what comes are not whole documents but the fields that an index holds. */
    public boolean isCovered() {
        return chosen instanceof Candidate.Index index && index.covered();
    }

    /** What the texts of its documents answer; null where they are not asked. */
    public @Nullable TextSearch textSearch() {
        return search.filter().textSearch();
    }

    /** The point that its documents are near; null where they are not asked. */
    public @Nullable Near near() {
        return search.filter().near();
    }

    /** The indexes that it reads. */
    public List<IndexSnapshot> indexes() {
        return chosen.indexes(search);
    }

    /** Whether there is one document at most. */
    public boolean isById() {
        return chosen instanceof Candidate.ById;
    }

    /** Begins. {@code tick} is called for everything that is looked at, and may throw to end it. */
    public Matches open(Runnable tick) {
        PlanStage stage = chosen.open(search, tick);
        running = stage;
        return stage;
    }

    /** The key of the index that the document just found has; null where there is no index or the key does not tell. */
    public @Nullable Doc key() {
        return running instanceof Fetch fetch ? fetch.key() : null;
    }

    /** How many documents match; without looking at each where a tree can tell. */
    public long count(Runnable tick) {
        if (chosen instanceof Candidate.Scan && search.filter().isEmpty()) {
            counted = search.collection().count();
            return counted;
        }
        if (chosen instanceof Candidate.Index index && index.isCountable()) {
            counted = 0;
            for (KeyRange range : index.bounds().walk().ranges()) {
                counted += index.index().entries().count(range.from(), range.to());
                looked += 2;
            }
            return counted;
        }
        long n = 0;
        for (Matches matches = open(tick); matches.next(); ) {
            n++;
        }
        return n;
    }

    /** Keys looked at so far. */
    public long keysExamined() {
        return looked + (running == null ? 0 : running.keysExamined());
    }

    /** Documents looked at so far. */
    public long documentsExamined() {
        return running == null ? 0 : running.documentsExamined();
    }

    /** The steps that find documents, as {@code explain} shows them; with what they did so far if {@code stats}. */
    public void explain(DocBuilder out, boolean stats) {
        PlanStage stage = running == null ? chosen.open(search, () -> {}) : running;
        stage.explain(out, stats);
    }

    /** The same for a {@link #count}. */
    public void explainCount(DocBuilder out, boolean stats) {
        boolean counts = (chosen instanceof Candidate.Scan && search.filter().isEmpty())
                || (chosen instanceof Candidate.Index index && index.isCountable());
        if (counts) {
            explainCounted(out, stats);
        } else {
            explain(out, stats);
        }
    }

    private void explainCounted(DocBuilder out, boolean stats) {
        if (!(chosen instanceof Candidate.Index plan)) {
            out.append("stage", "RECORD_STORE_FAST_COUNT");
            return;
        }
        IndexBounds bounds = plan.bounds();
        out.append("stage", "COUNT_SCAN");
        if (stats) {
            out.append("nReturned", PlanStage.number(counted)).append("keysExamined", PlanStage.number(looked));
        }
        IndexScan.describe(out, plan.index(), bounds);
        out.append("indexBounds", bounds.toDoc(false, plan.index().keys().collation()));
    }

    /** The plans that were not taken. */
    public List<Doc> explainRejected() {
        return rejected.stream().map(candidate -> candidate.explain(search)).toList();
    }

    /** Runs each plan, the one taken first, until it has a first batch or looked at enough, and tells what it did. */
    public void explainTrials(DocBuilder out) {
        trial(chosen, out);
        for (Candidate candidate : rejected) {
            trial(candidate, out);
        }
    }

    private void trial(Candidate candidate, DocBuilder out) {
        int[] steps = {0};
        PlanStage stage = candidate.open(search, () -> steps[0]++);
        int n = 0;
        while (n < TRIAL_RESULTS && steps[0] < TRIAL_STEPS && stage.next()) {
            n++;
        }
        out.addDocument()
                .append("nReturned", n)
                .append("executionTimeMillisEstimate", 0)
                .append("totalKeysExamined", PlanStage.number(stage.keysExamined()))
                .append("totalDocsExamined", PlanStage.number(stage.documentsExamined()))
                .startDocument("executionStages");
        stage.explain(out, true);
        out.end().end();
    }
}
