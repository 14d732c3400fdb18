package dev.offshoot.geo;

import com.google.common.geometry.S2Point;
import com.google.common.geometry.S2Region;
import java.util.List;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A shape: of a document, or one that a query asks about. Immutable; any number of threads may use it.
 *
 * <p>A legacy pair is a point of the plane, and one on the Earth if its coordinates can be degrees; {@code $box}, {@code $polygon}
 * and {@code $center} are areas of the plane; everything else is on the Earth.
 */
public final class Geometry {
    /** What MongoDB takes for the Earth's. */
    public static final double EARTH_RADIUS_METRES = 6_378_100;

    private final @Nullable FlatPoint point;
    private final @Nullable FlatRegion region;
    private final List<SphereShape> parts;
    private final boolean flat;

    private Geometry(
            @Nullable FlatPoint point, @Nullable FlatRegion region, List<? extends SphereShape> parts, boolean flat) {
        this.point = point;
        this.region = region;
        this.parts = List.copyOf(parts);
        this.flat = flat;
    }

    static Geometry legacyPoint(FlatPoint point) {
        return new Geometry(point, null, point.isOnEarth() ? List.of(SphereShape.dot(point)) : List.of(), true);
    }

    static Geometry spherePoint(FlatPoint point) {
        return new Geometry(point, null, List.of(SphereShape.dot(point)), false);
    }

    static Geometry flat(FlatRegion region) {
        return new Geometry(null, region, List.of(), true);
    }

    static Geometry sphere(List<? extends SphereShape> parts) {
        return new Geometry(null, null, parts, false);
    }

    /** The coordinates where it is a point, else null. */
    public @Nullable FlatPoint point() {
        return point;
    }

    /** Whether it is drawn on the plane rather than on the Earth. */
    public boolean isFlat() {
        return flat;
    }

    /** Whether it is something on the Earth, or can be taken for it. */
    public boolean hasSphere() {
        return !parts.isEmpty();
    }

    /** Whether it is an area, in which something else can be. */
    public boolean isArea() {
        return region != null
                || parts.stream().anyMatch(part -> part instanceof SphereShape.Area || part instanceof SphereShape.Cap);
    }

    /** Whether all of another one is in this one. */
    public boolean contains(Geometry other) {
        if (region != null) {
            return other.point != null && region.contains(other.point);
        }
        return other.hasSphere()
                && other.parts.stream().allMatch(theirs -> parts.stream().anyMatch(ours -> ours.contains(theirs)));
    }

    /** Whether they have a place on the Earth in common. */
    public boolean intersects(Geometry other) {
        return anyPair(other, SphereShape::intersects);
    }

    private boolean anyPair(Geometry other, BiPredicate<SphereShape, SphereShape> test) {
        return parts.stream().anyMatch(ours -> other.parts.stream().anyMatch(theirs -> test.test(ours, theirs)));
    }

    /** How far a point of the plane is from this one; NaN where this is no point. */
    public double flatDistance(FlatPoint from) {
        return point == null ? Double.NaN : point.distance(from);
    }

    /** How far a point on the Earth is from the nearest place of this, in radians; NaN where this is not on the Earth. */
    public double sphereDistance(FlatPoint from) {
        S2Point place = SphereShape.dot(from).point();
        return parts.stream().mapToDouble(part -> part.distance(place)).min().orElse(Double.NaN);
    }

    /** The regions to cover it with, on the Earth. */
    List<S2Region> regions() {
        return parts.stream().map(SphereShape::region).toList();
    }

    /** The box around an area of the plane, or null. */
    FlatRegion.@Nullable Box flatBounds() {
        return region == null ? null : region.bounds();
    }
}
