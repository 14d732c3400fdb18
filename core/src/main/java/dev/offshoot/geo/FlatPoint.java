package dev.offshoot.geo;

/** A point of the plane; on the Earth {@code x} is the longitude and {@code y} the latitude, in degrees. */
public record FlatPoint(double x, double y) {
    /** Whether it is a place on the Earth too. */
    public boolean isOnEarth() {
        return Math.abs(x) <= 180 && Math.abs(y) <= 90;
    }

    double distance(FlatPoint other) {
        return Math.hypot(x - other.x, y - other.y);
    }
}
