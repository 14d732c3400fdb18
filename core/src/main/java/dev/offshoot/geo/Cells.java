package dev.offshoot.geo;

import com.google.common.geometry.S1Angle;
import com.google.common.geometry.S2Cap;
import com.google.common.geometry.S2CellId;
import com.google.common.geometry.S2Region;
import com.google.common.geometry.S2RegionCoverer;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Cells of the Earth that an index holds: a number each, so that all cells within a cell are a range of numbers. A point has the
 * smallest cell, anything else up to 20 cells between 110 m and 2000 km wide that cover it.
 */
public final class Cells {
    private static final int COARSEST = 2;
    private static final int FINEST = 16;
    private static final int CELLS_MAX = 20;

    private Cells() {}

    /** From a cell's number to another's, both included. */
    public record Range(long from, long to) {}

    /** The cells of a shape of a document. */
    public static List<Long> of(Geometry geometry) {
        SortedSet<Long> cells = new TreeSet<>();
        for (S2Region region : geometry.regions()) {
            if (region instanceof com.google.common.geometry.S2Cell cell) {
                cells.add(cell.id().id());
            } else {
                covering(region).forEach(cell -> cells.add(cell.id()));
            }
        }
        return List.copyOf(cells);
    }

    private static List<S2CellId> covering(S2Region region) {
        ArrayList<S2CellId> cells = new ArrayList<>();
        S2RegionCoverer.builder()
                .setMinLevel(COARSEST)
                .setMaxLevel(FINEST)
                .setMaxCells(CELLS_MAX)
                .build()
                .getCovering(region, cells);
        return cells;
    }

    /** The ranges, sorted and disjoint, that hold a cell of every shape that has a place in common with this one. */
    public static List<Range> touching(Geometry geometry) {
        SortedSet<S2CellId> cells = new TreeSet<>();
        geometry.regions().forEach(region -> cells.addAll(covering(region)));
        return ranges(cells);
    }

    /** The same for everything within a distance of a place, in radians. */
    public static List<Range> near(FlatPoint place, double radians) {
        double wide = Math.min(Math.PI, radians * (1 + 1e-9) + 1e-9);
        S2Cap cap = S2Cap.fromAxisAngle(SphereShape.dot(place).point(), S1Angle.radians(wide));
        return ranges(new TreeSet<>(covering(cap)));
    }

    /** Whatever is in one of the cells, and the larger cells that it is in. */
    private static List<Range> ranges(SortedSet<S2CellId> cells) {
        List<Range> all = new ArrayList<>();
        SortedSet<Long> larger = new TreeSet<>();
        for (S2CellId cell : cells) {
            all.add(new Range(cell.rangeMin().id(), cell.rangeMax().id()));
            for (int level = COARSEST; level < cell.level(); level++) {
                larger.add(cell.parent(level).id());
            }
        }
        larger.forEach(cell -> all.add(new Range(cell, cell)));
        return merged(all);
    }

    private static List<Range> merged(List<Range> ranges) {
        ranges.sort((a, b) -> Long.compare(a.from, b.from));
        List<Range> merged = new ArrayList<>();
        for (Range range : ranges) {
            Range last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
            if (last != null && range.from <= last.to) {
                merged.set(merged.size() - 1, new Range(last.from, Math.max(last.to, range.to)));
            } else {
                merged.add(range);
            }
        }
        return merged;
    }
}
