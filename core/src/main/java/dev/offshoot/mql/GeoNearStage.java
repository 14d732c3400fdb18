package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code $geoNear}: the documents of the collection by their distance from a point, which becomes a field of each.
 *
 * @param near the point, where it is known already, else the expression that gives it
 * @param key where documents have their shapes; null where the collection's only index of shapes tells
 */
record GeoNearStage(
        Expression near,
        List<String> distanceField,
        boolean spherical,
        @Nullable Double min,
        @Nullable Double max,
        Doc query,
        double multiplier,
        @Nullable List<String> includeLocs,
        @Nullable String key,
        CompileContext compile)
        implements Stage {
    static GeoNearStage parse(String name, Value argument, CompileContext compile) {
        if (!argument.isDocument()) {
            throw new CommandException(ErrorCode.location(10065), "invalid parameter: expected an object ($geoNear)");
        }
        Doc spec = argument.asDoc();
        refuse(
                spec,
                "collation",
                40227,
                "$geoNear does not accept the 'collation' parameter. Instead, specify a"
                        + " collation for the entire aggregation command.");
        refuse(spec, "limit", 50858, "$geoNear no longer supports the 'limit' parameter. Use a $limit stage instead.");
        refuse(spec, "num", 50857, "$geoNear no longer supports the 'num' parameter. Use a $limit stage instead.");
        refuse(spec, "start", 50856, "$geoNear no longer supports the 'start' argument.");
        Value near = spec.get("near");
        if (near == null) {
            throw new CommandException(ErrorCode.location(5860400), "$geoNear requires a 'near' argument");
        }
        Expression point = Expression.compile(near, compile);
        Value multiplier = spec.get("distanceMultiplier");
        Value distance = spec.get("distanceField");
        Double min = number(spec, "minDistance");
        Double max = number(spec, "maxDistance");
        Double times = multiplier == null ? null : number(spec, "distanceMultiplier");
        return new GeoNearStage(
                point,
                path(distance, 16606, "$geoNear requires a 'distanceField' option as a String"),
                isTrue(spec.get("spherical")),
                min,
                max,
                query(spec.get("query")),
                times == null ? 1 : times,
                spec.has("includeLocs")
                        ? path(
                                spec.get("includeLocs"),
                                16607,
                                "$geoNear requires that 'includeLocs' option is a String")
                        : null,
                key(spec.get("key")),
                compile);
    }

    private static void refuse(Doc spec, String option, int number, String message) {
        if (spec.has(option)) {
            throw new CommandException(ErrorCode.location(number), message);
        }
    }

    private static boolean isTrue(@Nullable Value value) {
        return value != null && value.isTruthy();
    }

    private static List<String> path(@Nullable Value value, int number, String message) {
        if (value == null || !value.isString()) {
            throw new CommandException(ErrorCode.location(number), message);
        }
        return DottedPath.parse(value.asString()).parts();
    }

    private static @Nullable Double number(Doc spec, String name) {
        Value value = spec.get(name);
        if (value == null) {
            return null;
        }
        if (!value.isNumber()) {
            throw new CommandException(ErrorCode.TYPE_MISMATCH, name + " must be a number");
        }
        if (!(value.toDouble() >= 0)) {
            throw new CommandException(ErrorCode.BAD_VALUE, name + " must be nonnegative");
        }
        return value.toDouble();
    }

    private static Doc query(@Nullable Value value) {
        if (value == null) {
            return Doc.EMPTY;
        }
        if (!value.isDocument()) {
            throw new CommandException(ErrorCode.TYPE_MISMATCH, "query must be an object");
        }
        return value.asDoc();
    }

    private static @Nullable String key(@Nullable Value value) {
        if (value == null) {
            return null;
        }
        if (!value.isString()) {
            throw new CommandException(
                    ErrorCode.TYPE_MISMATCH,
                    "$geoNear parameter 'key' must be of type string but found type: " + Bson.typeName(value.type()));
        }
        if (value.asString().isEmpty()) {
            throw new CommandException(ErrorCode.BAD_VALUE, "$geoNear parameter 'key' cannot be the empty string");
        }
        return value.asString();
    }

    @Override
    public Place place() {
        return Place.FIRST;
    }

    @Override
    public Iterator<Doc> run(Iterator<Doc> input, PipelineContext context) {
        return Iterators.later(() -> {
            Filter filter = filter(context);
            Near asked = filter.near();
            if (asked == null) {
                throw new AssertionError("$geoNear without a point");
            }
            return found(asked).run(context.source().find(filter, context), context);
        });
    }

    /** What is left to do where the documents were found already, in their order. */
    Stage found(Near asked) {
        return (documents, context) -> Iterators.mapped(documents, document -> shaped(document, asked));
    }

    /** What the documents have to match: the query, and the point. */
    Filter filter(PipelineContext context) {
        Value point = near.evaluate(Doc.EMPTY, context);
        if (point == null || !(point.isDocument() || point.isArray())) {
            throw new CommandException(
                    ErrorCode.location(5860401),
                    "$geoNear requires near argument to be a GeoJSON object or a legacy point(array)");
        }
        String path = key == null ? context.source().shapePath() : key;
        DocBuilder filter = new DocBuilder().appendAll(query).startDocument(path);
        filter.append(spherical ? "$nearSphere" : "$near", point);
        if (min != null) {
            filter.append("$minDistance", min);
        }
        if (max != null) {
            filter.append("$maxDistance", max);
        }
        return Filter.compileQuery(filter.end().buildDoc(), compile).in(context);
    }

    private Doc shaped(Doc document, Near asked) {
        Near.Found found = asked.find(document);
        if (found == null) {
            throw new AssertionError("a document that is not near");
        }
        Doc with = FieldEdit.set(document, distanceField, Value.of(found.distance() * multiplier));
        return includeLocs == null ? with : FieldEdit.set(with, includeLocs, found.place());
    }
}
