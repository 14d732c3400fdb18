package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.text.TextException;
import dev.offshoot.text.TextFields;
import dev.offshoot.text.TextSearch;
import org.jspecify.annotations.Nullable;

/**
 * {@code $text}, checked but for its language, which is the index's unless it names one.
 *
 * @param language empty for the index's
 */
public record TextQuery(String search, String language, boolean caseSensitive, boolean diacriticSensitive) {
    static TextQuery parse(Value value) {
        if (!value.isDocument()) {
            throw FilterParser.bad("$text expects an object");
        }
        Doc spec = value.asDoc();
        Value search = spec.get("$search");
        if (search == null) {
            throw new CommandException(ErrorCode.NO_SUCH_KEY, "Missing expected field \"$search\"");
        }
        TextQuery query = new TextQuery(
                string("$search", search),
                string("$language", spec.get("$language")),
                bool("$caseSensitive", spec.get("$caseSensitive")),
                bool("$diacriticSensitive", spec.get("$diacriticSensitive")));
        for (Doc.Field field : spec) {
            switch (field.name()) {
                case "$search", "$language", "$caseSensitive", "$diacriticSensitive" -> {}
                default -> throw FilterParser.bad("extra fields in $text");
            }
        }
        return query;
    }

    private static String string(String name, @Nullable Value value) {
        if (value == null) {
            return "";
        }
        if (!value.isString()) {
            throw wrongType(name, "string", value);
        }
        return value.asString();
    }

    private static boolean bool(String name, @Nullable Value value) {
        if (value == null) {
            return false;
        }
        if (value.type() != Bson.BOOLEAN) {
            throw wrongType(name, "bool", value);
        }
        return value.asBoolean();
    }

    private static CommandException wrongType(String name, String expected, Value value) {
        return new CommandException(
                ErrorCode.TYPE_MISMATCH,
                "\"" + name + "\" had the wrong type. Expected " + expected + ", found " + Bson.typeName(value.type()));
    }

    /** What it asks of the texts of an index. */
    TextSearch on(TextFields fields) {
        try {
            return TextSearch.parse(search, language, caseSensitive, diacriticSensitive, fields);
        } catch (TextException e) {
            throw TextKeys.error(e);
        }
    }
}
