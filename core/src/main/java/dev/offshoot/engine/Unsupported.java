package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import org.jspecify.annotations.Nullable;

/** Options that MongoDB has and Offshoot does not yet: refused where they would change the answer, never ignored. */
final class Unsupported {
    private Unsupported() {}

    /** Refuses each of these options that is there and says anything. */
    static void refuse(Doc doc, String command, String... options) {
        for (String option : options) {
            refuse(option, doc.get(option), command);
        }
    }

    /** The same for options of the command itself. */
    static void refuse(Invocation call, String command, String... options) {
        for (String option : options) {
            refuse(option, call.get(option), command);
        }
    }

    static void refuse(String option, @Nullable Value value, String command) {
        if (value != null && !isNeutral(option, value)) {
            throw new CommandException(
                    ErrorCode.NOT_IMPLEMENTED,
                    "option '" + option + "' of " + command + " is not supported by Offshoot yet");
        }
    }

    /** Whether an option says no more than its absence would. */
    private static boolean isNeutral(String option, Value value) {
        if (value.type() == Bson.NULL) {
            return true;
        }
        if (option.equals("collation") && value.isDocument()) {
            Value locale = value.asDoc().get("locale");
            return value.asDoc().isEmpty()
                    || (locale != null && locale.isString() && locale.asString().equals("simple"));
        }
        if (value.isDocument() || value.isArray()) {
            return value.asDoc().isEmpty();
        }
        return value.type() == Bson.BOOLEAN && !value.isTruthy();
    }

    /** A hint, checked for its type; null for none, which an empty document means too. */
    static @Nullable Value hint(@Nullable Value hint, String path) {
        if (hint == null || (hint.isDocument() && hint.asDoc().isEmpty())) {
            return null;
        }
        if (!hint.isDocument() && !hint.isString()) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE, "BSON field '" + path + ".hint' must be a string or an object");
        }
        if (hint.isDocument() && hint.asDoc().has("$natural")) {
            checkNatural(hint.asDoc(), "hint");
        }
        return hint;
    }

    /** Refuses a sort or a hint that names {@code $natural} beside something else, or in no direction. */
    static void checkNatural(Doc order, String what) {
        Value direction = order.first().value();
        if (order.count() != 1 || !direction.isNumber() || Math.abs(direction.toDouble()) != 1) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "$natural " + what + " cannot be set to a value other than -1 or 1, nor stand beside other fields: "
                            + order);
        }
    }
}
