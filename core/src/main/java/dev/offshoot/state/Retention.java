package dev.offshoot.state;

/**
 * How much of the past is kept.
 *
 * @param keepMillis positions of the last so many milliseconds can be read; {@link Long#MAX_VALUE} for all
 * @param graceMillis how long what somebody may still be reading stays, at least
 */
public record Retention(long keepMillis, long graceMillis) {
    private static final long GRACE_MILLIS = 60 * 60_000L;

    /** Every position is kept. */
    public static final Retention FOREVER = new Retention(Long.MAX_VALUE, GRACE_MILLIS);

    public Retention {
        if (keepMillis < 0 || graceMillis < 0) {
            throw new IllegalArgumentException("retention is not negative: " + keepMillis + ", " + graceMillis);
        }
    }

    /** Keeps positions of the last so many milliseconds. */
    public static Retention ofMillis(long keepMillis) {
        return new Retention(keepMillis, GRACE_MILLIS);
    }

    /** For when nobody else reads. */
    public Retention withoutGrace() {
        return new Retention(keepMillis, 0);
    }

    public boolean isForever() {
        return keepMillis == Long.MAX_VALUE;
    }
}
