package dev.offshoot.geo;

import com.google.common.geometry.S2Point;
import com.google.common.geometry.S2Polyline;
import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads GeoJSON. What MongoDB refuses is refused, with its reason. */
final class GeoJsonParser {
    private static final String STRICT_WINDING = "urn:x-mongodb:crs:strictwinding:EPSG:4326";
    private static final Set<String> EARTH = Set.of("urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326");

    private final Function<Value, String> text;

    /** @param text how a value is shown in a message */
    GeoJsonParser(Function<Value, String> text) {
        this.text = text;
    }

    Geometry parse(Doc shape) throws GeometryException {
        String type = type(shape);
        return switch (type) {
            case "Point" -> point(shape);
            case "GeometryCollection" -> Geometry.sphere(collection(shape));
            case "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon" ->
                Geometry.sphere(parts(type, shape));
            default -> throw new GeometryException("unknown GeoJSON type: " + text.apply(Value.document(shape)));
        };
    }

    private static String type(Doc shape) {
        Value type = shape.get("type");
        return type != null && type.isString() ? type.asString() : "";
    }

    /** A point; where {@code type} is missing too. */
    Geometry point(Doc shape) throws GeometryException {
        if (shape.has("type") && !type(shape).equals("Point")) {
            String type = type(shape);
            throw new GeometryException(
                    "Expected geojson geometry with type Point, but got type " + (type.isEmpty() ? "unknown" : type));
        }
        checkReferenceSystem(shape, false);
        return Geometry.spherePoint(onEarth(LegacyParser.point(shape.get("coordinates"), true)));
    }

    static FlatPoint onEarth(FlatPoint point) throws GeometryException {
        if (!point.isOnEarth()) {
            throw new GeometryException(
                    "Longitude/latitude is out of bounds, lng: " + number(point.x()) + " lat: " + number(point.y()));
        }
        return point;
    }

