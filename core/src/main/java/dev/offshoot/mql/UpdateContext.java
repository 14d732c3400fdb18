package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What an update may know of the world outside its document.
 *
 * @param nowMillis the time of the statement, for {@code $currentDate} and {@code $$NOW}
 * @param timestamps gives a new BSON timestamp at each call
 * @param random for {@code $rand} in pipeline updates
 * @param variables the values of {@code let} variables for pipeline updates; one that is missing has no entry
 * @param keepsEmptyTimestamps whether a zero timestamp is one, rather than the time of the write: {@code bypassEmptyTsReplacement}
 */
public record UpdateContext(
        long nowMillis,
        LongSupplier timestamps,
        RandomGenerator random,
        Map<String, Value> variables,
        boolean keepsEmptyTimestamps) {
    /** Without variables. */
    public UpdateContext(long nowMillis, LongSupplier timestamps, RandomGenerator random) {
        this(nowMillis, timestamps, random, Map.of(), false);
    }

    /** The same with these variables and no others. */
    public UpdateContext withVariables(Map<String, Value> values) {
        return new UpdateContext(nowMillis, timestamps, random, values, keepsEmptyTimestamps);
    }

    /** The same, which keeps zero timestamps or not. */
    public UpdateContext keepingEmptyTimestamps(boolean keeps) {
        return new UpdateContext(nowMillis, timestamps, random, variables, keeps);
    }

    /** A document as it is inserted, or replaces another: with times in place of zero timestamps, unless those are kept. */
    public Doc whole(Doc document) {
        return keepsEmptyTimestamps ? document : EmptyTimestamps.filled(document, timestamps);
    }
}
