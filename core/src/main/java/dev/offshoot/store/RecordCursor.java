package dev.offshoot.store;

import org.jspecify.annotations.Nullable;

/** Records in the order of their LSNs. Not thread safe. */
public interface RecordCursor extends AutoCloseable {
    /** The next record, or null at the end. */
    @Nullable
    LogRecord next();

    @Override
    void close();
}
