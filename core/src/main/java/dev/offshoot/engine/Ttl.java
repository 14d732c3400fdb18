package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import org.jspecify.annotations.Nullable;

/** MongoDB's rules for {@code expireAfterSeconds} of an index. */
final class Ttl {
    static final long SECONDS_MAX = Integer.MAX_VALUE;

    private Ttl() {}

    /**
     * The seconds, checked; null where there are none.
     *
     * @param path of the document that has the field, for messages
     */
    static @Nullable Long seconds(@Nullable Value value, String path) {
        if (value == null) {
            return null;
        }
        if (!value.isNumber()) {
            throw new CommandException(
                    ErrorCode.TYPE_MISMATCH,
                    "BSON field '" + path + ".expireAfterSeconds' is the wrong type '" + Bson.typeName(value.type())
                            + "', expected types '[long, int, decimal, double]'");
        }
        long seconds = value.toRoundedLong();
        if (seconds < 0) {
            throw new CommandException(
                    ErrorCode.INVALID_OPTIONS, "TTL index 'expireAfterSeconds' option cannot be less than 0");
        }
        if (seconds > SECONDS_MAX) {
            throw new CommandException(
                    ErrorCode.INVALID_OPTIONS,
                    "TTL index 'expireAfterSeconds' option must be within an acceptable range, try a different number"
                            + " than " + seconds);
        }
        return seconds;
    }

    /** Refuses an index that documents cannot expire by. */
    static void checkIndex(Doc pattern, boolean capped, ErrorCode code) {
        if (pattern.count() != 1) {
            throw new CommandException(
                    code,
                    "TTL indexes are single-field indexes, compound indexes do not support TTL. Index spec: "
                            + pattern);
        }
        if (IndexSpec.isIdPattern(pattern)) {
            throw new CommandException(code, "The field 'expireAfterSeconds' is not valid for an _id index");
        }
        if (capped) {
            throw new CommandException(code, "TTL indexes are not supported for capped collections.");
        }
    }
}
