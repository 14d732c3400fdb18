package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.MergeStage;
import dev.offshoot.mql.Paths;
import dev.offshoot.mql.Update;
import dev.offshoot.mql.UpdateContext;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexSnapshot;
import dev.offshoot.state.Statement;
import dev.offshoot.state.Turn;
import dev.offshoot.wal.Change;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts one result of a pipeline where it belongs in a collection.
 *
 * @param context with the variables that the pipeline of {@code whenMatched} sees
 */
record MergeStatement(Invocation call, MergeStage stage, Doc result, UpdateContext context)
        implements Statement<Boolean> {
    @Override
    public Draft<Boolean> evaluate(Turn turn) {
        CollectionSnapshot found = call.collection(turn.snapshot(), stage.collection());
        List<Change> changes = new ArrayList<>();
        long recordId = found == null || stage.whenMatched() == MergeStage.WhenMatched.FAIL ? 0 : matched(found);
        if (found != null && recordId != 0) {
            change(found, recordId, changes);
        } else {
            add(turn, changes);
        }
        return new Draft<>(true, changes, List.of());
    }

    /** The document that the result belongs to; 0 where there is none. */
    private long matched(CollectionSnapshot found) {
        IndexSnapshot index = support(found, stage);
        List<Value> key = new ArrayList<>();
        for (Doc.Field field : index.pattern()) {
            key.add(joinValue(field.name()));
        }
        return index.holder(index.keys().key(key), 0);
    }

    private Value joinValue(String path) {
        Value value = Paths.get(result, path);
        if (value == null) {
            throw new AssertionError("the field " + path + " was seen before");
        }
        return value;
    }

    /**
     * The index that says that at most one document has certain values in these fields.
     *
     * @throws CommandException Location51183 where there is none
     */
    static IndexSnapshot support(CollectionSnapshot collection, MergeStage stage) {
        List<String> on = stage.on();
        for (IndexSnapshot index : collection.indexes()) {
            List<String> fields = new ArrayList<>();
            index.pattern().forEach(field -> fields.add(field.name()));
            boolean whole = !index.spec().has("partialFilterExpression")
                    && index.keys().collation().equals(stage.collation())
                    && fields.size() == on.size();
            if (index.isUnique() && !index.isMasked() && whole && new HashSet<>(fields).equals(new HashSet<>(on))) {
                return index;
            }
        }
        throw noSupport();
    }

    static CommandException noSupport() {
        return new CommandException(
                ErrorCode.location(51183), "Cannot find index to verify that join fields will be unique");
    }

    private void change(CollectionSnapshot found, long recordId, List<Change> changes) {
        byte[] before = found.document(recordId);
        if (before == null) {
            throw new AssertionError("an index names record " + recordId + ", which is not there");
        }
        Doc after;
        try {
            after = changed(Doc.of(before));
        } catch (CommandException e) {
            throw e.code().equals(ErrorCode.IMMUTABLE_FIELD) ? immutable(e) : e;
        }
        if (!after.equals(Doc.of(before))) {
            CollectionWriter.of(call, found, changes).replace(recordId, before, after);
        }
    }

    private static CommandException immutable(CommandException cause) {
        return new CommandException(
                cause.code(),
                "$merge failed to update the matching document, did you attempt to modify the _id or the shard key? ::"
                        + " caused by :: " + cause.message());
    }

    private Doc changed(Doc before) {
        return switch (stage.whenMatched()) {
            case REPLACE -> Update.replacement(result).apply(before, context);
            case MERGE -> operator("$set").apply(before, context);
            case KEEP_EXISTING, FAIL -> before;
            case PIPELINE -> pipeline().apply(before, context);
        };
    }

    private void add(Turn turn, List<Change> changes) {
        switch (stage.whenNotMatched()) {
            case INSERT ->
                CollectionWriter.findOrCreate(call, turn.snapshot(), stage.collection(), changes)
                        .insert(added());
            case DISCARD -> {}
            case FAIL ->
                throw new CommandException(
                        ErrorCode.MERGE_STAGE_NO_MATCHING_DOCUMENT,
                        "$merge could not find a matching document in the target collection for at least one document in"
                                + " the source collection");
        }
    }

    /** What is inserted: the result, or what operators make of it, which put its fields in order. */
    private Doc added() {
        return switch (stage.whenMatched()) {
            case MERGE -> operator("$set").upsert(joinValues(), context);
            case KEEP_EXISTING -> operator("$setOnInsert").upsert(joinValues(), context);
            default -> result;
        };
    }

    private List<Doc.Field> joinValues() {
        return stage.on().stream()
                .map(path -> new Doc.Field(path, joinValue(path)))
                .toList();
    }

    private Update operator(String name) {
        return Update.compile(
                Value.document(new DocBuilder().append(name, result).buildDoc()), false);
    }

    private Update pipeline() {
        @Nullable Update update = stage.update();
        if (update == null) {
            throw new AssertionError("a merge by pipeline without one");
        }
        return update;
    }
}
