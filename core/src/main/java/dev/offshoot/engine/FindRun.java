package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Metadata;
import dev.offshoot.mql.PipelineContext;
import dev.offshoot.mql.Sort;
import dev.offshoot.query.Matches;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a find, as it is asked for: documents from a plan, sorted unless the plan gives them in order, skipped, limited,
 * projected. Tells afterwards what each of these did. Used by one thread.
 */
final class FindRun implements Iterator<Doc> {
    private static final String RECORD_ID = "$recordId";

    private final Query query;
    private final @Nullable Plan plan;
    private final PipelineContext context;
    private final boolean sorts;
    private final Set<Metadata> asked;
    private @Nullable Iterator<Doc> documents;
    private long left;
    private long skipped;
    private long returned;
    private long sorted;

    FindRun(Query query, @Nullable Plan plan, PipelineContext context) {
        this.query = query;
        this.plan = plan;
        this.context = context;
        this.sorts = plan != null && !query.orderParts().isEmpty() && !plan.isSorted();
        this.asked = query.asksFor();
        this.left = query.limit() == 0 ? Long.MAX_VALUE : query.limit();
    }

    @Override
    public boolean hasNext() {
        return left > 0 && input().hasNext();
    }

    @Override
    public Doc next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        left--;
        returned++;
        Doc found = input().next();
        PipelineContext seeing = asked.isEmpty() ? context : Metadata.seeing(context, found);
        Doc document = asked.isEmpty() ? found : Metadata.without(found);
        Doc projected = query.form().keyOnly() ? document : query.projection().apply(document, query.filter(), seeing);
        return query.form().recordId() ? withRecordId(projected, document) : projected;
    }

    private static Doc withRecordId(Doc projected, Doc document) {
        Value recordId = document.get(RECORD_ID);
        return projected.has(RECORD_ID) || recordId == null
                ? projected
                : new DocBuilder()
                        .appendAll(projected)
                        .append(RECORD_ID, recordId)
                        .buildDoc();
    }

    private Iterator<Doc> input() {
        Iterator<Doc> input = documents;
        if (input == null) {
            input = open();
            documents = input;
            for (; skipped < query.skip() && input.hasNext(); skipped++) {
                input.next();
            }
        }
        return input;
    }

    private Iterator<Doc> open() {
        Plan from = plan;
        if (from == null) {
            return java.util.Collections.emptyIterator();
        }
        Iterator<Doc> found =
                query.form().isPlain() ? from.documents(asked) : from.shaped(match -> formed(from, match));
        if (!sorts) {
            return found;
        }
        long most = query.window() == 0 ? Long.MAX_VALUE : query.window();
        Sort order = query.sort();
        return new Counted(order.sorted(found, most, context));
    }

    /** Counts what a sort hands on. */
    private final class Counted implements Iterator<Doc> {
        private final Iterator<Doc> from;

        Counted(Iterator<Doc> from) {
            this.from = from;
        }

        @Override
        public boolean hasNext() {
            return from.hasNext();
        }

        @Override
        public Doc next() {
            sorted++;
            return from.next();
        }
    }

    /** A document with its record id, or the key of an index in its place. */
    private Doc formed(Plan from, Matches found) {
        Doc key = query.form().keyOnly() ? from.access().key() : null;
        Doc document = !query.form().keyOnly()
                ? from.known(Doc.of(found.document()), found.recordId(), asked)
                : key == null ? Doc.EMPTY : key;
        return query.form().recordId()
                ? new DocBuilder()
                        .appendAll(document)
                        .append(RECORD_ID, found.recordId())
                        .buildDoc()
                : document;
    }

    long returned() {
        return returned;
    }

    /** The whole plan: {@code LIMIT} of {@code PROJECTION} of {@code SKIP} of {@code SORT} of what finds documents, where there are any. */
    void explain(DocBuilder out, boolean stats) {
        if (plan == null) {
            out.append("stage", "EOF");
            counts(out, stats, 0);
            return;
        }
        int open = 0;
        if (query.limit() > 0 && !sorts) {
            out.append("stage", "LIMIT");
            counts(out, stats, returned);
            out.append("limitAmount", Explain.number(query.limit())).startDocument("inputStage");
            open++;
        }
        if (!query.projection().isIdentity() || query.form().keyOnly()) {
            projection(out, stats);
            out.startDocument("inputStage");
            open++;
        }
        if (query.skip() > 0) {
            out.append("stage", "SKIP");
            counts(out, stats, returned);
            out.append("skipAmount", Explain.number(query.skip())).startDocument("inputStage");
            open++;
        }
        if (sorts) {
            sort(out, stats);
            out.startDocument("inputStage");
            open++;
        }
        plan.access().explain(out, stats);
        for (; open > 0; open--) {
            out.end();
        }
    }

    private void projection(DocBuilder out, boolean stats) {
        if (query.form().keyOnly()) {
            out.append("stage", "RETURN_KEY");
            counts(out, stats, returned);
            return;
        }
        boolean covered = plan != null && plan.access().isCovered();
        boolean simple =
                query.projection().includedPaths() != null || query.projection().isExclusion();
        out.append("stage", covered ? "PROJECTION_COVERED" : simple ? "PROJECTION_SIMPLE" : "PROJECTION_DEFAULT");
        counts(out, stats, returned);
        out.append("transformBy", query.projection().source());
    }

    private void sort(DocBuilder out, boolean stats) {
        out.append("stage", "SORT");
        counts(out, stats, sorted);
        out.append("sortPattern", query.order()).append("memLimit", Explain.number(context.memoryBytesMax()));
        if (query.window() > 0) {
            out.append("limitAmount", Explain.number(query.window()));
        }
        out.append("type", "simple");
    }

    private static void counts(DocBuilder out, boolean stats, long n) {
        if (stats) {
            out.append("nReturned", Explain.number(n)).append("advanced", Explain.number(n));
        }
    }
}
