package dev.offshoot.geo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.Value;
import dev.offshoot.mql.Json;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GridTest {
    private static final int RANGES_MAX = 64 + 4 * 32;

    private final Grid grid = new Grid(-180, 180, 26);
    private final Random random = new Random(3);

    @Test
    void the_ranges_of_a_box_hold_the_cells_of_its_points() throws GeometryException {
        for (int round = 0; round < 2_000; round++) {
            double size = Math.pow(10, random.nextInt(6) - 3);
            double x = coordinate(size);
            double y = coordinate(size);
            double toX = x + random.nextDouble() * size;
            double toY = y + random.nextDouble() * size;
            List<Cells.Range> ranges = touching(x, y, toX, toY);
            assertThat(ranges).hasSizeLessThanOrEqualTo(RANGES_MAX);
            for (int i = 0; i < 20; i++) {
                FlatPoint point =
                        new FlatPoint(x + (toX - x) * random.nextDouble(), y + (toY - y) * random.nextDouble());
                if (grid.holds(point)) {
                    long cell = grid.cell(point);
                    assertThat(ranges)
                            .as("%s of %s, %s to %s, %s", point, x, y, toX, toY)
                            .anyMatch(range -> range.from() <= cell && cell <= range.to());
                }
            }
        }
    }

    /** Each of these has an edge in common with the grid, whose cells are many. */
    @Test
    void boxes_that_reach_the_bounds_and_beyond_are_few_ranges() throws GeometryException {
        assertThat(touching(-180, -180, 180, 180)).containsExactly(new Cells.Range(Long.MIN_VALUE, Long.MAX_VALUE));
        assertThat(touching(-1000, -1000, 1000, 1000)).containsExactly(new Cells.Range(Long.MIN_VALUE, Long.MAX_VALUE));
        assertThat(touching(0, -500, 500, 500)).hasSize(1);
        assertThat(touching(179, 179, 500, 500)).hasSizeLessThan(RANGES_MAX);
        assertThat(touching(200, 200, 500, 500)).hasSize(1);
    }

    private double coordinate(double size) {
        return (random.nextInt(8) == 0 ? 180 : 180 * random.nextDouble()) * (random.nextBoolean() ? 1 : -1)
                - random.nextInt(2) * size;
    }

    private List<Cells.Range> touching(double x, double y, double toX, double toY) throws GeometryException {
        Value box = Json.value("[[" + x + ", " + y + "], [" + toX + ", " + toY + "]]");
        List<Cells.Range> ranges = grid.touching(new GeometryParser(String::valueOf).asked("$box", box));
        return Objects.requireNonNull(ranges);
    }
}
