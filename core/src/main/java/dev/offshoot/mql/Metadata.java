package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a document beside its fields, for {@code $meta}. Between the stages of a pipeline that ask for it, and under a
 * sort, it goes along as fields with names that no client's field has; for the expressions of a stage it is variables that have what
 * is known of the document last taken in. So it stays with what a stage makes of a document.
 */
public enum Metadata {
    /** How well it answers a text search. */
    TEXT_SCORE("textScore", "text score"),
    /** How far it is from the point of {@code $geoNear} or {@code $near}. */
    DISTANCE("geoNearDistance", "$geoNear distance"),
    /** The shape that is so far away. */
    POINT("geoNearPoint", "$geoNear point"),
    RECORD_ID("recordId", "record ID"),
    /** The key by which an index found it; a scan has none. */
    INDEX_KEY("indexKey", "index key");

    private static final char MARK = '\u0001';

    /** Stages that make documents of their own of those they read. */
    private static final Set<String> FORGETTING = Set.of("$group", "$bucket", "$bucketAuto", "$sortByCount", "$count");

    private final String label;
    private final String text;
    private final String field;

    Metadata(String label, String text) {
        this.label = label;
        this.text = text;
        this.field = MARK + label;
    }

    /** The field and the variable that carry it. */
    String field() {
        return field;
    }

    /** Whether a document may be without it, so that it is missing rather than an error. */
    boolean mayBeMissing() {
        return this == INDEX_KEY;
    }

    /** The one that {@code $meta} calls so; null where it is none of them. */
    static @Nullable Metadata named(String label) {
        for (Metadata one : values()) {
            if (one.label.equals(label)) {
                return one;
            }
        }
        return null;
    }

    /** Those that a specification asks for anywhere, but for pipelines on other collections. */
    public static Set<Metadata> askedIn(Doc spec) {
        Set<Metadata> asked = EnumSet.noneOf(Metadata.class);
        collect(spec, asked);
        return asked;
    }

    private static void collect(Doc spec, Set<Metadata> asked) {
        for (Doc.Field field : spec) {
            Value value = field.value();
            Metadata here = field.name().equals("$meta") && value.isString() ? named(value.asString()) : null;
            if (here != null) {
                asked.add(here);
            } else if ((value.isDocument() || value.isArray()) && !field.name().equals("pipeline")) {
                collect(value.asDoc(), asked);
            }
        }
    }

    /** Whether this is asked for anywhere, but for pipelines on other collections. */
    public boolean isIn(Doc spec) {
        return askedIn(spec).contains(this);
    }

    /**
     * Refuses stages that ask for what a stage before them leaves behind.
     *
     * @param stages an array of them
     */
    public static void checkNotForgotten(Doc stages) {
        boolean forgotten = false;
        for (Doc.Field stage : stages) {
            Doc spec = stage.value().asDoc();
            if (forgotten) {
                for (Metadata asked : askedIn(spec)) {
                    if (!asked.mayBeMissing()) {
                        throw asked.notAvailable();
                    }
                }
            }
            forgotten |= FORGETTING.contains(spec.first().name());
        }
    }

    /** MongoDB's error for a query that does not know it. */
    public CommandException notAvailable() {
        return new CommandException(
                ErrorCode.location(40218), "query requires " + text + " metadata, but it is not available");
    }

    /** What expressions may know while they see a document. */
    public static PipelineContext seeing(PipelineContext context, Doc document) {
        Map<String, Value> variables = new HashMap<>(context.variables());
        of(document).forEach((one, value) -> variables.put(one.field, value));
        return context.withVariables(variables);
    }

    /** The document with what is known of it. */
    public static Doc with(Doc document, Map<Metadata, Value> known) {
        DocBuilder both = new DocBuilder(document.length() + 64).appendAll(document);
        known.forEach((one, value) -> both.append(one.field, value));
        return both.buildDoc();
    }

    private static Map<Metadata, Value> of(Doc document) {
        Map<Metadata, Value> known = new EnumMap<>(Metadata.class);
        for (Metadata one : values()) {
            Value value = document.get(one.field);
            if (value != null) {
                known.put(one, value);
            }
        }
        return known;
    }

    /** Documents without what goes along with them. */
    public static Iterator<Doc> without(Iterator<Doc> documents) {
        return Iterators.mapped(documents, Metadata::without);
    }

    /** The document without what goes along with it. */
    public static Doc without(Doc document) {
        DocBuilder rest = new DocBuilder(document.length());
        for (Doc.Fields field = document.fields(); field.next(); ) {
            String name = field.name();
            if (name.isEmpty() || name.charAt(0) != MARK) {
                rest.append(name, field.value());
            }
        }
        return rest.buildDoc();
    }

    /** What a stage makes of documents that something goes along with; the same goes along with what it makes. */
    static Iterator<Doc> through(Stage stage, Iterator<Doc> input, PipelineContext context) {
        if (stage instanceof SortStage) {
            return stage.run(input, context);
        }
        Map<String, Value> variables = new HashMap<>(context.variables());
        Taken taken = new Taken(input, variables);
        Iterator<Doc> output = stage.run(taken, context.withVariables(variables));
        return Iterators.mapped(output, document -> taken.known.isEmpty() ? document : with(document, taken.known));
    }

    /** Takes documents in, without what goes along with them, which it remembers of the last one. */
    private static final class Taken implements Iterator<Doc> {
        private final Iterator<Doc> from;
        private final Map<String, Value> variables;
        private Map<Metadata, Value> known = Map.of();

        Taken(Iterator<Doc> from, Map<String, Value> variables) {
            this.from = from;
            this.variables = variables;
        }

        @Override
        public boolean hasNext() {
            return from.hasNext();
        }

        @Override
        public Doc next() {
            Doc document = from.next();
            known = of(document);
            known.forEach((one, value) -> variables.put(one.field, value));
            return without(document);
        }
    }
}
