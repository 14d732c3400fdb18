package dev.offshoot.geo;

import com.google.common.geometry.S2Error;
import com.google.common.geometry.S2Loop;
import com.google.common.geometry.S2Point;
import com.google.common.geometry.S2Polygon;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the loops of a polygon: one around it, then its holes. */
record LoopParser(GeoJsonParser points, Function<Value, String> text) {
    /** @param strict whether the inside is on the left of the loop, however large; else it is the smaller part of the Earth */
    SphereShape polygon(@Nullable Value coordinates, boolean strict) throws GeometryException {
        Doc array = GeoJsonParser.array(strict ? "Coordinates of polygon" : "Polygon coordinates", coordinates);
        String shown = coordinates == null ? "" : text.apply(coordinates);
        if (strict && array.count() != 1) {
            throw new GeometryException("Only one simple loop is allowed in a big polygon, instead provided "
                    + array.count() + " loops: " + shown);
        }
        List<S2Loop> loops = new ArrayList<>();
        for (Doc.Field field : array) {
            S2Loop loop = loop(field.value());
            if (!strict) {
                loop.normalize();
            }
            if (!loops.isEmpty() && !loops.get(0).contains(loop)) {
                throw new GeometryException(
                        "Secondary loops not contained by first exterior loop - secondary loops must"
                                + " be holes: " + text.apply(field.value()) + " first loop: "
                                + text.apply(array.first().value()));
            }
            loops.add(loop);
        }
        if (loops.isEmpty()) {
            throw new GeometryException("Polygon has no loops.");
        }
        return new SphereShape.Area(checked(loops, shown));
    }

    private S2Loop loop(Value value) throws GeometryException {
        List<S2Point> corners = GeoJsonParser.sphere(points.coordinates(value));
        if (corners.isEmpty()) {
            throw new GeometryException("Loop has no vertices: " + text.apply(value));
        }
        if (!corners.get(0).equals(corners.get(corners.size() - 1))) {
            throw new GeometryException(
                    "Loop is not closed, first vertex does not equal last vertex: " + text.apply(value));
        }
        List<S2Point> once = withoutRepeats(corners);
        List<S2Point> open = once.subList(0, once.size() - 1);
        if (open.size() < 3) {
            throw new GeometryException("Loop must have at least 3 different vertices, " + open.size()
                    + " unique vertices were provided: " + text.apply(value));
        }
        String repeated = LoopCheck.repeated(open);
        if (repeated != null) {
            throw new GeometryException("Loop is not valid: " + text.apply(value) + " " + repeated);
        }
        S2Loop loop = new S2Loop(open);
        S2Error error = new S2Error();
        if (loop.findValidationError(error)) {
            String crossing = LoopCheck.crossing(open);
            throw new GeometryException(
                    "Loop is not valid: " + text.apply(value) + " " + (crossing == null ? error.text() : crossing));
        }
        return loop;
    }

    /** The points without those that repeat the one before. */
    static List<S2Point> withoutRepeats(List<S2Point> points) {
        List<S2Point> once = new ArrayList<>();
        for (S2Point point : points) {
            if (once.isEmpty() || !once.get(once.size() - 1).equals(point)) {
                once.add(point);
            }
        }
        return once;
    }

    private static S2Polygon checked(List<S2Loop> loops, String shown) throws GeometryException {
        S2Polygon polygon = new S2Polygon(new ArrayList<>(loops));
        S2Error error = new S2Error();
        if (polygon.findValidationError(error)) {
            throw new GeometryException("Polygon isn't valid: " + error.text() + " " + shown);
        }
        if (!polygon.isNormalized()) {
            throw new GeometryException("Loop shares more than one vertex with its parent loop: " + shown);
        }
        for (int i = 0; i < polygon.numLoops(); i++) {
            if (polygon.loop(i).depth() > 1) {
                throw new GeometryException("Polygon interior loops cannot be nested: " + shown);
            }
        }
        return polygon;
    }
}
