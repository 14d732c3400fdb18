package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A compiled aggregation pipeline. Immutable and thread safe. It streams: a document is read when a result is asked for,
 * and only {@code $sort}, {@code $group}, {@code $count}, {@code $sample} and {@code $sortByCount} read all of their input
 * first. A {@code $sort} that a {@code $limit} follows holds no more than it needs.
 */
public final class Pipeline {
    private static final int STAGES_MAX = 1000;

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
        return compile(array, context, Within.COMMAND);
    }

    /**
     * Compiles a pipeline that reads no collection: {@code {aggregate: 1}}.
     *
     * @throws CommandException InvalidNamespace where its first stage needs one
     */
    public static Pipeline compileCollectionless(Doc array, CompileContext context) {
        if (array.isEmpty()) {
            throw new CommandException(
                    ErrorCode.INVALID_NAMESPACE, "{aggregate: 1} is not valid for an empty pipeline.");
        }
        return compile(array, context, Within.SERVER);
    }

    /** Compiles a pipeline that is part of something, and refuses stages that have no place there. */
    static Pipeline compile(Doc array, CompileContext context, Within within) {
        List<Value> specs = BsonArrays.elements(array);
        if (specs.size() > STAGES_MAX) {
            throw new CommandException(
                    ErrorCode.location(7749501), "Pipeline length must be no longer than " + STAGES_MAX + " stages");
        }
        List<Stage> stages = new ArrayList<>();
        for (Value spec : specs) {
            stages.add(Stages.parse(spec, context));
        }
        checkText(stages, array);
        for (int i = 0; i < stages.size(); i++) {
            within.check(Stages.field(specs.get(i)).name(), stages.get(i), i == 0);
        }
        for (int i = 0; i < stages.size(); i++) {
            checkPosition(Stages.field(specs.get(i)).name(), stages.get(i).place(), i, stages.size());
        }
        return of(stages);
    }

    /** The pipeline of these stages, whose places were seen to be right. */
    static Pipeline of(List<Stage> stages) {
        return new Pipeline(withSortLimits(withMatchesFirst(withUnwinds(stages))));
    }

    /** {@code $text} comes first, or nobody asks how well it was answered. */
    private static void checkText(List<Stage> stages, Doc array) {
        boolean first = !stages.isEmpty()
                && stages.get(0) instanceof MatchStage match
                && match.filter().hasText();
        for (Stage stage : stages.subList(first ? 1 : 0, stages.size())) {
            if (stage instanceof MatchStage match && match.filter().hasText()) {
                throw MatchStage.textNotFirst();
            }
        }
        if (!first && Metadata.TEXT_SCORE.isIn(array)) {
            throw Metadata.TEXT_SCORE.notAvailable();
        }
    }

    private static void checkPosition(String name, Place place, int at, int size) {
        if (place.first() && at > 0) {
            throw new CommandException(
                    ErrorCode.location(40602), name + " is only valid as the first stage in a pipeline");
        }
        if (place.last() && at < size - 1) {
            throw new CommandException(
                    ErrorCode.location(40601), name + " can only be the final stage in the pipeline");
        }
    }

    /** Gives each lookup the unwinding of its own result, which then need not be gathered in an array first. */
    private static List<Stage> withUnwinds(List<Stage> stages) {
        List<Stage> result = new ArrayList<>();
        for (Stage stage : stages) {
            Stage before = result.isEmpty() ? null : result.get(result.size() - 1);
            if (stage instanceof UnwindStage unwind
                    && before instanceof LookupStage lookup
                    && lookup.canUnwind(unwind)) {
                result.set(result.size() - 1, lookup.with(unwind));
            } else {
                result.add(stage);
            }
        }
        return result;
    }

    public static Pipeline compile(List<Doc> stages) {
        return compile(
                BsonArrays.of(stages.stream().map(Value::document).toList()).asDoc());
    }

    /** Filters before it sorts: a match changes no document and no order. */
    private static List<Stage> withMatchesFirst(List<Stage> stages) {
        List<Stage> result = new ArrayList<>(stages);
        for (int i = 1; i < result.size(); i++) {
            int at = i;
            while (at > 0 && result.get(at) instanceof MatchStage && result.get(at - 1) instanceof SortStage) {
                Collections.swap(result, at, at - 1);
                at--;
            }
        }
        return result;
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

    /** The filter of a {@code $match} that comes first, for one run and whoever chooses its input; null where there is none. */
    public @Nullable Filter leadingMatch(PipelineContext context) {
        return !stages.isEmpty() && stages.get(0) instanceof MatchStage match
                ? match.filter().in(context)
                : null;
    }

    /** What a {@code $geoNear} that comes first has to find, for whoever chooses the input; null where there is none. */
    public @Nullable Filter leadingNear(PipelineContext context) {
        return !stages.isEmpty() && stages.get(0) instanceof GeoNearStage near ? near.filter(context) : null;
    }

    /** The same pipeline for an input that the leading {@code $geoNear} has found with this filter. */
    public Pipeline foundNear(Filter found) {
        Near near = found.near();
        if (near == null || !(stages.get(0) instanceof GeoNearStage first)) {
            throw new IllegalArgumentException("nothing was found near a point");
        }
        List<Stage> shaping = new ArrayList<>(stages);
        shaping.set(0, first.found(near));
        return new Pipeline(shaping);
    }

    /** All stages but the first one. */
    Pipeline afterFirst() {
        return new Pipeline(stages.subList(1, stages.size()));
    }

    /** The rest, for an input that the leading match has been applied to; itself where there is none. */
    public Pipeline afterLeadingMatch() {
        return !stages.isEmpty() && stages.get(0) instanceof MatchStage
                ? new Pipeline(stages.subList(1, stages.size()))
                : this;
    }

    /** The order of a {@code $sort} that comes first, for whoever can give it; empty where there is none. */
    public List<Sort.Part> leadingOrder() {
        return !stages.isEmpty() && stages.get(0) instanceof SortStage sort
                ? sort.sort().parts()
                : List.of();
    }

    /** The rest, for an input in the leading order. */
    public Pipeline afterLeadingOrder() {
        return leadingOrder().isEmpty() ? this : new Pipeline(stages.subList(1, stages.size()));
    }

    /** How many documents will be asked for at most, in the leading order, as far as {@code $skip} and {@code $limit} say; 0 for all. */
    public long leadingLimit() {
        long limit = limitAfter(stages, leadingOrder().isEmpty() ? -1 : 0);
        return limit == Long.MAX_VALUE ? 0 : limit;
    }

    public boolean isEmpty() {
        return stages.isEmpty();
    }

    /** The stage at the end that writes, which is for the caller to do; null where there is none. */
    public @Nullable WriteStage writeStage() {
        return !stages.isEmpty() && stages.get(stages.size() - 1) instanceof WriteStage write ? write : null;
    }

    /** The stages before the one that writes. */
    public Pipeline beforeWriteStage() {
        return writeStage() == null ? this : new Pipeline(stages.subList(0, stages.size() - 1));
    }

    /** Where a stage with this pipeline may stand, which without it could stand anywhere. */
    Place placeOutside() {
        Place place = Place.ANYWHERE;
        for (Stage stage : stages) {
            place = place.outside(stage.place());
        }
        return place;
    }

    /** The results of running it on a collection; a leading match goes to the collection's indexes. */
    public Iterator<Doc> runOn(CollectionReader.Source source, PipelineContext context) {
        Filter match = leadingMatch(context);
        PipelineContext on = context.on(source);
        return match == null
                ? run(source.find(Filter.compile(Doc.EMPTY), context), on)
                : afterFirst().run(source.find(match, context), on);
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
            if (stage instanceof UnwindStage) {
                documents = Iterators.watched(documents, context.collections()::checkTime);
            }
        }
        return documents;
    }

    /** The same for documents that {@link Metadata} goes along with, which every stage sees. */
    public Iterator<Doc> runKnown(Iterator<Doc> input, PipelineContext context) {
        Iterator<Doc> documents = input;
        for (Stage stage : stages) {
            documents = Metadata.through(stage, documents, context);
        }
        return Metadata.without(documents);
    }
}
