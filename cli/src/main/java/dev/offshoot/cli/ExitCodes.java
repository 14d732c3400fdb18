package dev.offshoot.cli;

/** What the process answers to its caller. */
final class ExitCodes {
    static final int OK = 0;
    static final int FAILURE = 1;
    /** Wrong usage, or something that was refused. */
    static final int USAGE = 2;

    static final int NOT_FOUND = 3;
    /** It exists already, or somebody else was first. */
    static final int CONFLICT = 5;

    /** What was compared is not the same, where the caller asked to be told so. */
    static final int DIFFERENT = 6;

    static final int UNREACHABLE = 7;

    private ExitCodes() {}
}
