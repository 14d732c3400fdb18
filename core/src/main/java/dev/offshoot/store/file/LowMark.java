package dev.offshoot.store.file;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An empty file in a log's folder whose name tells the lowest LSN that is to be expected there: {@code 00000000000000048212.first}. Where
 * there are several, the highest counts; where there is none, the log begins at LSN 1.
 *
 * @param folder the log's folder
 * @param lsn the lowest LSN
 * @param why how it came to be the lowest
 */
record LowMark(Path folder, long lsn, Why why) {
    private static final int DIGITS = 20;

    /** How an LSN above 1 comes to be the lowest of a log. */
    enum Why {
        /**
         * What was below it is trimmed. The mark is made, durably, before the segments below it are deleted, so that a missing segment is
         * still noticed and a deletion that was cut short can be ended. A segment has to begin there.
         */
        TRIMMED(".first"),
        /** The log was begun there. Until its first record comes there need not be a segment, as in a log that begins at LSN 1. */
        BEGUN(".begin");

        private final String suffix;

        Why(String suffix) {
            this.suffix = suffix;
        }
    }

    /** The mark of this name; null when it is none. */
    static @Nullable LowMark of(Path folder, String name) {
        for (Why why : Why.values()) {
            if (name.length() == DIGITS + why.suffix.length()
                    && name.endsWith(why.suffix)
                    && name.chars().limit(DIGITS).allMatch(c -> c >= '0' && c <= '9')) {
                return new LowMark(folder, Long.parseLong(name.substring(0, DIGITS)), why);
            }
        }
        return null;
    }

    /** Where the mark is, or would be. */
    Path file() {
        return folder.resolve(String.format("%0" + DIGITS + "d", lsn) + why.suffix);
    }

    /** Makes the file, durably. */
    void write(Disk disk) throws IOException {
        disk.open(file()).close();
        disk.forceFolder(folder);
    }
}
