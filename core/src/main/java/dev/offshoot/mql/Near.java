package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.geo.FlatPoint;
import dev.offshoot.geo.Geometry;
import org.jspecify.annotations.Nullable;

/**
 * {@code $near}: documents by how far they are from a point. On the Earth a distance is in metres if the point is GeoJSON and in
 * radians if it is a legacy pair; on the plane it is in the unit of the coordinates. Immutable.
 *
 * @param path where documents have their shapes
 * @param spherical whether distances are on the Earth
 * @param legacy whether the point is a pair
 * @param min the least distance, included
 * @param max the greatest distance, included
 */
public record Near(String path, FlatPoint point, boolean spherical, boolean legacy, double min, double max) {
    /**
     * The nearest shape of a document.
     *
     * @param place the shape as the document has it
     */
    public record Found(double distance, Value place) {}

    /** How far a document is, by the nearest of its shapes; null where that is nowhere, or nearer or farther than asked for. */
    public @Nullable Found find(Doc document) {
        Nearest nearest = new Nearest();
        FieldPath.of(path).any(document.bytes(), document.offset(), nearest, true);
        Found found = nearest.found;
        return found == null || found.distance < min || found.distance > max ? null : found;
    }

    /** How far the point may be from a shape, in radians, where it is on the Earth. */
    public double maxRadians() {
        return legacy ? max : max / Geometry.EARTH_RADIUS_METRES;
    }

    private double distance(Geometry geometry) {
        if (!spherical) {
            return geometry.flatDistance(point);
        }
        double radians = geometry.sphereDistance(point);
        return legacy ? radians : radians * Geometry.EARTH_RADIUS_METRES;
    }

    /** Goes through all values of a path and keeps the nearest shape. */
    private final class Nearest extends ElementTest {
        private @Nullable Found found;

        @Override
        boolean test(int type, byte[] bytes, int offset) {
            if (type == Bson.DOCUMENT || type == Bson.ARRAY) {
                Value value = Value.view(type, bytes, offset);
                Geometry geometry = Geometries.storedOrNull(value);
                double distance = geometry == null ? Double.NaN : distance(geometry);
                Found before = found;
                if (!Double.isNaN(distance) && (before == null || distance < before.distance)) {
                    found = new Found(distance, value);
                }
            }
            return false;
        }
    }

    /** As a condition on single values: one that is a shape, not farther away than asked for. */
    static final class Test extends ElementTest {
        private final Near near;

        Test(Near near) {
            this.near = near;
        }

        Near near() {
            return near;
        }

        @Override
        boolean test(int type, byte[] bytes, int offset) {
            if (type != Bson.DOCUMENT && type != Bson.ARRAY) {
                return false;
            }
            Geometry geometry = Geometries.storedOrNull(Value.view(type, bytes, offset));
            return geometry != null && near.distance(geometry) <= near.max;
        }
    }
}
