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
    private static final Set<String> PROVENANCES =
            Set.of("clientSupplied", "implicitDefault", "customDefault", "getLastErrorDefaults");
    private static final int MEMBERS_MAX = 50;

    /** What has nothing to do with documents, and takes no read concern but {@link #OF_ADMINISTRATION}. */
    private static final Set<String> ADMINISTRATIVE = Set.of(
            "collMod",
            "create",
            "killAllSessions",
            "killCursors",
            "killSessions",
            "listCollections",
            "listDatabases",
            "startSession");

    /** Beside MongoDB's default: that the store is asked for what other processes appended, which any command may want. */
    private static final Set<String> OF_ADMINISTRATION = Set.of("local", "linearizable");

    /** What writes nothing, and takes no write concern. An {@code aggregate} takes one, as it may end in a stage that writes. */
    private static final Set<String> READS = Set.of(
            "count",
            "distinct",
            "find",
            "getMore",
            "killAllSessions",
            "killCursors",
            "killSessions",
            "listCollections",
            "listDatabases",
            "listIndexes",
            "startSession");

    private Concerns() {}

    static void check(Invocation call) {
        Doc read = call.document("readConcern");
        if (!read.isEmpty()) {
            checkRead(call.name(), read);
        }
        Value write = call.typed("writeConcern", Bson.DOCUMENT, "object");
        if (write != null) {
            if (READS.contains(call.name())) {
                throw new CommandException(
                        ErrorCode.INVALID_OPTIONS, call.name() + " does not support a writeConcern: it writes nothing");
            }
            checkWrite(call.name(), write.asDoc());
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
        SubDocument fields = new SubDocument(command + ".readConcern", concern).only(READ_FIELDS);
        String level = fields.optionalString("level");
        if ("snapshot".equals(level)) {
            throw new CommandException(
                    ErrorCode.INVALID_OPTIONS,
                    "readConcern level 'snapshot' is not supported; name a position: shop~main~TIME");
        }
        checkKnown(command + ".readConcern.level", level, LEVELS);
        checkKnown(command + ".readConcern.provenance", fields.optionalString("provenance"), PROVENANCES);
        if (level != null && !OF_ADMINISTRATION.contains(level) && ADMINISTRATIVE.contains(command)) {
            throw new CommandException(
                    ErrorCode.INVALID_OPTIONS, command + " does not support readConcern level '" + level + "'");
        }
        if (concern.has("atClusterTime")) {
            fields.typed("atClusterTime", Bson.TIMESTAMP, "type 'timestamp'");
            throw new CommandException(
                    ErrorCode.INVALID_OPTIONS,
                    "readConcern.atClusterTime is not supported; name a position: shop~main~TIME");
        }
    }

    private static void checkKnown(String path, @Nullable String value, Set<String> known) {
        if (value != null && !known.contains(value)) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "Enumeration value '" + value + "' for field '" + path + "' is not a valid value; known: " + known);
        }
    }

    private static void checkWrite(String command, Doc concern) {
        new SubDocument(command + ".writeConcern", concern).only(WRITE_FIELDS).bool("j");
        checkTimeout(concern.get("wtimeout"));
        @Nullable Value w = concern.get("w");
        if (w == null || (w.isString() && w.asString().equals("majority"))) {
            return;
        }
        if (w.isDocument()) {
            checkTags(w.asDoc());
        }
        if (w.isString() || w.isDocument()) {
            throw new CommandException(ErrorCode.UNKNOWN_WRITE_CONCERN, "No write concern mode named " + w + " found");
        }
        if (!w.isNumber()) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE,
                    "w has to be a number, string, or object; found: " + Bson.typeName(w.type()));
        }
        if (Double.isNaN(w.toDouble()) || w.toLong() < 0 || w.toLong() > MEMBERS_MAX) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE,
                    "w has to be a non-negative number and not greater than " + MEMBERS_MAX + "; found: " + w);
        }
    }

    private static void checkTimeout(@Nullable Value timeout) {
        if (timeout != null && timeout.isNumber() && timeout.toRoundedLong() > Integer.MAX_VALUE) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE,
                    "wtimeout has to be " + Integer.MAX_VALUE + " at most; found: " + timeout);
        }
    }

    private static void checkTags(Doc tags) {
        if (tags.isEmpty()) {
            throw new CommandException(ErrorCode.FAILED_TO_PARSE, "w names no tag; it has to name one at least");
        }
        for (Doc.Field tag : tags) {
            if (!tag.value().isNumber()) {
                throw new CommandException(
                        ErrorCode.FAILED_TO_PARSE, "w has to say a number of members for tag '" + tag.name() + "'");
            }
        }
    }
}
