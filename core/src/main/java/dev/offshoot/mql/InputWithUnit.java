package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import org.jspecify.annotations.Nullable;

/**
 * The argument of {@code $derivative} and {@code $integral}.
 *
 * @param unitMillis null where no unit is given
 */
record InputWithUnit(Expression input, @Nullable Long unitMillis) {
    static InputWithUnit parse(WindowFunctions.Call call) {
        String name = call.name();
        if (!call.argument().isDocument()) {
            throw WindowBounds.failed(name + " expects an object, but got a "
                    + Bson.typeName(call.argument().type()) + ": " + ShellText.field(name, call.argument()));
        }
        Expression input = null;
        Long unit = null;
        for (Doc.Field field : call.argument().asDoc()) {
            switch (field.name()) {
                case "input" -> input = call.parser().parse(field.value());
                case "unit" -> unit = WindowFunctions.unitMillis(field.value());
                default -> throw WindowBounds.failed(name + " got unexpected argument: " + field.name());
            }
        }
        if (input == null) {
            throw WindowBounds.failed(name + " requires an 'input' expression");
        }
        return new InputWithUnit(input, unit);
    }
}
