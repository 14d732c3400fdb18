package dev.offshoot.store.file;

import java.nio.file.Path;

/**
 * A pack as the process knows it: {@code NUMBER.open} while it is written, {@code NUMBER.pack} once it is finished and durable. The file
 * belongs to {@link PackHandles}, all else to {@link PageIndex}, each under its monitor.
 */
final class Pack {
    private static final String OPEN = ".open";
    private static final String FINISHED = ".pack";
    private static final int DIGITS = 20;

    private final int number;
    private Path file;
    private boolean deleted;
    private boolean finished;
    private boolean damaged;
    private long frameBytes;
    private int livePages;
    private long liveBytes;

    private Pack(int number, Path file) {
        this.number = number;
        this.file = file;
    }

    /** A pack that is about to be written. */
    static Pack open(Path folder, int number) {
        return new Pack(number, folder.resolve(String.format("%0" + DIGITS + "d", number) + OPEN));
    }

    /** A pack that was finished. */
    static Pack finished(Path file) {
        return new Pack(numberOf(String.valueOf(file.getFileName())), file);
    }

    static boolean isOpenName(String name) {
        return isName(name, OPEN);
    }

    static boolean isFinishedName(String name) {
        return isName(name, FINISHED);
    }

    /** The number in the name of a pack's file. */
    static int numberOf(String name) {
        return Integer.parseInt(name.substring(0, DIGITS));
    }

    private static boolean isName(String name, String suffix) {
        return name.length() == DIGITS + suffix.length()
                && name.endsWith(suffix)
                && name.startsWith("0".repeat(DIGITS - 9))
                && name.chars().limit(DIGITS).allMatch(c -> c >= '0' && c <= '9');
    }

    int number() {
        return number;
    }

    /** The name it has once it is finished. */
    Path finishedFile() {
        return file.resolveSibling(String.format("%0" + DIGITS + "d", number) + FINISHED);
    }

    Path file() {
        return file;
    }

    void renamed(Path to) {
        file = to;
    }

    boolean isDeleted() {
        return deleted;
    }

    void delete() {
        deleted = true;
    }

    boolean isFinished() {
        return finished;
    }

    /** Whether its index or footer is not as it was written. Such a file is left as it is while anything in it is needed. */
    boolean isDamaged() {
        return damaged;
    }

    void finish(long bytes, boolean isDamaged) {
        finished = true;
        damaged = isDamaged;
        frameBytes = bytes;
    }

    /** What the frames in it take once it is finished. */
    long frameBytes() {
        return frameBytes;
    }

    /** How many pages are found here. */
    int livePages() {
        return livePages;
    }

    /** How many bytes their frames take. */
    long liveBytes() {
        return liveBytes;
    }

    void gain(int length) {
        livePages++;
        liveBytes += PackFormat.frameBytes(length);
    }

    void lose(int length) {
        livePages--;
        liveBytes -= PackFormat.frameBytes(length);
    }
}
