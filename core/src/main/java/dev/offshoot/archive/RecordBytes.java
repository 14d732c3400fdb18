package dev.offshoot.archive;

import dev.offshoot.store.LogRecord;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * Records one behind the other as bytes: first LSN (8), count (4), length of the header (4), length of the payload (4), nonce (16),
 * header, payload. Numbers have their low bytes first.
 */
public final class RecordBytes {
    private static final int HEAD_BYTES = 8 + 4 + 4 + 4 + LogRecord.NONCE_BYTES;

    private RecordBytes() {}

    /** How many bytes a record takes; above 2^31 - 1 it cannot be written. */
    public static long length(LogRecord entry) {
        return (long) HEAD_BYTES + entry.header().length + entry.payload().length;
    }

    /** Writes a record. */
    public static byte[] of(LogRecord entry) {
        byte[] bytes = new byte[Math.toIntExact(length(entry))];
        put(entry, Sealed.buffer(bytes));
        return bytes;
    }

    static void put(LogRecord entry, ByteBuffer out) {
        out.putLong(entry.firstLsn())
                .putInt(entry.count())
                .putInt(entry.header().length)
                .putInt(entry.payload().length)
                .put(entry.nonce())
                .put(entry.header())
                .put(entry.payload());
    }

    /**
     * Reads the record that begins where the buffer stands.
     *
     * @throws IllegalArgumentException when there is none
     */
    public static LogRecord read(ByteBuffer in) {
        try {
            long firstLsn = in.getLong();
            int count = in.getInt();
            int header = in.getInt();
            int payload = in.getInt();
            return new LogRecord(firstLsn, count, take(in, LogRecord.NONCE_BYTES), take(in, header), take(in, payload));
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("the bytes of a record end early", e);
        }
    }

    private static byte[] take(ByteBuffer in, int length) {
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException(
                    "a part of a record of " + length + " bytes, where " + in.remaining() + " are left");
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }
}
