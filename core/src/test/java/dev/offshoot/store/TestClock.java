package dev.offshoot.store;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until it is set forward. Thread safe. */
public final class TestClock implements InstantSource {
    private final AtomicLong millis = new AtomicLong(1_795_000_000_000L);

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis.get());
    }

    @Override
    public long millis() {
        return millis.get();
    }

    /** Sets it forward; answers the new time. */
    public long advance(long by) {
        return millis.addAndGet(by);
    }
}
