package dev.offshoot.store.file;

import java.nio.file.Path;

/**
 * A segment file as far as it may be read.
 *
 * @param firstLsn the LSN in its name, where its first record starts
 * @param file where it is
 * @param bytes where its last acknowledged frame ends
 */
record Segment(long firstLsn, Path file, long bytes) {
    private static final String SUFFIX = ".wal";
    private static final int DIGITS = 20;

    static Segment empty(Path folder, long firstLsn) {
        return new Segment(firstLsn, folder.resolve(String.format("%0" + DIGITS + "d", firstLsn) + SUFFIX), 0);
    }

    static boolean isName(String name) {
        return name.length() == DIGITS + SUFFIX.length()
                && name.endsWith(SUFFIX)
                && name.chars().limit(DIGITS).allMatch(c -> c >= '0' && c <= '9');
    }

    /** The first LSN in the name of a segment file. */
    static long firstLsnOf(String name) {
        return Long.parseLong(name.substring(0, DIGITS));
    }

    Segment withBytes(long size) {
        return new Segment(firstLsn, file, size);
    }
}
