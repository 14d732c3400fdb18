package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.Expression;
import dev.offshoot.mql.MergeStage;
import dev.offshoot.mql.OutStage;
import dev.offshoot.mql.Paths;
import dev.offshoot.mql.PipelineContext;
import dev.offshoot.mql.UpdateContext;
import dev.offshoot.mql.WriteStage;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Result;
import dev.offshoot.state.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.bson.types.ObjectId;

/** Where an {@code aggregate} writes its results: {@code $out} and {@code $merge}, to this branch or another database. */
final class PipelineOutput {
    /** How many results of a merge go to the log together. */
    private static final int BATCH = 1000;

    private final Invocation call;
    private final WriteStage stage;
    private final Invocation target;

    private PipelineOutput(Invocation call, WriteStage stage) {
        this.call = call;
        this.stage = stage;
        this.target = call.inDatabase(stage.database());
    }

    /**
     * @throws CommandException where the stage cannot write there, before anything is read
     */
    static PipelineOutput of(Invocation call, WriteStage stage) {
        PipelineOutput output = new PipelineOutput(call, stage);
        output.check();
        return output;
    }

    private void check() {
        target.checkCollection(stage.collection());
        if (target.database().isSystem()) {
            boolean out = stage instanceof OutStage;
            throw new CommandException(
                    ErrorCode.location(out ? 31321 : 31320),
                    (out ? "Can't $out" : "Cannot $merge") + " to internal database: "
                            + target.database().text());
        }
        Target there = target.target();
        if (there != null) {
            there.writable();
        }
        CollectionSnapshot found = there == null ? null : target.collection(there.snapshot(), stage.collection());
        if (stage instanceof OutStage) {
            if (found != null && found.definition().isCapped()) {
                throw new CommandException(
                        ErrorCode.location(17152),
                        "namespace '" + target.namespace(stage.collection())
                                + "' is capped so it can't be used for $out");
            }
        } else if (stage instanceof MergeStage merge) {
            checkSupport(merge, found);
        }
    }

    private static void checkSupport(MergeStage merge, @org.jspecify.annotations.Nullable CollectionSnapshot found) {
        if (found != null) {
            MergeStatement.support(found, merge);
        } else if (!merge.on().equals(List.of("_id"))) {
            throw MergeStatement.noSupport();
        }
    }

    /** Writes the results. */
    void write(Iterator<Doc> results, PipelineContext context) {
        if (stage instanceof OutStage) {
            List<Doc> all = new ArrayList<>();
            results.forEachRemaining(all::add);
            write(List.of(new OutStatement(target, stage.collection(), withIds(all))));
        } else if (stage instanceof MergeStage merge) {
            while (results.hasNext()) {
                List<Statement<Boolean>> batch = new ArrayList<>();
                while (batch.size() < BATCH && results.hasNext()) {
                    batch.add(statement(merge, results.next(), context));
                }
                write(batch);
            }
        }
    }

    /** An {@code _id} for each that has none, the same at every evaluation. */
    private static List<Doc> withIds(List<Doc> documents) {
        return documents.stream().map(PipelineOutput::withId).toList();
    }

    private static Doc withId(Doc document) {
        return document.has("_id")
                ? document
                : new DocBuilder(document.length() + 32)
                        .append("_id", new ObjectId())
                        .appendAll(document)
                        .buildDoc();
    }

    private MergeStatement statement(MergeStage merge, Doc document, PipelineContext context) {
        Doc result = merge.on().contains("_id") ? withId(document) : document;
        merge.on().forEach(path -> checkJoinValue(result, path));
        Map<String, Value> variables = new HashMap<>(context.variables());
        for (Map.Entry<String, Expression> variable : merge.let().entrySet()) {
            Value value = variable.getValue().evaluate(result, context);
            if (value == null) {
                variables.remove(variable.getKey());
            } else {
                variables.put(variable.getKey(), value);
            }
        }
        UpdateContext update = call.updateContext().withVariables(variables);
        return new MergeStatement(target, merge, result, update);
    }

    private static void checkJoinValue(Doc result, String path) {
        Value value = Paths.get(result, path);
        if (value != null && value.isArray()) {
            throw new CommandException(
                    ErrorCode.location(51185), "$merge write error: 'on' field '" + path + "' is an array");
        }
        if (value == null || value.type() == Bson.NULL || value.type() == Bson.UNDEFINED) {
            throw new CommandException(
                    ErrorCode.location(51132),
                    "$merge write error: 'on' field cannot be missing, null, undefined or an array");
        }
    }

    private <R> void write(List<? extends Statement<R>> statements) {
        for (Result<R> result : target.write(stage.collection(), statements, false)) {
            if (result.error() != null) {
                throw new CommandException(
                        result.error().code(),
                        "PlanExecutor error during aggregation :: caused by :: "
                                + result.error().message(),
                        result.error().details());
            }
        }
    }
}
