package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.geo.FlatPoint;
import dev.offshoot.geo.Geometry;
import dev.offshoot.geo.GeometryException;
import org.jspecify.annotations.Nullable;

/** Reads {@code $near} in its two forms: with its distances beside it, or inside with {@code $geometry}. */
final class NearParser {
    private final String path;
    private @Nullable Geometry point;
    private double min;
    private double max = Double.MAX_VALUE;
    private boolean sphere;

    private NearParser(String path) {
        this.path = path;
    }

    static boolean isNear(String name) {
        return name.equals("$near") || name.equals("$nearSphere") || name.equals("$geoNear");
    }

    /** @param operators all operators that are given for the path */
    static Near parse(String path, Doc operators) {
        NearParser old = new NearParser(path);
        if (old.readOld(operators)) {
            return old.near();
        }
        NearParser now = new NearParser(path);
        now.read(operators);
        return now.near();
    }

    private Near near() {
        Geometry from = point;
        FlatPoint place = from == null ? null : from.point();
        if (from == null || place == null) {
            throw new AssertionError("a near query without a point");
        }
        if (sphere && !from.hasSphere()) {
            throw FilterParser.bad("Legacy point is out of bounds for spherical query");
        }
        return new Near(path, place, sphere || !from.isFlat(), from.isFlat(), min, max);
    }

    /** {@code {$near: [0, 0], $minDistance: 1, $maxDistance: 3}}; false where it is not that. */
    private boolean readOld(Doc operators) {
        for (Doc.Field field : operators) {
            Value value = field.value();
            switch (field.name()) {
                case "$near", "$nearSphere", "$geoNear" -> {
                    if (!value.isDocument() && !value.isArray()) {
                        return false;
                    }
                    readOldPoint(field.name(), value);
                }
                case "$minDistance" -> min = oldDistance(field, 16893, 16894);
                case "$maxDistance" -> max = oldDistance(field, 16895, 16896);
                case "$uniqueDocs" -> {}
                default ->
                    throw new CommandException(
                            ErrorCode.location(34413), "invalid argument in geo near query: " + field.name());
            }
        }
        return point != null;
    }

    private void readOldPoint(String name, Value value) {
        try {
            point = Geometries.askedPoint(value);
        } catch (GeometryException notOne) {
            point = pointAndDistance(value);
        }
        if (max < 0) {
            throw new CommandException(ErrorCode.location(18522), "max distance must be non-negative");
        }
        sphere = name.equals("$nearSphere");
    }

    /** {@code [0, 0, 1]}. */
    private @Nullable Geometry pointAndDistance(Value value) {
        Doc numbers = value.asDoc();
        if (numbers.count() != 3) {
            return null;
        }
        double[] found = new double[3];
        int n = 0;
        for (Doc.Field field : numbers) {
            if (!field.value().isNumber()) {
                return null;
            }
            found[n] = field.value().toDouble();
            n++;
        }
        Value pair = BsonArrays.of(java.util.List.of(Value.of(found[0]), Value.of(found[1])));
        max = found[2];
        return Geometries.storedOrNull(pair);
    }

    private static double oldDistance(Doc.Field field, int wrongType, int negative) {
        if (!field.value().isNumber()) {
            throw new CommandException(ErrorCode.location(wrongType), field.name() + " must be a number");
        }
        double distance = field.value().toDouble();
        if (!(distance >= 0)) {
            throw new CommandException(ErrorCode.location(negative), field.name() + " must be non-negative");
        }
        return distance;
    }

    /** {@code {$near: {$geometry: {...}, $minDistance: 1, $maxDistance: 3}}}. */
    private void read(Doc operators) {
        Doc.Field operator = operators.first();
        if (operators.count() > 1) {
            Doc.Fields extra = operators.fields();
            extra.next();
            extra.next();
            throw FilterParser.bad("geo near accepts just one argument when querying for a GeoJSON point. Extra field"
                    + " found: " + ShellText.field(extra.name(), extra.value()));
        }
        if (!operator.value().isDocument() && !operator.value().isArray()) {
            throw FilterParser.bad("geo near query argument is not an object");
        }
        for (Doc.Field field : operator.value().asDoc()) {
            switch (field.name()) {
                case "$geometry" -> readGeometry(field.value());
                case "$minDistance" -> min = distance(field);
                case "$maxDistance" -> max = distance(field);
                default -> throw FilterParser.bad("invalid argument in geo near query: " + field.name());
            }
        }
        if (point == null) {
            throw FilterParser.bad("$geometry is required for geo near query");
        }
        sphere = operator.name().equals("$nearSphere");
    }

    private void readGeometry(Value value) {
        if (!value.isDocument() && !value.isArray()) {
            return;
        }
        try {
            point = Geometries.askedPoint(value);
        } catch (GeometryException wrong) {
            throw FilterParser.bad("invalid point in geo near query $geometry argument: " + ShellText.of(value) + "  "
                    + wrong.getMessage());
        }
        if (point.isFlat()) {
            throw FilterParser.bad("$near requires geojson point, given " + ShellText.of(value));
        }
    }

    private static double distance(Doc.Field field) {
        if (!field.value().isNumber()) {
            throw FilterParser.bad(field.name() + " must be a number");
        }
        double distance = field.value().toDouble();
        if (!(distance >= 0) || Double.isInfinite(distance)) {
            throw FilterParser.bad(field.name() + " must be non-negative");
        }
        return distance;
    }
}
