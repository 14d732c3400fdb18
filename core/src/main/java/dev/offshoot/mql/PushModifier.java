package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code $push}, in MongoDB's order: insert at the position, sort, slice.
 *
 * @param position negative counts from the end
 * @param slice how many elements stay: the first ones, or the last ones where it is negative
 */
record PushModifier(
        List<Value> values,
        long position,
        long slice,
        @Nullable Comparator<Value> order) implements Modifier {
    static PushModifier parse(String path, Value argument, Collation collation) {
        if (!argument.isDocument() || !argument.asDoc().has("$each")) {
            return new PushModifier(List.of(argument), Long.MAX_VALUE, Long.MAX_VALUE, null);
        }
        Clauses clauses = new Clauses(collation);
        for (Doc.Field field : argument.asDoc()) {
            clauses.read(field);
        }
        return new PushModifier(clauses.each, clauses.position, clauses.slice, clauses.order);
    }

    @Override
    public Value apply(@Nullable Value current, Place place) {
        if (current != null && !current.isArray()) {
            throw bad("The field '" + place.path() + "' must be an array but is of type "
                    + Bson.typeName(current.type()) + " in document {" + ShellText.id(place.before()) + "}");
        }
        if (current != null && position == Long.MAX_VALUE && slice == Long.MAX_VALUE && order == null) {
            return values.isEmpty() ? current : BsonArrays.append(current, values);
        }
        List<Value> all = current == null ? new ArrayList<>() : BsonArrays.elements(current);
        all.addAll(insertionPoint(all.size()), values);
        if (order != null) {
            all.sort(order);
        }
        Value result = BsonArrays.of(sliced(all));
        return current != null && result.equals(current) ? current : result;
    }

    private int insertionPoint(int size) {
        return (int) (position >= 0 ? Math.min(position, size) : Math.max(0, size + position));
    }

    private List<Value> sliced(List<Value> all) {
        long keep = slice == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(slice);
        if (keep >= all.size()) {
            return all;
        }
        return slice >= 0 ? all.subList(0, (int) keep) : all.subList(all.size() - (int) keep, all.size());
    }

    private static CommandException bad(String message) {
        return new CommandException(ErrorCode.BAD_VALUE, message);
    }

    /** The clauses beside {@code $each}, as far as they were read. */
    private static final class Clauses {
        private final Collation collation;
        private List<Value> each = List.of();
        private long position = Long.MAX_VALUE;
        private long slice = Long.MAX_VALUE;
        private @Nullable Comparator<Value> order;

        Clauses(Collation collation) {
            this.collation = collation;
        }

        void read(Doc.Field field) {
            Value value = field.value();
            String type = Bson.typeName(value.type());
            switch (field.name()) {
                case "$each" -> {
                    if (!value.isArray()) {
                        throw bad("The argument to $each in $push must be an array but it was of type: " + type);
                    }
                    each = BsonArrays.elements(value);
                }
                case "$slice" ->
                    slice = whole(value, "The value for $slice must be an integer value but was given type: " + type);
                case "$position" ->
                    position = whole(value, "The value for $position must be an integer value, not of type: " + type);
                case "$sort" -> order = order(value);
                default -> throw bad("Unrecognized clause in $push: " + field.name());
            }
        }

        private static long whole(Value value, String message) {
            if (!Numbers.isWhole(value)) {
                throw bad(message);
            }
            return value.toLong();
        }

        private Comparator<Value> order(Value value) {
            if (value.isNumber()) {
                return direction(value) > 0 ? collation::compare : (a, b) -> collation.compare(b, a);
            }
            if (!value.isDocument()) {
                throw bad("The $sort is invalid: use 1/-1 to sort the whole element, "
                        + "or {field:1/-1} to sort embedded fields");
            }
            if (value.asDoc().isEmpty()) {
                throw bad("The $sort pattern is empty when it should be a set of fields.");
            }
            for (Doc.Field field : value.asDoc()) {
                checkField(field);
            }
            return ElementOrder.of(value.asDoc(), collation);
        }

        private static void checkField(Doc.Field field) {
            direction(field.value());
            if (field.name().isEmpty()) {
                throw bad("The $sort field cannot be empty");
            }
            if (field.name().startsWith(".")
                    || field.name().endsWith(".")
                    || field.name().contains("..")) {
                throw bad("The $sort field is a dotted field but has an empty part: " + field.name());
            }
        }

        private static int direction(Value value) {
            double d = value.isNumber() ? value.toDouble() : 0;
            if (d != 1 && d != -1) {
                throw bad("The $sort element value must be either 1 or -1");
            }
            return (int) d;
        }
    }
}
