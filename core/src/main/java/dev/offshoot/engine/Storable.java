package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import org.bson.types.ObjectId;

/** What a document has to be before it is stored: {@code _id} there and first, of a type it may have; not too large. */
final class Storable {
    private Storable() {}

    /** The document as it is stored: with an {@code _id}, which comes first. */
    static byte[] of(Doc document) {
        if (document.length() > Bson.DOCUMENT_BYTES_MAX) {
            throw tooLarge(document.length());
        }
        Value id = null;
        boolean first = true;
        boolean inFront = false;
        for (Doc.Fields f = document.fields(); f.next(); first = false) {
            if (f.nameLength() == 3 && f.name().equals("_id")) {
                id = f.value();
                inFront = first;
                break;
            }
        }
        if (id != null) {
            checkId(id);
        }
        byte[] stored = id != null && inFront ? document.toBytes() : withIdInFront(document, id);
        if (stored.length > Bson.DOCUMENT_BYTES_MAX) {
            throw tooLarge(stored.length);
        }
        return stored;
    }

    /** Refuses a changed document that has become too large. */
    static byte[] checkSize(byte[] document) {
        if (document.length > Bson.DOCUMENT_BYTES_MAX) {
            throw tooLarge(document.length);
        }
        return document;
    }

    private static byte[] withIdInFront(Doc document, @org.jspecify.annotations.Nullable Value id) {
        DocBuilder builder = new DocBuilder(document.length() + 24);
        builder.append("_id", id == null ? Value.of(new ObjectId()) : id);
        for (Doc.Fields f = document.fields(); f.next(); ) {
            if (!f.name().equals("_id")) {
                builder.appendField(document.bytes(), f.nameStart() - 1, f.valueEnd());
            }
        }
        return builder.build();
    }

    private static void checkId(Value id) {
        switch (id.type()) {
            case Bson.ARRAY, Bson.REGEX, Bson.UNDEFINED ->
                throw new CommandException(
                        ErrorCode.INVALID_ID_FIELD,
                        "The '_id' value cannot be of type "
                                + (id.type() == Bson.UNDEFINED ? "undefined" : Bson.typeName(id.type())));
            case Bson.DOCUMENT -> {
                for (Doc.Field field : id.asDoc()) {
                    if (field.name().startsWith("$")) {
                        throw new CommandException(
                                ErrorCode.DOLLAR_PREFIXED_FIELD_NAME,
                                "_id fields may not contain '$'-prefixed fields: " + field.name()
                                        + " is not valid for storage.");
                    }
                }
            }
            default -> {}
        }
    }

    private static CommandException tooLarge(int bytes) {
        return new CommandException(
                ErrorCode.BSON_OBJECT_TOO_LARGE,
                "object to insert too large. size in bytes: " + bytes + ", max size: " + Bson.DOCUMENT_BYTES_MAX);
    }
}
