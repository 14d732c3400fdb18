package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Snapshot;
import java.util.ArrayList;
import java.util.List;

/**
 * What is to be read for a name: a collection, or the one that a view stands on.
 *
 * @param collection the collection at the bottom, which need not exist
 * @param stages what the views between make of it, in the order they run
 * @param isView whether the name is a view's
 */
record ViewChain(String collection, List<Value> stages, boolean isView) {
    /**
     * Follows views down to a collection.
     *
     * @throws CommandException ViewDepthLimitExceeded where they are too many, or stand on each other in a circle
     */
    static ViewChain resolve(Snapshot state, String name) {
        List<Value> stages = new ArrayList<>();
        String at = name;
        for (int depth = 0; depth <= Views.DEPTH_MAX; depth++) {
            CollectionSnapshot found = state.entry(at);
            String on = found == null ? null : found.definition().viewOn();
            if (found == null || on == null) {
                return new ViewChain(at, stages, depth > 0);
            }
            int i = 0;
            for (Doc.Field stage : found.definition().pipeline()) {
                stages.add(i++, stage.value());
            }
            at = on;
        }
        throw tooDeep();
    }

    static CommandException tooDeep() {
        return new CommandException(
                ErrorCode.VIEW_DEPTH_LIMIT_EXCEEDED,
                "View depth too deep or view cycle detected; maximum depth is " + Views.DEPTH_MAX);
    }

    /** The stages of the views, then these. */
    Doc then(Doc pipeline) {
        DocBuilder all = new DocBuilder();
        int n = 0;
        for (Value stage : stages) {
            all.append(Integer.toString(n++), stage);
        }
        for (Doc.Field stage : pipeline) {
            all.append(Integer.toString(n++), stage.value());
        }
        return all.buildDoc();
    }
}
