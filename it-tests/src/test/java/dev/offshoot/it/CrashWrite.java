package dev.offshoot.it;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One thing that {@link CrashMain} does.
 *
 * @param number rises; the transaction number of a retryable write
 * @param branch where it happens; the parent of a new branch, which is named {@code b} and the number
 * @param key the document, or for an insert the number that the keys are made of
 */
record CrashWrite(long number, Kind kind, String branch, long key) {
    /** How many documents one insert makes. */
    static final int BATCH = 8;

    private static final Pattern LINE = Pattern.compile("do ([0-9]+) ([a-z]+) (\\S+) ([0-9]+)");

    enum Kind {
        CREATE,
        INSERT,
        INCREMENT,
        DELETE,
        FORK,
        DROP,
        CHECKPOINT,
        CLEANUP,
        /** Another project is made, written to, dropped, and removed from the store. */
        RECLAIM;

        boolean isRetryable() {
            return this == INSERT || this == INCREMENT || this == DELETE || this == CREATE;
        }
    }

    /** The key of one document of an insert. */
    long keyOf(int index) {
        return key * BATCH + index;
    }

    static boolean isLine(String line) {
        return LINE.matcher(line).matches();
    }

    static CrashWrite parse(String line) {
        Matcher parts = LINE.matcher(line);
        if (!parts.matches()) {
            throw new IllegalArgumentException(line);
        }
        return new CrashWrite(
                Long.parseLong(parts.group(1)),
                Kind.valueOf(parts.group(2).toUpperCase(Locale.ROOT)),
                parts.group(3),
                Long.parseLong(parts.group(4)));
    }

    @Override
    public String toString() {
        return "do " + number + " " + kind.name().toLowerCase(Locale.ROOT) + " " + branch + " " + key;
    }
}
