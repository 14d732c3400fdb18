package dev.offshoot.geo;

import java.util.List;

/** An area of the plane. */
sealed interface FlatRegion {
    /** How far outside of a circle a point may seem to be by rounding. */
    double EPSILON = 1e-14;

    boolean contains(FlatPoint point);

    /** The smallest box around it. */
    Box bounds();

    /** {@code $box}: between two corners, whichever they are, with its border. */
    record Box(double minX, double minY, double maxX, double maxY) implements FlatRegion {
        static Box of(FlatPoint a, FlatPoint b) {
            return new Box(
                    Math.min(a.x(), b.x()), Math.min(a.y(), b.y()), Math.max(a.x(), b.x()), Math.max(a.y(), b.y()));
        }

        @Override
        public boolean contains(FlatPoint point) {
            return point.x() >= minX && point.x() <= maxX && point.y() >= minY && point.y() <= maxY;
        }

        @Override
        public Box bounds() {
            return this;
        }
    }

    /** {@code $center}, with its border. */
    record Circle(FlatPoint center, double radius) implements FlatRegion {
        @Override
        public boolean contains(FlatPoint point) {
            return center.distance(point) <= radius + EPSILON * Math.max(1, radius);
        }

        @Override
        public Box bounds() {
            double wide = radius + EPSILON * Math.max(1, radius);
            return new Box(center.x() - wide, center.y() - wide, center.x() + wide, center.y() + wide);
        }
    }

    /**
     * {@code $polygon}: its corners, which need not come back to the first. Of its border, corners and edges along an axis are in it;
     * a point on any other edge counts as left of that edge, as in MongoDB.
     */
    record Polygon(List<FlatPoint> corners) implements FlatRegion {
        @Override
        public boolean contains(FlatPoint point) {
            boolean inside = false;
            FlatPoint from = corners.get(corners.size() - 1);
            for (FlatPoint to : corners) {
                if (isOnStraightEdge(point, from, to)) {
                    return true;
                }
                boolean passes = (from.y() < point.y()) != (to.y() < point.y());
                if (passes && point.x() <= crossing(point.y(), from, to)) {
                    inside = !inside;
                }
                from = to;
            }
            return inside;
        }

        private static double crossing(double y, FlatPoint from, FlatPoint to) {
            return from.x() + (y - from.y()) * (to.x() - from.x()) / (to.y() - from.y());
        }

        private static boolean isOnStraightEdge(FlatPoint point, FlatPoint from, FlatPoint to) {
            boolean straight = from.x() == to.x() || from.y() == to.y();
            return point.equals(to) || (straight && Box.of(from, to).contains(point));
        }

        @Override
        public Box bounds() {
            FlatPoint first = corners.get(0);
            Box box = Box.of(first, first);
            for (FlatPoint corner : corners) {
                box = new Box(
                        Math.min(box.minX, corner.x()),
                        Math.min(box.minY, corner.y()),
                        Math.max(box.maxX, corner.x()),
                        Math.max(box.maxY, corner.y()));
            }
            return box;
        }
    }
}
