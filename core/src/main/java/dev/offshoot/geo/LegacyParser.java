package dev.offshoot.geo;

import com.google.common.geometry.S1Angle;
import com.google.common.geometry.S2Cap;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads what was before GeoJSON: pairs, and shapes made of pairs. A pair is an array or a document of two numbers. */
record LegacyParser(Function<Value, String> text) {
    /** @param more whether what follows the two numbers is left aside; else it is an error */
    static FlatPoint point(@Nullable Value value, boolean more) throws GeometryException {
        if (value == null || !(value.isArray() || value.isDocument())) {
            throw GeoJsonParser.wrongType("Point must be an array or object", value);
        }
        Iterator<Doc.Field> fields = value.asDoc().iterator();
        double x = coordinate(fields);
        double y = coordinate(fields);
        if (!more && fields.hasNext()) {
            throw new GeometryException("Point must only contain two numeric elements");
        }
        if (!Double.isFinite(x) || !Double.isFinite(y)) {
            throw new GeometryException("Point coordinates must be finite numbers");
        }
        return new FlatPoint(x, y);
    }

    private static double coordinate(Iterator<Doc.Field> fields) throws GeometryException {
        Value value = fields.hasNext() ? fields.next().value() : null;
        if (value == null || !value.isNumber()) {
            throw GeoJsonParser.wrongType("Point must only contain numeric elements", value);
        }
        return value.toDouble();
    }

    FlatRegion box(Doc corners) throws GeometryException {
        Iterator<Doc.Field> fields = corners.iterator();
        FlatPoint a = point(next(fields), false);
        return FlatRegion.Box.of(a, point(next(fields), false));
    }

    FlatRegion polygon(Doc corners) throws GeometryException {
        List<FlatPoint> points = new ArrayList<>();
        for (Doc.Field field : corners) {
            points.add(point(field.value(), false));
        }
        if (points.size() < 3) {
            throw new GeometryException(
                    "Polygon must have at least 3 points, instead got " + points.size() + " vertices");
        }
        return new FlatRegion.Polygon(List.copyOf(points));
    }

    FlatRegion center(Doc spec) throws GeometryException {
        Iterator<Doc.Field> fields = spec.iterator();
        FlatPoint center = point(next(fields), false);
        return new FlatRegion.Circle(center, radius(fields));
    }

    SphereShape centerSphere(Doc spec) throws GeometryException {
        Iterator<Doc.Field> fields = spec.iterator();
        FlatPoint center = GeoJsonParser.onEarth(point(next(fields), false));
        double radius = Math.min(radius(fields), Math.PI);
        S2Cap cap = S2Cap.fromAxisAngle(SphereShape.dot(center).point(), S1Angle.radians(radius));
        return new SphereShape.Cap(cap);
    }

    private double radius(Iterator<Doc.Field> fields) throws GeometryException {
        Value radius = next(fields);
        if (radius == null || !radius.isNumber() || !(radius.toDouble() >= 0)) {
            throw new GeometryException(
                    "Radius must be a non-negative number: " + (radius == null ? "EOO" : text.apply(radius)));
        }
        if (fields.hasNext()) {
            throw new GeometryException("Only 2 fields allowed for circular region, but more were provided");
        }
        return radius.toDouble();
    }

    private static @Nullable Value next(Iterator<Doc.Field> fields) {
        return fields.hasNext() ? fields.next().value() : null;
    }
}
