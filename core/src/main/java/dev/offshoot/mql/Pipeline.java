package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A compiled aggregation pipeline. Immutable and thread safe. It streams: a document is read when a result is asked for,
 * and only {@code $sort}, {@code $group}, {@code $count}, {@code $sample} and {@code $sortByCount} read all of their input
 * first. A {@code $sort} that a {@code $limit} follows holds no more than it needs.
 */
public final class Pipeline {
    private final List<Stage> stages;

    private Pipeline(List<Stage> stages) {
        this.stages = stages;
    }

    /**
     * Compiles a pipeline, given as an array of stages.
     *
     * @throws CommandException with MongoDB's code where it is wrong or not supported
     */
    public static Pipeline compile(Doc array) {
        return compile(array, CompileContext.NONE);
    }

    /** The same where expressions see variables. */
    public static Pipeline compile(Doc array, CompileContext context) {
        List<Stage> stages = new ArrayList<>();
        for (Doc.Fields f = array.fields(); f.next(); ) {
            stages.add(Stages.parse(f.value(), context));
        }
        return new Pipeline(withSortLimits(stages));
    }

    public static Pipeline compile(List<Doc> stages) {
        return compile(
                BsonArrays.of(stages.stream().map(Value::document).toList()).asDoc());
    }

    /** Tells each sort how many documents the limit behind it lets through, with what is skipped between them. */
    private static List<Stage> withSortLimits(List<Stage> stages) {
        List<Stage> result = new ArrayList<>(stages);
        for (int i = 0; i < result.size(); i++) {
            if (result.get(i) instanceof SortStage sort) {
                result.set(i, new SortStage(sort.sort(), limitAfter(stages, i)));
            }
        }
        return List.copyOf(result);
    }

    private static long limitAfter(List<Stage> stages, int sort) {
        long skipped = 0;
        for (Stage stage : stages.subList(sort + 1, stages.size())) {
            if (stage instanceof LimitStage limit) {
                return limit.count() > Long.MAX_VALUE - skipped ? Long.MAX_VALUE : skipped + limit.count();
            }
            if (!(stage instanceof SkipStage skip) || skip.count() > Long.MAX_VALUE - skipped) {
                return Long.MAX_VALUE;
            }
            skipped += skip.count();
        }
        return Long.MAX_VALUE;
    }

    /** The filter of a {@code $match} that comes first, for whoever chooses the input; null where there is none or it needs a context. */
    public @Nullable Filter leadingMatch() {
        return !stages.isEmpty()
                        && stages.get(0) instanceof MatchStage match
                        && !match.filter().needsContext()
                ? match.filter()
                : null;
    }

    /** The rest, for an input that the leading match has been applied to; itself where there is none. */
    public Pipeline afterLeadingMatch() {
        return leadingMatch() == null ? this : new Pipeline(stages.subList(1, stages.size()));
    }

    public boolean isEmpty() {
        return stages.isEmpty();
    }

    /** The first stage that an update may not have, by its place, or -1. */
    int firstNotAllowedInUpdate() {
        for (int i = 0; i < stages.size(); i++) {
            if (!stages.get(i).isAllowedInUpdate()) {
                return i;
            }
        }
        return -1;
    }

    /**
     * The results, computed as they are asked for.
     *
     * @throws CommandException here or from the iterator, where a document does not fit an operator or a limit is passed
     */
    public Iterator<Doc> run(Iterator<Doc> input, PipelineContext context) {
        Iterator<Doc> documents = input;
        for (Stage stage : stages) {
            documents = stage.run(documents, context);
        }
        return documents;
    }
}
