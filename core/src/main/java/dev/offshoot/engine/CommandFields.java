package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.wal.Origin;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The fields of a command, typed; a wrong type is MongoDB's TypeMismatch. Thread safe, as they do not change. */
abstract class CommandFields {
    private static final Set<String> OTHER_SESSION_FIELDS = Set.of("uid", "txnNumber", "txnUUID");

    private final Request request;
    private final String name;
    private final Map<String, Value> fields;

    /** @throws CommandException for a field that is there twice */
    CommandFields(Request request, String name) {
        this.request = request;
        this.name = name;
        this.fields = new LinkedHashMap<>();
        for (Doc.Field field : request.body()) {
            if (fields.putIfAbsent(field.name(), field.value()) != null) {
                throw new CommandException(
                        ErrorCode.location(40413),
                        "BSON field '" + name + "." + field.name() + "' is a duplicate field");
            }
        }
    }

    /** The same fields. */
    CommandFields(CommandFields other) {
        this.request = other.request;
        this.name = other.name;
        this.fields = other.fields;
    }

    Doc body() {
        return request.body();
    }

    /** The command's name as the client spelled it. */
    String name() {
        return name;
    }

    Map<String, List<Doc>> sequences() {
        return request.sequences();
    }

    /** The database reference that the command is sent to. */
    String databaseName() {
        Value db = get("$db");
        if (db == null || !db.isString()) {
            throw new CommandException(ErrorCode.location(40414), "BSON field '" + name + ".$db' is missing");
        }
        return db.asString();
    }

    @Nullable
    Value get(String field) {
        return fields.get(field);
    }

    /** The names of the command's fields in order, its own name first. */
    Set<String> fieldNames() {
        return fields.keySet();
    }

    boolean has(String field) {
        return get(field) != null;
    }

    /** A string field that has to be there. */
    String string(String field) {
        return required(field, Bson.STRING, "string").asString();
    }

    @Nullable
    String optionalString(String field) {
        Value value = typed(field, Bson.STRING, "string");
        return value == null ? null : value.asString();
    }

    /** A document field; the empty document where it is missing. */
    Doc document(String field) {
        Value value = typed(field, Bson.DOCUMENT, "object");
        return value == null ? Doc.EMPTY : value.asDoc();
    }

    /** A boolean field; numbers count as booleans as they do in MongoDB. */
    boolean bool(String field, boolean otherwise) {
        Value value = get(field);
        if (value == null || value.type() == Bson.NULL) {
            return otherwise;
        }
        if (value.type() != Bson.BOOLEAN && !value.isNumber()) {
            throw mismatch(field, value, "types '[bool, long, int, decimal, double]'");
        }
        return value.isTruthy();
    }

    /** A boolean field that takes neither a number nor null; false where it is missing. */
    boolean strictBool(String field) {
        Value value = get(field);
        if (value != null && value.type() != Bson.BOOLEAN) {
            throw mismatch(field, value, "type 'bool'");
        }
        return value != null && value.asBoolean();
    }

    /** A whole number that is not negative. */
    long number(String field, long otherwise) {
        Value value = get(field);
        if (value == null || value.type() == Bson.NULL) {
            return otherwise;
        }
        if (!value.isNumber()) {
            throw mismatch(field, value, "types '[long, int, decimal, double]'");
        }
        long number = value.toRoundedLong();
        if (number < 0) {
            throw new CommandException(
                    ErrorCode.location(51024),
                    "BSON field '" + field + "' value must be >= 0, actual value '" + number + "'");
        }
        return number;
    }

    /** The documents of an array field, or of the document sequence that stands for it. */
    List<Doc> documents(String field) {
        List<Doc> sequence = request.sequences().get(field);
        if (sequence != null) {
            return sequence;
        }
        List<Doc> documents = new ArrayList<>();
        for (Doc.Field element : required(field, Bson.ARRAY, "array").asDoc()) {
            if (!element.value().isDocument()) {
                throw mismatch(field + "." + element.name(), element.value(), "type 'object'");
            }
            documents.add(element.value().asDoc());
        }
        return documents;
    }

