package dev.offshoot.engine;

/**
 * How an engine runs.
 *
 * @param memoryBytes about how much the cache of past positions may hold
 * @param tailMillis how often a shared store is asked what other processes appended
 */
public record EngineOptions(long memoryBytes, long tailMillis) {
    public static final EngineOptions DEFAULT = new EngineOptions(512L << 20, 100);
}
