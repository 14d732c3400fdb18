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
        @Nullable Expression min,
        @Nullable Expression max,
        Doc query,
        double multiplier,
        @Nullable List<String> includeLocs,
        @Nullable String key,
        CompileContext compile)
        implements Stage {
    private static final List<String> OPTIONS = List.of(
            "near",
            "distanceField",
            "distanceMultiplier",
            "minDistance",
            "maxDistance",
            "query",
            "spherical",
            "includeLocs",
            "key");

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
        spec.forEach(GeoNearStage::checkKnown);
        Expression min = distance(spec.get("minDistance"), "minDistance", compile);
        Expression max = distance(spec.get("maxDistance"), "maxDistance", compile);
        Double times = multiplier == null ? null : number(spec, "distanceMultiplier");
        return new GeoNearStage(
                point,
                path(distance, 16606, "$geoNear requires a 'distanceField' option as a String"),
                isTrue(spec.get("spherical")),
                min,
                max,
                query(spec.get("query"), compile),
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

    private static void checkKnown(Doc.Field option) {
        if (!OPTIONS.contains(option.name())) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE, "unrecognized option to $geoNear: " + option.name() + ", it knows " + OPTIONS);
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
        return value == null ? null : notNegative(value, name);
    }

    private static double notNegative(Value value, String name) {
        if (!value.isNumber()) {
            throw new CommandException(ErrorCode.TYPE_MISMATCH, name + " must be a number");
        }
        if (!(value.toDouble() >= 0)) {
            throw new CommandException(ErrorCode.BAD_VALUE, name + " must be nonnegative");
        }
        return value.toDouble();
    }

    /** A distance that is the same for all documents; one without variables is checked here. */
    private static @Nullable Expression distance(@Nullable Value value, String name, CompileContext compile) {
        if (value == null) {
            return null;
        }
        Expression expression = Expression.compile(value, compile);
        Value constant = ConstantExpression.value(expression);
        if (constant != null) {
            notNegative(constant, name);
        }
        return expression;
    }

    private static double distance(Expression expression, String name, int number, PipelineContext context) {
        Value value = expression.evaluate(Doc.EMPTY, context);
        if (value == null) {
            throw new CommandException(
                    ErrorCode.location(number),
                    "$geoNear requires " + name + " to be a constant, found a field or nothing");
        }
        return notNegative(value, name);
    }

    private static Doc query(@Nullable Value value, CompileContext compile) {
        if (value == null) {
            return Doc.EMPTY;
        }
        if (!value.isDocument()) {
            throw new CommandException(ErrorCode.TYPE_MISMATCH, "query must be an object");
        }
        Filter.compileQuery(value.asDoc(), compile); // refuses what is no query, also where it is not run
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
        return DottedPath.parse(value.asString()).text();
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
            filter.append("$minDistance", distance(min, "minDistance", 7555701, context));
        }
        if (max != null) {
            filter.append("$maxDistance", distance(max, "maxDistance", 7555702, context));
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