    /** As C++ prints a double: six digits. */
    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e6
                ? Long.toString((long) value)
                : new java.math.BigDecimal(value)
                        .round(new java.math.MathContext(6))
                        .stripTrailingZeros()
                        .toPlainString();
    }

    private List<SphereShape> parts(String type, Doc shape) throws GeometryException {
        boolean strict = checkReferenceSystem(shape, type.equals("Polygon"));
        Value coordinates = shape.get("coordinates");
        return switch (type) {
            case "LineString" -> List.of(line(coordinates));
            case "Polygon" -> List.of(new LoopParser(this, text).polygon(coordinates, strict));
            case "MultiPoint" -> points(coordinates);
            case "MultiLineString" -> lines(coordinates);
            default -> polygons(coordinates);
        };
    }

    private List<SphereShape> points(@Nullable Value coordinates) throws GeometryException {
        List<SphereShape> dots = new ArrayList<>();
        for (FlatPoint point : coordinates(coordinates)) {
            dots.add(SphereShape.dot(point));
        }
        return notEmpty("MultiPoint", dots);
    }

    private List<SphereShape> lines(@Nullable Value coordinates) throws GeometryException {
        List<SphereShape> lines = new ArrayList<>();
        for (Doc.Field one : array("MultiLineString coordinates", coordinates)) {
            lines.add(line(one.value()));
        }
        return notEmpty("MultiLineString", lines);
    }

    private List<SphereShape> polygons(@Nullable Value coordinates) throws GeometryException {
        List<SphereShape> polygons = new ArrayList<>();
        for (Doc.Field one : array("MultiPolygon coordinates", coordinates)) {
            polygons.add(new LoopParser(this, text).polygon(one.value(), false));
        }
        return notEmpty("MultiPolygon", polygons);
    }

    private static List<SphereShape> notEmpty(String type, List<SphereShape> parts) throws GeometryException {
        if (parts.isEmpty()) {
            throw new GeometryException(type + " coordinates must have at least 1 element");
        }
        return parts;
    }

    private SphereShape line(@Nullable Value coordinates) throws GeometryException {
        List<S2Point> points = LoopParser.withoutRepeats(sphere(coordinates(coordinates)));
        if (points.size() < 2) {
            throw new GeometryException("GeoJSON LineString must have at least 2 vertices, instead got " + points.size()
                    + " vertices: " + (coordinates == null ? "" : text.apply(coordinates)));
        }
        for (int i = 1; i < points.size(); i++) {
            if (points.get(i - 1).equals(S2Point.neg(points.get(i)))) {
                throw new GeometryException("GeoJSON LineString is not valid: Vertices " + (i - 1) + " and " + i
                        + " are identical or antipodal "
                        + (coordinates == null ? "" : text.apply(coordinates)));
            }
        }
        return new SphereShape.Line(new S2Polyline(points));
    }

    static List<S2Point> sphere(List<FlatPoint> points) {
        List<S2Point> all = new ArrayList<>();
        for (FlatPoint point : points) {
            all.add(SphereShape.dot(point).point());
        }
        return all;
    }

    /** {@code [[100, 0], [101, 1]]}. */
    List<FlatPoint> coordinates(@Nullable Value value) throws GeometryException {
        List<FlatPoint> points = new ArrayList<>();
        for (Doc.Field field : array("GeoJSON coordinates", value, "an array of coordinates")) {
            if (!field.value().isArray()) {
                throw wrongType("GeoJSON coordinates must be an array", field.value());
            }
            points.add(onEarth(LegacyParser.point(field.value(), true)));
        }
        return points;
    }

    static Doc array(String what, @Nullable Value value) throws GeometryException {
        return array(what, value, "an array");
    }

    private static Doc array(String what, @Nullable Value value, String expected) throws GeometryException {
        if (value == null || !value.isArray()) {
            throw wrongType(what + " must be " + expected, value);
        }
        return value.asDoc();
    }

    static GeometryException wrongType(String rule, @Nullable Value found) {
        return new GeometryException(
                rule + ", instead got type " + (found == null ? "missing" : Bson.typeName(found.type())));
    }

    private List<SphereShape> collection(Doc shape) throws GeometryException {
        List<SphereShape> parts = new ArrayList<>();
        int i = 0;
        for (Doc.Field field : array("GeometryCollection geometries", shape.get("geometries"))) {
            Value element = field.value();
            if (!element.isDocument()) {
                throw new GeometryException("Element " + i + " of \"geometries\" must be an object, instead got type "
                        + Bson.typeName(element.type()) + ": " + text.apply(element));
            }
            parts.addAll(element(element));
            i++;
        }
        if (parts.isEmpty()) {
            throw new GeometryException("GeometryCollection geometries must have at least 1 element");
        }
        return parts;
    }

    private List<SphereShape> element(Value element) throws GeometryException {
        Doc shape = element.asDoc();
        String type = type(shape);
        return switch (type) {
            case "Point" -> List.of(SphereShape.dot(pointOf(shape)));
            case "GeometryCollection" ->
                throw new GeometryException("GeometryCollections cannot be nested: " + text.apply(element));
            case "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon" -> parts(type, shape);
            default -> throw new GeometryException("Unknown GeoJSON type: " + text.apply(element));
        };
    }

    private FlatPoint pointOf(Doc shape) throws GeometryException {
        checkReferenceSystem(shape, false);
        return onEarth(LegacyParser.point(shape.get("coordinates"), true));
    }

    /** Whether the shape says that the order of its corners tells which side is inside. */
    private static boolean checkReferenceSystem(Doc shape, boolean mayBeStrict) throws GeometryException {
        Value crs = shape.get("crs");
        if (crs == null) {
            return false;
        }
        if (!crs.isDocument() && !crs.isArray()) {
            throw wrongType("GeoJSON CRS must be an object", crs);
        }
        String name = nameOf(crs.asDoc());
        if (name.equals(STRICT_WINDING)) {
            if (!mayBeStrict) {
                throw new GeometryException("Strict winding order CRS is only supported by polygon");
            }
            return true;
        }
        if (!EARTH.contains(name)) {
            throw new GeometryException("Unknown CRS name: " + name);
        }
        return false;
    }

    private static String nameOf(Doc crs) throws GeometryException {
        if (!type(crs).equals("name")) {
            throw new GeometryException("GeoJSON CRS must have field \"type\": \"name\"");
        }
        Value properties = crs.get("properties");
        if (properties == null || !(properties.isDocument() || properties.isArray())) {
            throw wrongType("CRS must have field \"properties\" which is an object", properties);
        }
        Value name = properties.asDoc().get("name");
        if (name == null || !name.isString()) {
            throw wrongType("In CRS, \"properties.name\" must be a string", name);
        }
        return name.asString();
    }
}
