package dev.offshoot.state;

/**
 * When a project takes its next checkpoint: as soon as one of these is reached since the last one and something changed.
 *
 * @param bytes of changes; they are in memory until then
 * @param changes how many; a restart folds them again
 * @param millis since the last checkpoint, or since the project was opened
 */
public record CheckpointPolicy(long bytes, long changes, long millis) {
    private static final long BYTES_MAX = 64L << 20;
    private static final long BYTES_MIN = 4L << 20;
    private static final long CHANGES = 250_000;
    private static final long MILLIS = 5 * 60_000;
    private static final int MEMORY_FRACTION = 8;

    public CheckpointPolicy {
        if (bytes < 1 || changes < 1 || millis < 1) {
            throw new IllegalArgumentException(
                    "the limits of a checkpoint are at least 1, not " + bytes + ", " + changes + " and " + millis);
        }
    }

    /** For caches of so many bytes: changes take an eighth of that, at most 64 MiB, before they go to pages. */
    public static CheckpointPolicy forMemory(long memoryBytes) {
        return new CheckpointPolicy(
                Math.max(BYTES_MIN, Math.min(BYTES_MAX, memoryBytes / MEMORY_FRACTION)), CHANGES, MILLIS);
    }

    /** None before somebody asks for one. */
    public static CheckpointPolicy onDemand() {
        return new CheckpointPolicy(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);
    }
}
