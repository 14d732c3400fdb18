package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The documents of a partition that a window has, seen from one of them.
 *
 * @param range whether the bounds are values of the field that is sorted by, else they count documents
 * @param unit of a range of dates, else null
 */
record WindowBounds(
        boolean range, Bound lower, Bound upper, @Nullable TimeUnit unit) {
    /** The whole partition. */
    static final WindowBounds ALL = new WindowBounds(false, Bound.UNBOUNDED, Bound.UNBOUNDED, null);

    /** All up to the current one. */
    static final WindowBounds UP_TO_CURRENT = new WindowBounds(false, Bound.UNBOUNDED, Bound.CURRENT, null);

    /**
     * One end of a window.
     *
     * @param offset from the current document, null where there is no bound
     * @param current whether it was given as {@code current}: the document itself, not those with its value
     */
    record Bound(@Nullable Value offset, boolean current) {
        static final Bound UNBOUNDED = new Bound(null, false);
        static final Bound CURRENT = new Bound(Numbers.ZERO, true);
    }

    /** The documents of a window, first and last, by their places in the partition; empty where first is behind last. */
    record Window(int first, int last) {
        static final Window EMPTY = new Window(0, -1);

        boolean isEmpty() {
            return first > last;
        }
    }

    /** The argument {@code window} of a window function. */
    static WindowBounds parse(Value argument, @Nullable Sort sortBy, ExpressionParser parser) {
        if (!argument.isDocument()) {
            throw failed("'window' field must be an object");
        }
        Doc spec = argument.asDoc();
        Value documents = spec.get("documents");
        Value range = spec.get("range");
        Value unit = spec.get("unit");
        if (documents != null && range != null) {
            throw failed("Window bounds can specify either 'documents' or 'unit', not both.");
        }
        if (range == null && unit != null) {
            throw failed("Window bounds can only specify 'unit' with range-based bounds.");
        }
        if (documents != null) {
            if (spec.count() != 1) {
                throw failed("'window' field that specifies documents cannot have other fields");
            }
            return documents(documents, sortBy, parser);
        }
        if (range != null) {
            return range(spec, range, unit, sortBy, parser);
        }
        if (!spec.isEmpty()) {
            throw failed("'window' field can only contain 'documents' as the only argument or 'range' with an optional"
                    + " 'unit' field");
        }
        return ALL;
    }

    private static WindowBounds documents(Value spec, @Nullable Sort sortBy, ExpressionParser parser) {
        List<Value> ends = ends("documents", spec);
        Bound lower = bound(ends.get(0), parser);
        Bound upper = bound(ends.get(1), parser);
        for (Bound bound : List.of(lower, upper)) {
            if (bound.offset() != null && !isInt(bound.offset())) {
                throw failed("Numeric document-based bounds must be an integer");
            }
        }
        checkForward(lower, upper);
        if (sortBy == null && (lower.offset() != null || upper.offset() != null)) {
            throw Operands.error(5339901, "Document-based bounds require a sortBy");
        }
        return new WindowBounds(false, lower, upper, null);
    }

    private static WindowBounds range(
            Doc whole, Value spec, @Nullable Value unit, @Nullable Sort sortBy, ExpressionParser parser) {
        List<Value> ends = ends("range", spec);
        if (whole.count() != (unit == null ? 1 : 2)) {
            throw failed(
                    unit == null
                            ? "'window' field that specifies range cannot have other fields besides 'unit'"
                            : "'window' field that specifies unit cannot have other fields besides 'range'");
        }
        if (unit != null && !unit.isString()) {
            throw failed("'unit' must be a string");
        }
        Bound lower = bound(ends.get(0), parser);
        Bound upper = bound(ends.get(1), parser);
        for (Bound bound : List.of(lower, upper)) {
            checkRangeBound(bound, unit != null);
        }
        checkForward(lower, upper);
        TimeUnit time = unit == null ? null : TimeUnit.parse(unit.asString());
        if (sortBy == null || sortBy.parts().size() != 1) {
            throw Operands.error(5339902, "Range-based bounds require sortBy a single field");
        }
        if (!sortBy.parts().get(0).ascending()) {
            throw Operands.error(8947401, "Range-based bounds require an ascending sortBy");
        }
        return new WindowBounds(true, lower, upper, time);
    }

    private static void checkRangeBound(Bound bound, boolean time) {
        if (bound.offset() == null) {
            return;
        }
        if (time && !isInt(bound.offset())) {
            throw failed("With 'unit', range-based bounds must be an integer");
        }
        if (!bound.offset().isNumber()) {
            throw failed("Range-based bounds expression must be a number");
        }
    }

    private static boolean isInt(Value value) {
        return value.isNumber() && Numbers.isWhole(value) && value.toLong() == (int) value.toLong();
    }

    private static List<Value> ends(String name, Value spec) {
        List<Value> ends = spec.isArray() ? BsonArrays.elements(spec) : List.of();
        if (ends.size() != 2) {
            throw failed("Window bounds must be a 2-element array: " + ShellText.field(name, spec));
        }
        return ends;
    }

    private static Bound bound(Value spec, ExpressionParser parser) {
        if (spec.isString()) {
            return switch (spec.asString()) {
                case "unbounded" -> Bound.UNBOUNDED;
                case "current" -> Bound.CURRENT;
                default -> throw failed("Window bounds must be 'unbounded', 'current', or a number.");
            };
        }
        Value value = Constants.of(spec, parser);
        if (value == null) {
            throw failed("Window bounds expression must be a constant.");
        }
        return new Bound(value, false);
    }

    private static void checkForward(Bound lower, Bound upper) {
        if (lower.offset() != null && upper.offset() != null && BsonOrder.compare(lower.offset(), upper.offset()) > 0) {
            throw Operands.error(
                    5339900,
                    "Lower bound must not exceed upper bound: [" + ShellText.of(lower.offset()) + ", "
                            + ShellText.of(upper.offset()) + "]");
        }
    }

    static CommandException failed(String message) {
        return new CommandException(ErrorCode.FAILED_TO_PARSE, message);
    }

    /** Whether windows begin with the partition and only grow. */
    boolean startsUnbounded() {
        return lower.offset() == null;
    }

    /** Whether every document has the whole partition for its window. */
    boolean isAll() {
        return lower.offset() == null && upper.offset() == null && !range;
    }

    /** The window of the document at a place of the partition. */
    Window of(Partition partition, int current) {
        return range ? inRange(partition, current) : counted(partition.size(), current);
    }

    private Window counted(int size, int current) {
        long first = lower.offset() == null
                ? 0
                : Math.max(0, current + lower.offset().toLong());
        long last = upper.offset() == null
                ? size - 1
                : Math.min(size - 1, current + upper.offset().toLong());
        return first > last ? Window.EMPTY : new Window((int) first, (int) last);
    }

    private Window inRange(Partition partition, int current) {
        Value base = partition.order(current);
        checkBase(base);
        Value from = lower.offset() == null ? null : threshold(base, lower.offset());
        Value to = upper.offset() == null ? null : threshold(base, upper.offset());
        int first = lower.current() ? current : from == null ? firstOfKind(partition) : partition.firstNotBelow(from);
        int last = upper.current() ? current : to == null ? lastOfKind(partition) : partition.lastNotAbove(to);
        boolean ofKind = first < partition.size() && isOfKind(partition.order(first));
        return ofKind && first <= last ? new Window(first, last) : Window.EMPTY;
    }

    private void checkBase(@Nullable Value base) {
        String type = Operands.typeName(base);
        if (unit != null && !type.equals("date")) {
            throw Operands.error(5429513, "Invalid range: Expected the sortBy field to be a Date, but it was " + type);
        }
        if (unit == null && type.equals("date")) {
            throw Operands.error(
                    5429413, "Invalid range: For windows that involve date or time ranges, a unit must be provided.");
        }
        if (unit == null && (base == null || !base.isNumber())) {
            throw Operands.error(
                    5429414, "Invalid range: Expected the sortBy field to be a number, but it was " + type);
        }
    }

    private Value threshold(@Nullable Value base, Value offset) {
        if (base == null) {
            throw new AssertionError("a range around nothing");
        }
        return unit == null
                ? Value.of(Decimals.add(Numbers.decimal(base), Numbers.decimal(offset)))
                : Value.date(unit.add(base.asInt64(), offset.toLong()));
    }

    private boolean isOfKind(@Nullable Value value) {
        return value != null && (unit == null ? value.isNumber() : value.type() == Bson.DATE);
    }

    private int firstOfKind(Partition partition) {
        int i = 0;
        while (i < partition.size() && !isOfKind(partition.order(i))) {
            i++;
        }
        return i;
    }

    private int lastOfKind(Partition partition) {
        int i = partition.size() - 1;
        while (i >= 0 && !isOfKind(partition.order(i))) {
            i--;
        }
        return i;
    }
}
