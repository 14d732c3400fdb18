package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.BsonCheck;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import org.bson.types.ObjectId;

/** What a document has to be before it is stored: {@code _id} there and first, of a type it may have; not too large. */
final class Storable {
    /** How deep a stored document may nest: MongoDB keeps 20 of the 200 levels of BSON for what is wrapped around it. */
    private static final int DEPTH_MAX = BsonCheck.DEPTH_MAX - 20;

    /** A level takes its type, an empty name, a length and an end. */
    private static final int LEVEL_BYTES_MIN = 7;

    private static final byte[] ID = {'_', 'i', 'd'};

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
            if (f.nameIs(ID)) {
                if (id != null) {
                    throw new CommandException(ErrorCode.BAD_VALUE, "can't have multiple _id fields in one document");
                }
                id = f.value();
                inFront = first;
            }
        }
        if (id != null) {
            checkId(id);
        }
        byte[] stored = id != null && inFront ? document.toBytes() : withIdInFront(document, id);
        if (stored.length > Bson.DOCUMENT_BYTES_MAX) {
            throw tooLarge(stored.length);
        }
        checkDepth(Doc.of(stored));
        return stored;
    }

    /** Refuses a changed document that has become too large or too deep; returns its bytes. */
    static byte[] changed(Doc document) {
        if (document.length() > Bson.DOCUMENT_BYTES_MAX) {
            throw new CommandException(
                    ErrorCode.location(17419),
                    "Resulting document after update is larger than " + Bson.DOCUMENT_BYTES_MAX);
        }
        checkDepth(document);
        return document.toBytes();
    }

    private static void checkDepth(Doc document) {
        if (isDeeper(document, DEPTH_MAX)) {
            throw new CommandException(ErrorCode.OVERFLOW, "Document exceeds maximum nesting depth of " + DEPTH_MAX);
        }
    }

    /** Whether a document nests deeper than this; one that is too short for it is not looked at. */
    private static boolean isDeeper(Doc document, int levels) {
        if (levels == 0) {
            return true;
        }
        if (document.length() <= levels * LEVEL_BYTES_MIN) {
            return false;
        }
        for (Doc.Fields field = document.fields(); field.next(); ) {
            if ((field.type() == Bson.DOCUMENT || field.type() == Bson.ARRAY)
                    && isDeeper(field.value().asDoc(), levels - 1)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] withIdInFront(Doc document, @org.jspecify.annotations.Nullable Value id) {
        DocBuilder builder = new DocBuilder(document.length() + 24);
        builder.append("_id", id == null ? Value.of(new ObjectId()) : id);
        for (Doc.Fields f = document.fields(); f.next(); ) {
            if (!f.nameIs(ID)) {
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
