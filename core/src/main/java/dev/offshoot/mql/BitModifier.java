package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code $bit}: and, or, xor of integers, in the order given. */
record BitModifier(List<Doc.Field> operations) implements Modifier {
    static BitModifier parse(String path, Value argument) {
        if (!argument.isDocument()) {
            throw bad("The $bit modifier is not compatible with a " + Bson.typeName(argument.type())
                    + ". You must pass in an embedded document: {$bit: {field: {and/or/xor: #}}");
        }
        List<Doc.Field> operations = new ArrayList<>();
        for (Doc.Field field : argument.asDoc()) {
            operations.add(checked(field));
        }
        if (operations.isEmpty()) {
            throw bad(
                    "You must pass in at least one bitwise operation. The format is: {$bit: {field: {and/or/xor: #}}");
        }
        return new BitModifier(List.copyOf(operations));
    }

    private static Doc.Field checked(Doc.Field field) {
        String text = "{" + ShellText.field(field.name(), field.value()) + "}";
        if (!List.of("and", "or", "xor").contains(field.name())) {
            throw bad("The $bit modifier only supports 'and', 'or', and 'xor', not '" + field.name()
                    + "' which is an unknown operator: " + text);
        }
        if (!isInteger(field.value())) {
            throw bad("The $bit modifier field must be an Integer(32/64 bit); a '"
                    + Bson.typeName(field.value().type()) + "' is not supported here: " + text);
        }
        return field;
    }

    @Override
    public Value apply(@Nullable Value current, Place place) {
        if (current != null && !isInteger(current)) {
            throw bad("Cannot apply $bit to a value of non-integral type." + ShellText.id(place.before())
                    + " has the field " + place.fieldName() + " of non-integer type " + Bson.typeName(current.type()));
        }
        Value result = current == null ? Numbers.ZERO : current;
        for (Doc.Field operation : operations) {
            result = combine(operation.name(), result, operation.value());
        }
        return current != null && result.equals(current) ? current : result;
    }

    private static Value combine(String name, Value a, Value b) {
        long x = a.toLong();
        long y = b.toLong();
        long bits = switch (name) {
            case "and" -> x & y;
            case "or" -> x | y;
            default -> x ^ y;
        };
        return Numbers.widest(a.type(), b.type()) == Bson.INT32 ? Value.of((int) bits) : Value.of(bits);
    }

    private static boolean isInteger(Value value) {
        return value.type() == Bson.INT32 || value.type() == Bson.INT64;
    }

    private static CommandException bad(String message) {
        return new CommandException(ErrorCode.BAD_VALUE, message);
    }
}
