package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.HexFormat;
import java.util.Locale;

/** Values as MongoDB's server prints them in error messages: {@code { a: 1, b: [ "x" ] }}. */
public final class ShellText {
    private static final int UUID_SUBTYPE = 4;

    private ShellText() {}

    public static String of(Value value) {
        StringBuilder out = new StringBuilder();
        append(out, value);
        return out.toString();
    }

    public static String of(Doc document) {
        return of(Value.document(document));
    }

    /** {@code name: value}, as in {@code {a: 1}}. */
    static String field(String name, Value value) {
        return name + ": " + of(value);
    }

    /** The document's {@code _id: value}, for messages that have to say which document it was. */
    static String id(Doc document) {
        Value id = document.get("_id");
        return id == null ? "no id" : field("_id", id);
    }

    private static void append(StringBuilder out, Value value) {
        switch (value.type()) {
            case Bson.DOCUMENT -> appendDocument(out, value.asDoc());
            case Bson.ARRAY -> appendArray(out, value.asDoc());
            case Bson.STRING -> out.append('"').append(value.asString()).append('"');
            case Bson.INT32, Bson.INT64 -> out.append(value.toLong());
            case Bson.DOUBLE -> out.append(NumberText.of(value.asDouble(), true));
            case Bson.DECIMAL128 -> out.append(value.asDecimal());
            case Bson.BOOLEAN -> out.append(value.asBoolean());
            case Bson.NULL -> out.append("null");
            case Bson.UNDEFINED -> out.append("undefined");
            case Bson.OBJECT_ID ->
                out.append("ObjectId('").append(value.asObjectId()).append("')");
            case Bson.DATE -> out.append("new Date(").append(value.asInt64()).append(')');
            case Bson.TIMESTAMP ->
                out.append("Timestamp(")
                        .append(value.asInt64() >>> 32)
                        .append(", ")
                        .append(value.asInt64() & 0xFFFF_FFFFL)
                        .append(')');
            case Bson.BINARY -> appendBinary(out, value);
            case Bson.MIN_KEY -> out.append("MinKey");
            case Bson.MAX_KEY -> out.append("MaxKey");
            default -> out.append(value);
        }
    }

    private static void appendBinary(StringBuilder out, Value value) {
        String hex = HexFormat.of().formatHex(value.asBinary());
        if (value.binarySubtype() == UUID_SUBTYPE && hex.length() == 32) {
            out.append("UUID(\"")
                    .append(hex.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5"))
                    .append("\")");
        } else {
            out.append("BinData(")
                    .append(value.binarySubtype())
                    .append(", ")
                    .append(hex.toUpperCase(Locale.ROOT))
                    .append(')');
        }
    }

    private static void appendDocument(StringBuilder out, Doc document) {
        String separator = "{ ";
        for (Doc.Field field : document) {
            out.append(separator).append(field.name()).append(": ");
            append(out, field.value());
            separator = ", ";
        }
        out.append(document.isEmpty() ? "{}" : " }");
    }

    private static void appendArray(StringBuilder out, Doc array) {
        String separator = "[ ";
        for (Doc.Field field : array) {
            out.append(separator);
            append(out, field.value());
            separator = ", ";
        }
        out.append(array.isEmpty() ? "[]" : " ]");
    }
}