    /** How many elements an array field or its document sequence has; 0 where it is neither. */
    int count(String field) {
        List<Doc> sequence = request.sequences().get(field);
        if (sequence != null) {
            return sequence.size();
        }
        Value value = get(field);
        return value != null && value.isArray() ? value.asDoc().count() : 0;
    }

    /** The strings of an array field; none where it is missing or null. */
    List<String> strings(String field) {
        Value value = typed(field, Bson.ARRAY, "array");
        if (value == null) {
            return List.of();
        }
        List<String> strings = new ArrayList<>();
        for (Doc.Field element : value.asDoc()) {
            if (!element.value().isString()) {
                throw mismatch(field + "." + element.name(), element.value(), "type 'string'");
            }
            strings.add(element.value().asString());
        }
        return strings;
    }

    @Nullable
    Value typed(String field, int type, String typeName) {
        Value value = get(field);
        if (value != null && value.type() == Bson.NULL) {
            return null;
        }
        if (value != null && value.type() != type) {
            throw mismatch(field, value, "type '" + typeName + "'");
        }
        return value;
    }

    private Value required(String field, int type, String typeName) {
        Value value = get(field);
        if (value == null || value.type() == Bson.NULL) {
            throw new CommandException(
                    ErrorCode.location(40414),
                    "BSON field '" + name + "." + field + "' is missing but a required field");
        }
        if (value.type() != type) {
            throw mismatch(field, value, "type '" + typeName + "'");
        }
        return value;
    }

    CommandException mismatch(String field, Value value, String expected) {
        return new CommandException(
                ErrorCode.TYPE_MISMATCH,
                "BSON field '" + name + "." + field + "' is the wrong type '" + Bson.typeName(value.type())
                        + "', expected " + expected);
    }

    /** The command's {@code comment} as a message: a string as it is, else as JSON; cut where it is too long, empty without one. */
    String comment() {
        Value comment = get("comment");
        if (comment == null || comment.type() == Bson.NULL) {
            return "";
        }
        return Origin.message(comment.isString() ? comment.asString() : comment.toString());
    }

    /** The logical session, or null. */
    @Nullable
    UUID session() {
        Doc lsid = document("lsid");
        Value id = lsid.get("id");
        if (id == null) {
            if (has("lsid")) {
                throw new CommandException(
                        ErrorCode.location(40414), "BSON field 'lsid.id' is missing but a required field");
            }
            return null;
        }
        if (id.type() != Bson.BINARY || id.asBinary().length != 16) {
            throw mismatch("lsid.id", id, "type 'binData' of 16 bytes (UUID)");
        }
        for (Doc.Field field : lsid) {
            if (!field.name().equals("id")) {
                refuseSessionField(field.name());
            }
        }
        ByteBuffer bytes = ByteBuffer.wrap(id.asBinary());
        return new UUID(bytes.getLong(), bytes.getLong());
    }

    private void refuseSessionField(String field) {
        if (OTHER_SESSION_FIELDS.contains(field)) { // another session than that of the id alone
            throw new CommandException(
                    ErrorCode.INVALID_OPTIONS, "lsid." + field + " is not supported: sessions are known by their id");
        }
        new SubDocument("lsid", document("lsid")).refuseUnknown(field, false);
    }

    /** {@code maxTimeMS}, in milliseconds, which has errors of its own; 0 for no limit. */
    long timeLimitMillis() {
        Value limit = get("maxTimeMS");
        if (limit == null || limit.type() == Bson.NULL) {
            return 0;
        }
        if (!limit.isNumber()) {
            throw new CommandException(
                    ErrorCode.TYPE_MISMATCH, "maxTimeMS has to be a number, not a " + Bson.typeName(limit.type()));
        }
        long millis = Numbers.whole("maxTimeMS", limit);
        if (millis < 0 || millis > Integer.MAX_VALUE) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE, limit + " value for maxTimeMS is out of range [0, " + Integer.MAX_VALUE + "]");
        }
        return millis;
    }
}
