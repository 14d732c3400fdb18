package dev.offshoot.wal;

import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.StoreException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The records of a log in order, decoded. Once there turn out to be many, a thread of its own reads, decompresses and decodes ahead
 * of the caller, who folds meanwhile; a short log is read without one. What is decoded and waits weighs at most 4 MiB, or is
 * one record.
 *
 * <p>Used by one thread, which closes it; then the thread it made is over. An interrupt of the caller ends nothing.
 */
public final class WalReader implements AutoCloseable {
    /** To make a thread takes as long as to read about this much. */
    private static final long ALONE_BYTES_MAX = 128 << 10;

    private final Source source;
    private final ArrayDeque<Decoded> ready = new ArrayDeque<>();
    private long bytes;
    private @Nullable ReadAhead ahead;

    /**
     * A record that was read.
     *
     * @param storedBytes what it took in the log, compressed
     */
    public record Decoded(WalRecord record, long storedBytes) {}

    private WalReader(Source source) {
        this.source = source;
    }

    /**
     * The records from the one that holds an LSN on, as they are when this is called.
     *
     * @throws CorruptionException here or from {@link #next}, where a record is damaged or missing
     * @throws StoreException here or from {@link #next}, when the store cannot be read
     */
    public static WalReader open(LogStore log, long fromLsn) {
        return new WalReader(new Source(log.read(fromLsn), new RecordDecoder()));
    }

    /** The next record, or null at the end. */
    public @Nullable Decoded next() {
        if (ahead == null && bytes > ALONE_BYTES_MAX) {
            ahead = ReadAhead.start(source);
        }
        if (ahead != null) {
            if (ready.isEmpty()) {
                ready.addAll(ahead.take());
            }
            return ready.poll();
        }
        Decoded decoded = source.next();
        bytes += decoded == null ? 0 : decoded.record.approximateBytes();
        return decoded;
    }

    /** Idempotent; may be called before the end, and then there are no more records. */
    @Override
    public void close() {
        if (ahead == null) {
            source.close();
        } else {
            ahead.close();
        }
    }

    /** Reads and decodes one record after the other. Used by one thread at a time. */
    record Source(RecordCursor cursor, RecordDecoder decoder) implements AutoCloseable {
        @Nullable
        Decoded next() {
            LogRecord entry = cursor.next();
            return entry == null ? null : new Decoded(decoder.decode(entry), entry.bytes());
        }

        @Override
        public void close() {
            try (decoder) {
                cursor.close();
            }
        }
    }
}
