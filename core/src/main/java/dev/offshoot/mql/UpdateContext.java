package dev.offshoot.mql;

import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What an update may know of the world outside its document.
 *
 * @param nowMillis the time of the statement, for {@code $currentDate} and {@code $$NOW}
 * @param timestamps gives a new BSON timestamp at each call
 * @param random for {@code $rand} in pipeline updates
 */
public record UpdateContext(long nowMillis, LongSupplier timestamps, RandomGenerator random) {}
