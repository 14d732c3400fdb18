package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code $facet}: several pipelines over the same input, each of which gives one field of the one document that comes out. */
record FacetStage(Map<String, Pipeline> facets) implements Stage {
    /** Stages that cannot be in it: those that have to come first or last, and itself. */
    private static final Set<String> NOT_INSIDE = Set.of(
            "$changeStream",
            "$changeStreamSplitLargeEvent",
            "$collStats",
            "$currentOp",
            "$documents",
            "$facet",
            "$geoNear",
            "$indexStats",
            "$listLocalSessions",
            "$listSearchIndexes",
            "$listSessions",
            "$merge",
            "$out",
            "$planCacheStats",
            "$search",
            "$searchMeta",
            "$vectorSearch");

    static FacetStage parse(String name, Value argument, CompileContext compile) {
        if (!argument.isDocument() || argument.asDoc().isEmpty()) {
            throw Operands.error(
                    40169,
                    "the $facet specification must be a non-empty object, but found: "
                            + ShellText.field(name, argument));
        }
        Map<String, Pipeline> facets = new LinkedHashMap<>();
        for (Doc.Field facet : argument.asDoc()) {
            checkName(facet.name());
            checkStages(facet);
            facets.put(facet.name(), Pipeline.compile(facet.value().asDoc(), compile, Within.FACET));
        }
        return new FacetStage(facets);
    }

    private static void checkName(String name) {
        try {
            DottedPath.checkName(name);
        } catch (CommandException e) {
            throw new CommandException(
                    e.code(),
                    "$facet pipeline names must follow the naming rules of field path expressions. :: caused by :: "
                            + e.message());
        }
    }

    private static void checkStages(Doc.Field facet) {
        if (!facet.value().isArray()) {
            throw Operands.error(
                    40170,
                    "arguments to $facet must be arrays, " + facet.name() + " is type "
                            + Bson.typeName(facet.value().type()));
        }
        for (Doc.Field stage : facet.value().asDoc()) {
            if (!stage.value().isDocument()) {
                throw Operands.error(
                        40171,
                        "elements of arrays in $facet spec must be non-empty objects, " + facet.name()
                                + " argument contained an element of type "
                                + Bson.typeName(stage.value().type()) + ": "
                                + ShellText.field(stage.name(), stage.value()));
            }
            Doc spec = stage.value().asDoc();
            if (!spec.isEmpty() && NOT_INSIDE.contains(spec.first().name())) {
                throw Operands.error(40600, spec.first().name() + " is not allowed to be used within a $facet stage");
            }
        }
    }

    @Override
    public Place place() {
        Place place = Place.NOT_IN_FACET;
        for (Pipeline facet : facets.values()) {
            place = place.outside(facet.placeOutside());
        }
        return place;
    }

    @Override
    public Iterator<Doc> run(Iterator<Doc> input, PipelineContext context) {
        return Iterators.later(() -> {
            DocBuffer documents = new DocBuffer("$facet", context);
            input.forEachRemaining(documents::add);
            return List.of(results(documents, context)).iterator();
        });
    }

    private Doc results(DocBuffer documents, PipelineContext context) {
        DocBuilder out = new DocBuilder(1024);
        facets.forEach((name, pipeline) -> {
            out.startArray(name);
            for (Iterator<Doc> results = pipeline.run(documents.iterator(), context); results.hasNext(); ) {
                out.add(results.next());
                check(out.size(), context.memoryBytesMax());
            }
            out.end();
        });
        documents.discard();
        return out.buildDoc();
    }

    private static void check(long bytes, long bytesMax) {
        if (bytes > bytesMax) {
            throw Operands.error(
                    4031700,
                    "document constructed by $facet is " + bytes + " bytes, which exceeds the limit of " + bytesMax
                            + " bytes");
        }
    }
}
