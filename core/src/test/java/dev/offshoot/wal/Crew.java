package dev.offshoot.wal;

import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** Threads of one test. Whoever does not come back in time fails the test with the stacks of all. */
public final class Crew {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Patience is spent in steps, so that a machine that stands still for a minute costs one step of it. */
    private static final Duration STEP = Duration.ofMillis(500);

    private final List<Thread> threads = new ArrayList<>();

    /** Starts a thread that does this; {@link #join} gives its result. */
    public <T> FutureTask<T> start(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task, "crew-" + threads.size());
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
        return task;
    }

    /** Starts a thread that does this, and returns once the thread waits for something. */
    public <T> FutureTask<T> startAndLetWait(Callable<T> work) {
        FutureTask<T> task = start(work);
        Thread thread = threads.get(threads.size() - 1);
        until(() -> thread.getState() == Thread.State.WAITING || task.isDone());
        return task;
    }

    /** What the thread came back with; its failure is thrown. */
    public <T> T join(FutureTask<T> task) {
        for (long left = PATIENCE.toMillis(); left > 0; left -= STEP.toMillis()) {
            try {
                return task.get(STEP.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                // not yet
            } catch (ExecutionException e) {
                throw new AssertionError(e.getCause());
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        return fail("a thread hangs" + stacks());
    }

    /** Starts a thread for each of these and gives their results in order. */
    public <T> List<T> together(List<Callable<T>> works) {
        List<FutureTask<T>> tasks = new ArrayList<>();
        works.forEach(work -> tasks.add(start(work)));
        List<T> results = new ArrayList<>();
        tasks.forEach(task -> results.add(join(task)));
        return results;
    }

    /** Returns once this holds. */
    public void until(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                fail("nothing happens" + stacks());
            }
            Thread.onSpinWait();
        }
    }

    private String stacks() {
        StringBuilder text = new StringBuilder();
        for (Thread thread : threads) {
            if (thread.isAlive()) {
                text.append("\n\n").append(thread);
                for (StackTraceElement frame : thread.getStackTrace()) {
                    text.append("\n    at ").append(frame);
                }
            }
        }
        return text.toString();
    }
}
