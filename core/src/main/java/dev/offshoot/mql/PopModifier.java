package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code $pop}: drops the first or the last element. */
record PopModifier(boolean first) implements Modifier {
    static PopModifier parse(String path, Value argument) {
        double direction = argument.isNumber() ? argument.toDouble() : 0;
        if (!argument.isNumber()) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE, "Expected a number in: " + ShellText.field(path, argument));
        }
        if (direction != 1 && direction != -1) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE, "$pop expects 1 or -1, found: " + ShellText.of(argument));
        }
        return new PopModifier(direction < 0);
    }

    @Override
    public @Nullable Value apply(@Nullable Value current, Place place) {
        if (current == null) {
            return null;
        }
        if (!current.isArray()) {
            throw new CommandException(
                    ErrorCode.TYPE_MISMATCH,
                    "Path '" + place.path() + "' contains an element of non-array type '"
                            + Bson.typeName(current.type()) + "'");
        }
        if (current.asDoc().isEmpty()) {
            return current;
        }
        List<Value> elements = BsonArrays.elements(current);
        return BsonArrays.of(first ? elements.subList(1, elements.size()) : elements.subList(0, elements.size() - 1));
    }

    @Override
    public boolean creates() {
        return false;
    }
}
