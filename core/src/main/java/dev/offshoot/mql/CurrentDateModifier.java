package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import org.jspecify.annotations.Nullable;

/** {@code $currentDate}: the statement's time as a date, or a new timestamp. */
record CurrentDateModifier(boolean timestamp) implements Modifier {
    static CurrentDateModifier parse(String path, Value argument) {
        if (argument.type() == Bson.BOOLEAN) {
            return new CurrentDateModifier(false);
        }
        if (!argument.isDocument()) {
            throw bad(Bson.typeName(argument.type()) + " is not valid type for $currentDate."
                    + " Please use a boolean ('true') or a $type expression ({$type: 'timestamp/date'}).");
        }
        String type = "";
        for (Doc.Field field : argument.asDoc()) {
            if (!field.name().equals("$type")) {
                throw bad("Unrecognized $currentDate option: " + field.name());
            }
            type = field.value().isString() ? field.value().asString() : "";
        }
        if (!type.equals("date") && !type.equals("timestamp")) {
            throw bad("The '$type' string field is required to be 'date' or 'timestamp': "
                    + "{$currentDate: {field : {$type: 'date'}}}");
        }
        return new CurrentDateModifier(type.equals("timestamp"));
    }

    @Override
    public Value apply(@Nullable Value current, Place place) {
        return timestamp
                ? Value.timestamp(place.context().timestamps().getAsLong())
                : Value.date(place.context().nowMillis());
    }

    private static CommandException bad(String message) {
        return new CommandException(ErrorCode.BAD_VALUE, message);
    }
}
