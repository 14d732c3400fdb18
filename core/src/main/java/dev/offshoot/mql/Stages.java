package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.Map;
import java.util.Set;

/** All pipeline stages by name. */
final class Stages {
    private static final Map<String, Stage.Parser> BY_NAME = Map.ofEntries(
            Map.entry("$match", MatchStage::parse),
            Map.entry("$project", ProjectStage::parse),
            Map.entry("$unset", ProjectStage::parseUnset),
            Map.entry("$addFields", AddFieldsStage::parse),
            Map.entry("$set", AddFieldsStage::parse),
            Map.entry("$sort", SortStage::parse),
            Map.entry("$skip", SkipStage::parse),
            Map.entry("$limit", LimitStage::parse),
            Map.entry("$count", CountStage::parse),
            Map.entry("$group", GroupStage::parse),
            Map.entry("$unwind", UnwindStage::parse),
            Map.entry("$sample", SampleStage::parse),
            Map.entry("$lookup", LookupStage::parse),
            Map.entry("$geoNear", GeoNearStage::parse),
            Map.entry("$graphLookup", GraphLookupStage::parse),
            Map.entry("$unionWith", UnionWithStage::parse),
            Map.entry("$collStats", ReportStage::collStats),
            Map.entry("$indexStats", ReportStage::indexStats),
            Map.entry("$planCacheStats", ReportStage::planCacheStats),
            Map.entry("$currentOp", ReportStage::currentOp),
            Map.entry("$listSessions", ReportStage::listSessions),
            Map.entry("$listLocalSessions", ReportStage::listLocalSessions),
            Map.entry("$changeStream", Stages::changeStream),
            Map.entry("$out", OutStage::parse),
            Map.entry("$merge", MergeStage::parse),
            Map.entry("$documents", DocumentsStage::parse),
            Map.entry("$replaceRoot", ReplaceRootStage::parse),
            Map.entry("$replaceWith", ReplaceRootStage::parseWith),
            Map.entry("$bucket", BucketStage::parse),
            Map.entry("$bucketAuto", BucketAutoStage::parse),
            Map.entry("$densify", DensifyStage::parse),
            Map.entry("$facet", FacetStage::parse),
            Map.entry("$fill", FillStage::parse),
            Map.entry("$redact", RedactStage::parse),
            Map.entry("$setWindowFields", SetWindowFieldsStage::parse),
            Map.entry("$sortByCount", SortByCountStage::parse));

    private static final Set<String> KNOWN = Set.of(
            "$changeStreamSplitLargeEvent",
            "$listSampledQueries",
            "$querySettings",
            "$queryStats",
            "$shardedDataDistribution");

    private Stages() {}

    private static Stage changeStream(String name, Value argument, CompileContext context) {
        throw new CommandException(
                ErrorCode.location(40573), "The $changeStream stage is only supported on replica sets");
    }

    /** Compiles one element of a pipeline. */
    static Stage parse(Value spec, CompileContext context) {
        Doc.Field field = field(spec);
        Stage.Parser parser = BY_NAME.get(field.name());
        if (parser != null) {
            return parsed(parser, field, context);
        }
        if (AtlasSearch.STAGES.contains(field.name())) {
            throw AtlasSearch.refusal();
        }
        if (KNOWN.contains(field.name())) {
            throw new CommandException(
                    ErrorCode.NOT_IMPLEMENTED, "pipeline stage " + field.name() + " is not supported yet");
        }
        throw new CommandException(
                ErrorCode.location(40324), "Unrecognized pipeline stage name: '" + field.name() + "'");
    }

    /** The name and the argument of one element of a pipeline. */
    static Doc.Field field(Value spec) {
        if (!spec.isDocument()) {
            throw new CommandException(
                    ErrorCode.TYPE_MISMATCH, "Each element of the 'pipeline' array must be an object");
        }
        if (spec.asDoc().count() != 1) {
            throw new CommandException(
                    ErrorCode.location(40323), "A pipeline stage specification object must contain exactly one field.");
        }
        return spec.asDoc().first();
    }

    private static Stage parsed(Stage.Parser parser, Doc.Field field, CompileContext context) {
        try {
            return parser.parse(field.name(), field.value(), context);
        } catch (CommandException e) {
            throw e.within("");
        }
    }
}
