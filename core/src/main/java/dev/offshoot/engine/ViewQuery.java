package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Snapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@code find} on a view, as the stages that say the same. */
final class ViewQuery {
    private static final List<String> WITHOUT_STAGE =
            List.of("returnKey", "showRecordId", "tailable", "awaitData", "allowPartialResults");

    private ViewQuery() {}

    /**
     * What a {@code find} comes to on a view; null where it is not on one.
     *
     * @throws CommandException InvalidPipelineOperator for an option that no stage stands for
     */
    static @Nullable Aggregation find(Invocation call, Snapshot state) {
        CollectionSnapshot found = state.entry(call.collection());
        if (found == null || !found.isView()) {
            return null;
        }
        return Aggregation.on(
                state, found.name(), stages(call), call.compileContext().with(Collations.of(call, state)));
    }

    /** The documents of a view that match a filter; null where the command is not on one. */
    static @Nullable Aggregation match(Invocation call, Snapshot state, Doc filter) {
        CollectionSnapshot found = state.entry(call.collection());
        return found == null || !found.isView()
                ? null
                : Aggregation.on(
                        state,
                        found.name(),
                        stages(filter, Doc.EMPTY, 0, 0, Doc.EMPTY),
                        call.compileContext().with(Collations.of(call, state)));
    }

    private static Doc stages(Invocation call) {
        for (String option : WITHOUT_STAGE) {
            if (call.bool(option, false)) {
                throw notSupported("Option " + option);
            }
        }
        for (String option : List.of("min", "max")) {
            if (!call.document(option).isEmpty()) {
                throw notSupported("Option " + option);
            }
        }
        Doc sort = call.document("sort");
        if (sort.has("$natural")) {
            throw notSupported("Sort option $natural");
        }
        return stages(
                call.document("filter"),
                sort,
                call.number("skip", 0),
                call.number("limit", 0),
                call.document("projection"));
    }

    private static Doc stages(Doc filter, Doc sort, long skip, long limit, Doc projection) {
        DocBuilder stages = new DocBuilder();
        int n = 0;
        n += add(stages, n, "$match", Value.document(filter), !filter.isEmpty());
        n += add(stages, n, "$sort", Value.document(sort), !sort.isEmpty());
        n += add(stages, n, "$skip", Value.of(skip), skip > 0);
        n += add(stages, n, "$limit", Value.of(limit), limit > 0);
        add(stages, n, "$project", Value.document(projection), !projection.isEmpty());
        return stages.buildDoc();
    }

    private static int add(DocBuilder stages, int n, String name, Value argument, boolean wanted) {
        if (!wanted) {
            return 0;
        }
        stages.startDocument(Integer.toString(n)).append(name, argument).end();
        return 1;
    }

    private static CommandException notSupported(String what) {
        return new CommandException(ErrorCode.INVALID_PIPELINE_OPERATOR, what + " not supported in aggregation");
    }
}
