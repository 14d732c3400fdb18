package dev.offshoot.wal;

import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Time and chance, given from outside.
 *
 * @param millis wall clock, milliseconds since 1970
 * @param nanos a clock for durations
 * @param nonces 16 fresh random bytes a call
 */
public record Clocks(LongSupplier millis, LongSupplier nanos, Supplier<byte[]> nonces) {}
