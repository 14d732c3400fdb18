package dev.offshoot.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The wish to stop a verb that runs until it is told, as SIGTERM or Ctrl-C. After {@link #watch} the JVM's shutdown waits until
 * the verb has closed what it opened, and then exits with the verb's own code. Thread safe.
 */
final class StopSignal {
    private static final long CLOSE_SECONDS_MAX = 30;

    private final boolean ofProcess;
    private final CountDownLatch requested = new CountDownLatch(1);
    private final CountDownLatch finished = new CountDownLatch(1);
    private volatile int exitCode = ExitCodes.FAILURE;

    private StopSignal(boolean ofProcess) {
        this.ofProcess = ofProcess;
    }

    /** Comes from the operating system, once it is watched. */
    static StopSignal ofProcess() {
        return new StopSignal(true);
    }

    /** Comes from a call of {@link #request} alone. */
    static StopSignal ofCaller() {
        return new StopSignal(false);
    }

    /** From here on a shutdown of the process asks to stop. */
    void watch() {
        if (!ofProcess) {
            return;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::shutDown, "offshoot-stop"));
    }

    void request() {
        requested.countDown();
    }

    /** Whether somebody has asked to stop. */
    boolean isRequested() {
        return requested.getCount() == 0;
    }

    /** Waits until somebody asks to stop, but not longer; says whether somebody did. */
    boolean await(long millisMax) {
        try {
            return requested.await(millisMax, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Waits until somebody asks to stop. */
    void await() {
        try {
            requested.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Says that the verb has ended. True if a shutdown is under way, which exits with this code; then the caller must not call
     * {@link System#exit}, which would wait for that shutdown.
     */
    boolean finished(int code) {
        exitCode = code;
        finished.countDown();
        return requested.getCount() == 0;
    }

    /** Halting is right here: the verb has closed everything, and a stop that was asked for is no failure. */
    private void shutDown() {
        if (finished.getCount() == 0) {
            return;
        }
        request();
        try {
            if (!finished.await(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
                exitCode = ExitCodes.FAILURE;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(exitCode);
    }
}
