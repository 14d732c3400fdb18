package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.KeyWriter;
import dev.offshoot.bson.Value;
import dev.offshoot.geo.Cells;
import dev.offshoot.geo.FlatPoint;
import dev.offshoot.geo.Geometry;
import dev.offshoot.geo.GeometryException;
import dev.offshoot.geo.Grid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keys of shapes: the cells of the Earth that cover them ({@code 2dsphere}), or the cell of a grid on the plane that a point is in
 * ({@code 2d}). A document without any shape is not in the index. Other fields have their values; of several values each makes a
 * key with each cell.
 *
 * @param grid for a field of kind {@code 2d}; null where there is none
 * @param collation how strings of the other fields compare
 */
record GeoKeys(
        FieldPath[] fields,
        PathKeys.Order[] orders,
        @Nullable Grid grid,
        Collation collation) implements KeyMaker {
    private static final Value UNDEFINED = Value.view(Bson.UNDEFINED, new byte[0], 0);

    @Override
    public IndexKeys.Keys keys(byte[] bytes, int offset) {
        long[] arrays = new long[fields.length];
        List<List<Value>> values = new ArrayList<>();
        boolean shapes = false;
        for (int i = 0; i < fields.length; i++) {
            boolean isShape = isShape(orders[i]);
            List<Value> found = isShape ? cells(i, bytes, offset) : plain(i, bytes, offset, arrays);
            shapes |= isShape && !found.isEmpty();
            if (found.size() > 1) {
                arrays[i] = -1L >>> (Long.SIZE - fields[i].length());
            }
            values.add(found.isEmpty() ? List.of(Value.NULL) : found);
        }
        if (!shapes) {
            return IndexKeys.Keys.NONE;
        }
        List<byte[]> keys = new ArrayList<>();
        combine(values, 0, new KeyWriter(), keys);
        keys.sort(Arrays::compareUnsigned);
        return new IndexKeys.Keys(KeyExtractor.distinct(keys), null, ArrayPaths.of(arrays));
    }

    @Override
    public boolean hasSameFields(byte[] before, byte[] after) {
        return PathKeys.hasSameFields(fields, before, after);
    }

    static boolean isShape(PathKeys.Order order) {
        return order == PathKeys.Order.SPHERE || order == PathKeys.Order.PLANE;
    }

    private void combine(List<List<Value>> values, int field, KeyWriter writer, List<byte[]> keys) {
        if (field == values.size()) {
            keys.add(writer.toBytes());
            return;
        }
        int start = writer.size();
        for (Value value : values.get(field)) {
            writer.truncate(start);
            writer.append(
                    collation.concerns(value.type()) ? collation.key(value) : value,
                    orders[field] == PathKeys.Order.DESCENDING);
            combine(values, field + 1, writer, keys);
        }
    }

    private List<Value> plain(int field, byte[] bytes, int offset, long[] arrays) {
        List<Value> all = new ArrayList<>();
        for (Value value : values(field, bytes, offset)) {
            if (value.isArray()) {
                arrays[field] = -1L >>> (Long.SIZE - fields[field].length());
                if (value.asDoc().isEmpty()) {
                    all.add(UNDEFINED);
                }
                for (Doc.Field element : value.asDoc()) {
                    all.add(element.value());
                }
            } else {
                all.add(value);
            }
        }
        return all;
    }

    /** All values of a path, arrays as they are. */
    private List<Value> values(int field, byte[] bytes, int offset) {
        List<Value> found = new ArrayList<>();
        fields[field].any(
                bytes,
                offset,
                new ElementTest() {
                    @Override
                    boolean test(int type, byte[] from, int at) {
                        if (type != MISSING) {
                            found.add(Value.view(type, from, at));
                        }
                        return false;
                    }
                },
                false);
        return found;
    }

    private List<Value> cells(int field, byte[] bytes, int offset) {
        List<Value> cells = new ArrayList<>();
        for (Value value : values(field, bytes, offset)) {
            boolean nothing = value.type() == Bson.NULL
                    || value.type() == Bson.UNDEFINED
                    || ((value.isArray() || value.isDocument()) && value.asDoc().isEmpty());
            if (nothing) {
                continue;
            }
            if (orders[field] == PathKeys.Order.PLANE) {
                addGridCells(value, Doc.view(bytes, offset), cells);
            } else {
                sphereCells(value, Doc.view(bytes, offset)).forEach(cell -> cells.add(Value.of((long) cell)));
            }
        }
        return cells;
    }

    private static List<Long> sphereCells(Value value, Doc document) {
        String reason;
        try {
            Geometry shape = Geometries.stored(value);
            if (shape.hasSphere()) {
                return Cells.of(shape);
            }
            reason = "can't project geometry into spherical CRS: " + ShellText.of(value);
        } catch (GeometryException wrong) {
            reason = String.valueOf(wrong.getMessage());
        }
        throw new CommandException(
                ErrorCode.location(16755), "Can't extract geo keys: " + ShellText.of(document) + "  " + reason);
    }

    /** Of a pair, or of each pair of an array or a document of pairs. */
    private void addGridCells(Value value, Doc document, List<Value> cells) {
        if (!value.isArray() && !value.isDocument()) {
            return;
        }
        if (value.asDoc().first().value().isNumber()) {
            cells.add(gridCell(value.asDoc(), document));
            return;
        }
        for (Doc.Field element : value.asDoc()) {
            if (!element.value().isArray() && !element.value().isDocument()) {
                throw new CommandException(
                        ErrorCode.location(16804), "location object expected, location array not in correct format");
            }
            if (!element.value().asDoc().isEmpty()) {
                cells.add(gridCell(element.value().asDoc(), document));
            }
        }
    }

    private Value gridCell(Doc pair, Doc document) {
        Grid cells = grid;
        if (cells == null) {
            throw new AssertionError("a 2d index without a grid");
        }
        Value[] numbers = new Value[2];
        int n = 0;
        for (Doc.Fields field = pair.fields(); n < 2 && field.next(); n++) {
            numbers[n] = field.value();
        }
        if (n < 2) {
            throw unkeyed(13068, "geo field only has 1 element", document);
        }
        if (!numbers[0].isNumber() || !numbers[1].isNumber()) {
            throw unkeyed(13026, "geo values must be 'legacy coordinate pairs' for 2d indexes", document);
        }
        FlatPoint point = new FlatPoint(numbers[0].toDouble(), numbers[1].toDouble());
        if (!cells.holds(point)) {
            throw unkeyed(
                    13027,
                    "point not in interval of [ " + NumberText.of(cells.min(), false) + ", "
                            + NumberText.of(cells.max(), false) + " ]",
                    document);
        }
        return Value.of(cells.cell(point));
    }

    private static CommandException unkeyed(int code, String reason, Doc document) {
        return new CommandException(ErrorCode.location(code), reason + " :: caused by :: " + ShellText.of(document));
    }

    /** The intervals of a field that hold a cell of every shape that a condition may take; null where it says nothing of them. */
    @Nullable
    List<Interval> intervals(Clause clause, int field) {
        if (!(clause instanceof Clause.Leaf leaf)) {
            return null;
        }
        List<Cells.Range> ranges = orders[field] == PathKeys.Order.SPHERE ? onSphere(leaf) : onPlane(leaf);
        return ranges == null
                ? null
                : ranges.stream()
                        .map(range -> new Interval(Value.of(range.from()), true, Value.of(range.to()), true))
                        .toList();
    }

    private static @Nullable List<Cells.Range> onSphere(Clause.Leaf leaf) {
        if (leaf.test() instanceof GeoTest test) {
            return test.asked().hasSphere() ? Cells.touching(test.asked()) : null;
        }
        if (leaf.test() instanceof Near.Test test && test.near().spherical()) {
            return Cells.near(test.near().point(), test.near().maxRadians());
        }
        return null;
    }

    private @Nullable List<Cells.Range> onPlane(Clause.Leaf leaf) {
        if (leaf.test() instanceof GeoTest test) {
            return grid == null ? null : grid.touching(test.asked());
        }
        return leaf.test() instanceof Near.Test test && test.near().legacy()
                ? List.of(new Cells.Range(Long.MIN_VALUE, Long.MAX_VALUE))
                : null;
    }
}
