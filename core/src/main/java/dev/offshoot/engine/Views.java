package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Collation;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.Pipeline;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Snapshot;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * What may be a view: MongoDB's rules for its pipeline, and for the graph of what reads what. The graph is that of one state; a view
 * that is to be made or changed stands in it as it will be.
 */
final class Views {
    /** How many views may lie on top of each other. */
    static final int DEPTH_MAX = 20;

    private final Invocation call;
    private final Snapshot state;
    private final String name;
    private final Doc definition;

    private Views(Invocation call, Snapshot state, String name, Doc definition) {
        this.call = call;
        this.state = state;
        this.name = name;
        this.definition = definition;
    }

    /**
     * Refuses a definition that cannot be a view of this name in this state.
     *
     * @param definition with {@code viewOn} and {@code pipeline}
     */
    static void check(Invocation call, Snapshot state, String name, Doc definition) {
        checkPipeline(call, name, pipeline(definition));
        Views views = new Views(call, state, name, definition);
        views.checkCycles(name, new ArrayList<>());
        views.checkDepths();
        views.checkCollations();
    }

    private static void checkPipeline(Invocation call, String name, Doc pipeline) {
        int place = 0;
        for (Doc.Field element : pipeline) {
            Value stage = element.value();
            if (stage.isDocument() && !stage.asDoc().isEmpty()) {
                checkStage(call, name, stage.asDoc().first().name(), place);
            }
            place++;
        }
        Pipeline.compile(pipeline);
        if (pipeline.length() > Bson.DOCUMENT_BYTES_MAX) {
            throw new CommandException(
                    ErrorCode.VIEW_PIPELINE_TOO_LARGE,
                    "View pipeline is too large and exceeds the maximum size of " + Bson.DOCUMENT_BYTES_MAX + " bytes");
        }
    }

    private static void checkStage(Invocation call, String name, String stage, int place) {
        String wrong = switch (stage) {
            case "$out", "$merge" ->
                "The aggregation stage " + stage + " in location " + place
                        + " of the pipeline cannot be used in the view definition of " + call.namespace(name)
                        + " because it writes to disk";
            case "$changeStream" -> "$changeStream cannot be used in a view definition";
            default -> "";
        };
        if (!wrong.isEmpty()) {
            throw new CommandException(
                    ErrorCode.OPTION_NOT_SUPPORTED_ON_VIEW,
                    "Invalid pipeline for view " + call.namespace(name) + " :: caused by :: " + wrong);
        }
    }

    /** Looks for a way from the view back to itself. */
    private void checkCycles(String at, List<String> path) {
        path.add(at);
        for (String child : children(at)) {
            if (child.equals(name)) {
                throw cycle(path);
            }
            if (!path.contains(child)) {
                checkCycles(child, path);
            }
        }
        path.remove(path.size() - 1);
    }

    private CommandException cycle(List<String> path) {
        StringBuilder text = new StringBuilder("View cycle detected: ").append(call.namespace(name));
        text.append(" => ").append(call.namespace(name));
        for (int i = path.size() - 1; i >= 0; i--) {
            text.append(" => ").append(call.namespace(path.get(i)));
        }
        return new CommandException(ErrorCode.GRAPH_CONTAINS_CYCLE, text.toString());
    }

    /** A view has the collation of every view that it reads. */
    private void checkCollations() {
        Value own = definition.get("collation");
        Collation collation = Collation.of(own == null ? null : own.asDoc());
        for (String child : children(name)) {
            CollectionSnapshot found = state.entry(child);
            if (found != null
                    && found.isView()
                    && !found.definition().collation().equals(collation)) {
                throw new CommandException(
                        ErrorCode.OPTION_NOT_SUPPORTED_ON_VIEW,
                        "View " + call.namespace(name) + " has a collation that does not match the collation of view "
                                + call.namespace(child));
            }
        }
    }

    /**
     * Refuses a pipeline that reads a view with another collation than its own.
     *
     * @param namespace gives the full name of a view, for the message
     */
    static void checkReads(Snapshot state, Doc pipeline, Collation collation, UnaryOperator<String> namespace) {
        Set<String> names = new LinkedHashSet<>();
        collect(pipeline, names);
        for (String name : names) {
            CollectionSnapshot found = state.entry(name);
            if (found != null
                    && found.isView()
                    && !found.definition().collation().equals(collation)) {
                throw Collations.mismatch(namespace.apply(name));
            }
        }
    }

    private void checkDepths() {
        int deepest = depth(name, 0);
        for (CollectionSnapshot other : state.all()) {
            if (other.isView()) {
                deepest = Math.max(deepest, depth(other.name(), 0));
            }
        }
        if (deepest > DEPTH_MAX) {
            throw new CommandException(
                    ErrorCode.VIEW_DEPTH_LIMIT_EXCEEDED, "View depth limit exceeded; maximum depth is " + DEPTH_MAX);
        }
    }

    private int depth(String at, int above) {
        int deepest = 0;
        for (String child : children(at)) {
            deepest = Math.max(deepest, above > DEPTH_MAX ? 0 : depth(child, above + 1));
        }
        return isView(at) ? deepest + 1 : 0;
    }

    private boolean isView(String at) {
        CollectionSnapshot found = state.entry(at);
        return at.equals(name) || (found != null && found.isView());
    }

    /** What a view reads; nothing for a collection. */
    private Set<String> children(String at) {
        CollectionSnapshot found = state.entry(at);
        Doc options = at.equals(name) ? definition : found == null ? Doc.EMPTY : found.options();
        Set<String> names = new LinkedHashSet<>();
        Value on = options.get("viewOn");
        if (on != null) {
            names.add(on.asString());
            collect(pipeline(options), names);
        }
        return names;
    }

    private static Doc pipeline(Doc options) {
        Value pipeline = options.get("pipeline");
        return pipeline == null ? Doc.EMPTY : pipeline.asDoc();
    }

    /** The collections that the stages of a pipeline read, also within its inner pipelines. */
    private static void collect(Doc pipeline, Set<String> names) {
        for (Doc.Field element : pipeline) {
            if (!element.value().isDocument()) {
                continue;
            }
            for (Doc.Field stage : element.value().asDoc()) {
                collect(stage.name(), stage.value(), names);
            }
        }
    }

    private static void collect(String stage, Value spec, Set<String> names) {
        switch (stage) {
            case "$lookup", "$graphLookup", "$unionWith" -> {
                if (spec.isString()) {
                    names.add(spec.asString());
                } else if (spec.isDocument()) {
                    collectFrom(spec.asDoc(), names);
                }
            }
            case "$facet" -> {
                for (Doc.Field facet : spec.isDocument() ? spec.asDoc() : Doc.EMPTY) {
                    collect(facet.value().isArray() ? facet.value().asDoc() : Doc.EMPTY, names);
                }
            }
            default -> {}
        }
    }

    private static void collectFrom(Doc spec, Set<String> names) {
        for (String field : List.of("from", "coll")) {
            Value from = spec.get(field);
            if (from != null && from.isString()) {
                names.add(from.asString());
            }
        }
        Value inner = spec.get("pipeline");
        if (inner != null && inner.isArray()) {
            collect(inner.asDoc(), names);
        }
    }
}
