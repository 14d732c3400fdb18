package dev.offshoot.store.file;

/** The bytes at a place of a segment are not the frame that belongs there: a torn tail or corruption, the catcher decides. */
final class DamagedFrame extends Exception {
    private final long offset;

    DamagedFrame(long offset, String expected, String found) {
        super("expected " + expected + ", found " + found);
        this.offset = offset;
    }

    long offset() {
        return offset;
    }

    /** What was expected and what was found. */
    String reason() {
        return String.valueOf(getMessage());
    }
}
