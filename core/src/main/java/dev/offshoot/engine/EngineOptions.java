package dev.offshoot.engine;

/**
 * How an engine runs.
 *
 * @param memoryBytes about how much the cache of past positions may hold
 * @param tailMillis how often a shared store is asked what other processes appended
 * @param ttlMillis how often documents that have expired by a TTL index are looked for; whole seconds
 * @param testCommands whether commands for tests are there, such as {@code configureFailPoint}; the default is what the system
 *     property {@code offshoot.testCommands} says
 */
public record EngineOptions(long memoryBytes, long tailMillis, long ttlMillis, boolean testCommands) {
    private static final long TTL_MILLIS = 60_000;

    public static final EngineOptions DEFAULT = new EngineOptions(512L << 20, 100);

    /** The defaults but for memory and tail. */
    public EngineOptions(long memoryBytes, long tailMillis) {
        this(memoryBytes, tailMillis, TTL_MILLIS, Boolean.getBoolean("offshoot.testCommands"));
    }
}
