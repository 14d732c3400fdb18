package dev.offshoot.cli;

/** A position that a person gave. */
final class Lsn {
    private Lsn() {}

    /**
     * Returns it.
     *
     * @throws CliException if there can be none like it
     */
    static long check(long lsn) {
        if (lsn < 0) {
            throw new CliException(
                    ExitCodes.USAGE, "an LSN is 0 or above, not " + lsn, "offshoot wal tail PROJECT to see some");
        }
        return lsn;
    }
}
