package dev.offshoot.geo;

import com.google.common.geometry.S1Angle;
import com.google.common.geometry.S2Cap;
import com.google.common.geometry.S2Cell;
import com.google.common.geometry.S2CellId;
import com.google.common.geometry.S2LatLng;
import com.google.common.geometry.S2Point;
import com.google.common.geometry.S2Polygon;
import com.google.common.geometry.S2Polyline;
import com.google.common.geometry.S2Region;
import java.util.List;
import java.util.function.Predicate;

/**
 * One connected part of a shape on the Earth. A point counts as the smallest cell it is in, so that it lies on the lines and
 * in the corners that are drawn through it.
 */
sealed interface SphereShape {
    /** How much shorter a line may become by rounding when it is cut along a polygon, in radians. */
    double SAME_LENGTH = 2e-12;

    S2Region region();

    /** Whether all of another part lies in this one; only areas contain anything. */
    boolean contains(SphereShape other);

    boolean intersects(SphereShape other);

    /** How far a point is from the nearest place of it, in radians. */
    double distance(S2Point point);

    static Dot dot(FlatPoint place) {
        S2Point point = S2LatLng.fromDegrees(place.y(), place.x()).normalized().toPoint();
        return new Dot(point, new S2Cell(S2CellId.fromPoint(point)));
    }

    /** A place. */
    record Dot(S2Point point, S2Cell cell) implements SphereShape {
        @Override
        public S2Region region() {
            return cell;
        }

        @Override
        public boolean contains(SphereShape other) {
            return false;
        }

        @Override
        public boolean intersects(SphereShape other) {
            if (other instanceof Dot dot) {
                return cell.id().equals(dot.cell.id());
            }
            return !(other instanceof Cap) && other.region().mayIntersect(cell);
        }

        @Override
        public double distance(S2Point from) {
            return new S1Angle(from, point).radians();
        }
    }

    /** A line of two points or more. */
    record Line(S2Polyline line) implements SphereShape {
        @Override
        public S2Region region() {
            return line;
        }

        @Override
        public boolean contains(SphereShape other) {
            return false;
        }

        @Override
        public boolean intersects(SphereShape other) {
            if (other instanceof Line that) {
                return line.intersects(that.line);
            }
            return other instanceof Dot dot
                    ? line.mayIntersect(dot.cell)
                    : other instanceof Area area && area.intersects(this);
        }

        @Override
        public double distance(S2Point from) {
            return new S1Angle(from, line.project(from)).radians();
        }
    }

    /** A polygon with its holes. */
    record Area(S2Polygon polygon) implements SphereShape {
        @Override
        public S2Region region() {
            return polygon;
        }

        @Override
        public boolean contains(SphereShape other) {
            if (other instanceof Dot dot) {
                return contains(dot);
            }
            if (other instanceof Line that) {
                return contains(that.line);
            }
            return other instanceof Area area && polygon.contains(area.polygon);
        }

        private boolean contains(Dot dot) {
            return polygon.contains(dot.point) || polygon.mayIntersect(dot.cell);
        }

        private boolean contains(S2Polyline line) {
            List<S2Polyline> inside = polygon.intersectWithPolyline(line);
            return inside.size() == 1 && length(inside.get(0)) >= length(line) - SAME_LENGTH;
        }

        private static double length(S2Polyline line) {
            return line.getArclengthAngle().radians();
        }

        @Override
        public boolean intersects(SphereShape other) {
            if (other instanceof Dot dot) {
                return contains(dot);
            }
            if (other instanceof Line that) {
                return !polygon.intersectWithPolyline(that.line).isEmpty();
            }
            return other instanceof Area area && polygon.intersects(area.polygon);
        }

        @Override
        public double distance(S2Point from) {
            return polygon.contains(from) ? 0 : polygon.getDistance(from).radians();
        }
    }

    /** All places within a distance of one: {@code $centerSphere}. */
    record Cap(S2Cap cap) implements SphereShape {
        @Override
        public S2Region region() {
            return cap;
        }

        @Override
        public boolean contains(SphereShape other) {
            if (other instanceof Dot dot) {
                return cap.mayIntersect(dot.cell);
            }
            if (other instanceof Line that) {
                return that.line.vertices().stream().allMatch(cap::contains);
            }
            Predicate<S2Point> inside = cap::contains;
            return other instanceof Area area
                    && area.polygon.getLoops().stream()
                            .allMatch(loop -> loop.vertices().stream().allMatch(inside));
        }

        @Override
        public boolean intersects(SphereShape other) {
            return false;
        }

        @Override
        public double distance(S2Point from) {
            throw new IllegalStateException("nothing is measured to a cap");
        }
    }
}
