package dev.offshoot.store.file;

import java.io.IOException;
import java.nio.file.Path;

/**
 * An empty file in a log's folder whose name tells the lowest LSN that is to be expected there: {@code 00000000000000048212.first}. It is
 * made, durably, before the segments below it are deleted, so that a missing segment is still noticed and a deletion that was cut short
 * can be ended. Where there are several, the highest counts; where there is none, the log begins at LSN 1.
 *
 * @param folder the log's folder
 * @param lsn the first LSN of a segment
 */
record LowMark(Path folder, long lsn) {
    private static final String SUFFIX = ".first";
    private static final int DIGITS = 20;

    static boolean isName(String name) {
        return name.length() == DIGITS + SUFFIX.length()
                && name.endsWith(SUFFIX)
                && name.chars().limit(DIGITS).allMatch(c -> c >= '0' && c <= '9');
    }

    /** The LSN in the name of a mark. */
    static long lsnOf(String name) {
        return Long.parseLong(name.substring(0, DIGITS));
    }

    /** Where the mark is, or would be. */
    Path file() {
        return folder.resolve(String.format("%0" + DIGITS + "d", lsn) + SUFFIX);
    }

    /** Makes the file, durably. */
    void write(Disk disk) throws IOException {
        disk.open(file()).close();
        disk.forceFolder(folder);
    }
}
