package dev.offshoot.engine;

import dev.offshoot.store.StoreException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Tells the program's log that the store failed, at most once a second: while it is away, each write meets that. Thread safe. */
final class StoreWarnings {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanoTime;
    private final Consumer<String> log;
    private final AtomicLong nextNanos;
    private final AtomicLong untold = new AtomicLong();

    StoreWarnings(LongSupplier nanoTime, Consumer<String> log) {
        this.nanoTime = nanoTime;
        this.log = log;
        this.nextNanos = new AtomicLong(nanoTime.getAsLong());
    }

    void warn(StoreException failure) {
        long now = nanoTime.getAsLong();
        long next = nextNanos.get();
        if (now - next < 0 || !nextNanos.compareAndSet(next, now + PAUSE_NANOS)) {
            untold.incrementAndGet();
            return;
        }
        long times = untold.getAndSet(0);
        log.accept("the store failed: " + failure.getMessage()
                + (times == 0 ? "" : "; " + times + " commands more failed since this was last said"));
    }
}
