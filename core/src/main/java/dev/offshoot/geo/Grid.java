package dev.offshoot.geo;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A square of the plane cut into cells: halved as often as it has bits, along both axes. A cell is a number, the bits of its place on
 * both axes in turn, so that all cells within a larger one are a range of numbers.
 */
public record Grid(double min, double max, int bits) {
    private static final int DEPTH = 32;
    private static final int RANGES_MAX = 64;

    /** Whether a point is in the square. */
    public boolean holds(FlatPoint point) {
        return point.x() >= min && point.x() <= max && point.y() >= min && point.y() <= max;
    }

    /** The cell of a point in the square. */
    public long cell(FlatPoint point) {
        return number(place(point.x()), place(point.y()));
    }

    private long place(double coordinate) {
        double cells = (double) (1L << DEPTH);
        long place = (long) ((coordinate - min) / (max - min) * cells);
        long within = Math.max(0, Math.min((1L << DEPTH) - 1, place));
        return within >>> (DEPTH - bits) << (DEPTH - bits);
    }

    /** Bits in turn; less the half of all, so that signed numbers are in order. */
    private static long number(long x, long y) {
        long number = 0;
        for (int bit = DEPTH - 1; bit >= 0; bit--) {
            number = number << 2 | (x >>> bit & 1) << 1 | (y >>> bit & 1);
        }
        return number ^ Long.MIN_VALUE;
    }

    /** Ranges, sorted, with the cells of all points in an area of the plane; null where the shape is none. */
    public @Nullable List<Cells.Range> touching(Geometry geometry) {
        FlatRegion.Box box = geometry.flatBounds();
        if (box == null) {
            return null;
        }
        FlatPoint low = new FlatPoint(clamped(box.minX()), clamped(box.minY()));
        FlatPoint high = new FlatPoint(clamped(box.maxX()), clamped(box.maxY()));
        List<Cells.Range> ranges = new ArrayList<>();
        collect(new long[] {place(low.x()), place(low.y()), end(high.x()), end(high.y())}, 0, 0, 0, ranges);
        return ranges;
    }

    /** The last place in the cell of a coordinate: whole cells are in a box or not, or all of its edge would be walked cell by cell. */
    private long end(double coordinate) {
        return place(coordinate) | (1L << (DEPTH - bits)) - 1;
    }

    private double clamped(double coordinate) {
        return Math.max(min, Math.min(max, coordinate));
    }

    /** Adds what a square of cells, {@code depth} times halved, has in common with a box of places. */
    private void collect(long[] box, long x, long y, int depth, List<Cells.Range> ranges) {
        long last = (1L << (DEPTH - depth)) - 1;
        if (x > box[2] || y > box[3] || x + last < box[0] || y + last < box[1]) {
            return;
        }
        boolean inside = x >= box[0] && y >= box[1] && x + last <= box[2] && y + last <= box[3];
        if (inside || depth == bits || ranges.size() >= RANGES_MAX) {
            add(new Cells.Range(number(x, y), number(x + last, y + last)), ranges);
            return;
        }
        long half = (last + 1) / 2;
        collect(box, x, y, depth + 1, ranges);
        collect(box, x, y + half, depth + 1, ranges);
        collect(box, x + half, y, depth + 1, ranges);
        collect(box, x + half, y + half, depth + 1, ranges);
    }

    private static void add(Cells.Range range, List<Cells.Range> ranges) {
        Cells.Range before = ranges.isEmpty() ? null : ranges.get(ranges.size() - 1);
        if (before != null && before.to() + 1 == range.from()) {
            ranges.set(ranges.size() - 1, new Cells.Range(before.from(), range.to()));
        } else {
            ranges.add(range);
        }
    }
}
