package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Read and write concerns: those that are not known are refused; those that are known are met by every command. */
final class Concerns {
    private static final Set<String> LEVELS = Set.of("local", "available", "majority", "linearizable");
    private static final Set<String> READ_FIELDS =
            Set.of("level", "afterClusterTime", "afterOpTime", "atClusterTime", "provenance");
    private static final Set<String> WRITE_FIELDS = Set.of("w", "j", "wtimeout", "fsync", "provenance");
    private static final int MEMBERS_MAX = 50;

    private Concerns() {}

    static void check(Invocation call) {
        Doc read = call.document("readConcern");
        if (!read.isEmpty()) {
            checkRead(call.name(), read);
        }
        Doc write = call.document("writeConcern");
        if (!write.isEmpty()) {
            checkWrite(call.name(), write);
        }
    }

    static boolean isLinearizable(Invocation call) {
        return Value.of("linearizable").equals(call.document("readConcern").get("level"));
    }

    /** The newest time that the client has seen, as it says: a BSON timestamp; 0 where it says nothing. */
    static long timeSeen(Invocation call) {
        long gossiped = time(call, call.document("$clusterTime"), "clusterTime");
        long after = time(call, call.document("readConcern"), "afterClusterTime");
        return Long.compareUnsigned(gossiped, after) > 0 ? gossiped : after;
    }

    private static long time(Invocation call, Doc doc, String field) {
        Value time = doc.get(field);
        if (time == null) {
            return 0;
        }
        if (time.type() != Bson.TIMESTAMP) {
            throw call.mismatch(field, time, "type 'timestamp'");
        }
        return time.asInt64();
    }

    private static void checkRead(String command, Doc concern) {
        new SubDocument(command + ".readConcern", concern).only(READ_FIELDS);
        Value level = concern.get("level");
        if (Value.of("snapshot").equals(level)) {
            throw new CommandException(
                    ErrorCode.INVALID_OPTIONS,
                    "readConcern level 'snapshot' is not supported; name a position: shop~main~TIME");
        }
        if (level != null && !(level.isString() && LEVELS.contains(level.asString()))) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE, "Unrecognized readConcern level: " + level + "; known: " + LEVELS);
        }
        if (concern.has("atClusterTime")) {
            throw new CommandException(
                    ErrorCode.INVALID_OPTIONS,
                    "readConcern.atClusterTime is not supported; name a position: shop~main~TIME");
        }
    }

    private static void checkWrite(String command, Doc concern) {
        new SubDocument(command + ".writeConcern", concern).only(WRITE_FIELDS);
        @Nullable Value w = concern.get("w");
        if (w == null || (w.isString() && w.asString().equals("majority"))) {
            return;
        }
        if (w.isString() || w.isDocument()) {
            throw new CommandException(ErrorCode.UNKNOWN_WRITE_CONCERN, "No write concern mode named " + w + " found");
        }
        if (!w.isNumber()) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE,
                    "w has to be a number, string, or object; found: " + Bson.typeName(w.type()));
        }
        if (w.toLong() < 0 || w.toLong() > MEMBERS_MAX) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE,
                    "w has to be a non-negative number and not greater than " + MEMBERS_MAX + "; found: " + w);
        }
    }
}
