package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Values as MongoDB's expressions print them in their error messages: {@code {a: 1, b: ["x"]}}; a missing one is {@code MISSING}. */
final class ValueText {
    private ValueText() {}

    static String of(@Nullable Value value) {
        if (value == null) {
            return "MISSING";
        }
        StringBuilder out = new StringBuilder();
        append(out, value);
        return out.toString();
    }

    private static void append(StringBuilder out, Value value) {
        switch (value.type()) {
            case Bson.DOCUMENT -> appendDocument(out, value.asDoc());
            case Bson.ARRAY -> appendArray(out, value.asDoc());
            case Bson.OBJECT_ID -> out.append(value.asObjectId().toHexString());
            case Bson.DATE -> out.append(Dates.iso(value.asInt64()));
            case Bson.DOUBLE -> out.append(NumberText.of(value.asDouble(), false));
            case Bson.REGEX ->
                out.append('/').append(RegexTest.source(value)).append('/').append(RegexTest.options(value));
            case Bson.BINARY ->
                out.append("BinData(")
                        .append(value.binarySubtype())
                        .append(", ")
                        .append(HexFormat.of().formatHex(value.asBinary()).toUpperCase(Locale.ROOT))
                        .append(')');
            default -> out.append(ShellText.of(value));
        }
    }

    private static void appendDocument(StringBuilder out, Doc document) {
        String separator = "{";
        for (Doc.Field field : document) {
            out.append(separator).append(field.name()).append(": ");
            append(out, field.value());
            separator = ", ";
        }
        out.append(document.isEmpty() ? "{}" : "}");
    }

    private static void appendArray(StringBuilder out, Doc array) {
        String separator = "[";
        for (Doc.Field field : array) {
            out.append(separator);
            append(out, field.value());
            separator = ", ";
        }
        out.append(array.isEmpty() ? "[]" : "]");
    }
}
