package dev.offshoot.geo;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.function.Function;

/** Reads shapes: of documents, and of queries. */
public final class GeometryParser {
    private final Function<Value, String> text;
    private final GeoJsonParser geoJson;
    private final LegacyParser legacy;

    /** @param text how a value is shown in a message */
    public GeometryParser(Function<Value, String> text) {
        this.text = text;
        this.geoJson = new GeoJsonParser(text);
        this.legacy = new LegacyParser(text);
    }

    /** Of a document: GeoJSON, or a pair with whatever follows its two numbers. */
    public Geometry stored(Value value) throws GeometryException {
        if (!value.isDocument() && !value.isArray()) {
            throw new GeometryException("geo element must be an array or object: " + text.apply(value));
        }
        if (isLegacy(value)) {
            return Geometry.legacyPoint(LegacyParser.point(value, true));
        }
        return geoJson.parse(value.asDoc());
    }

    private static boolean isLegacy(Value value) {
        return value.isArray()
                || (!value.asDoc().isEmpty() && value.asDoc().first().value().isNumber());
    }

    /** Of a query: {@code $geometry} and what comes with it, {@code $box}, {@code $polygon}, {@code $center} or {@code $centerSphere}. */
    public Geometry asked(String specifier, Value value) throws GeometryException {
        boolean isShape = value.isDocument() || value.isArray();
        Doc shape = isShape ? value.asDoc() : Doc.EMPTY;
        return switch (isShape ? specifier : "") {
            case "$geometry" -> geoJson.parse(shape);
            case "$box" -> Geometry.flat(legacy.box(shape));
            case "$polygon" -> Geometry.flat(legacy.polygon(shape));
            case "$center" -> Geometry.flat(legacy.center(shape));
            case "$centerSphere" -> Geometry.sphere(java.util.List.of(legacy.centerSphere(shape)));
            default -> throw new GeometryException("unknown geo specifier: " + specifier + ": " + text.apply(value));
        };
    }

    /** Of a query, a point: GeoJSON, or exactly a pair. */
    public Geometry askedPoint(Value value) throws GeometryException {
        if (!value.isDocument() && !value.isArray()) {
            throw new GeometryException(
                    "Point must be an array or object, instead got type " + Bson.typeName(value.type()));
        }
        return isLegacy(value) ? Geometry.legacyPoint(LegacyParser.point(value, false)) : geoJson.point(value.asDoc());
    }
}
