package dev.offshoot.wal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A thread that decodes records before they are asked for, and lets those that wait weigh no more than they may. It owns its source and
 * closes it. One other thread takes and closes.
 */
final class ReadAhead implements AutoCloseable {
    /** Handed over at once, since waking the other thread may take longer than to decode a small record. */
    private static final long CHUNK_BYTES = 128 << 10;

    private static final int WAITING_BYTES_MAX = 4 << 20;

    private final WalReader.Source source;
    private final BlockingQueue<Chunk> chunks = new LinkedBlockingQueue<>();
    private final Semaphore room = new Semaphore(WAITING_BYTES_MAX);
    private final Thread thread;
    private volatile boolean closed;

    /** Written by the thread before it ends. */
    private @Nullable RuntimeException closeFailure;

    private Chunk taken = new Chunk(List.of(), 0, false, null);

    /**
     * Records that follow each other.
     *
     * @param bytes of the room
     * @param last whether there are no more
     * @param failure what came instead of the next one, or null
     */
    private record Chunk(
            List<WalReader.Decoded> records,
            int bytes,
            boolean last,
            @Nullable Throwable failure) {}

    private ReadAhead(WalReader.Source source) {
        this.source = source;
        this.thread = new Thread(this::run, "offshoot-read");
        thread.setDaemon(true);
    }

    static ReadAhead start(WalReader.Source source) {
        ReadAhead ahead = new ReadAhead(source);
        ahead.thread.start();
        return ahead;
    }

    /** The next records; none at the end. What failed on the other thread fails here, behind the records before it. */
    List<WalReader.Decoded> take() {
        if (!taken.last) {
            taken = nextChunk();
            room.release(taken.bytes);
            if (!taken.records.isEmpty()) {
                return taken.records;
            }
        }
        if (taken.failure instanceof Error error) {
            throw error;
        }
        if (taken.failure instanceof RuntimeException exception) {
            throw exception;
        }
        return List.of();
    }

    private Chunk nextChunk() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return chunks.take();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void run() {
        Chunk chunk;
        do {
            chunk = decode();
            room.acquireUninterruptibly(chunk.bytes);
            chunks.add(chunk);
        } while (!chunk.last);
        try {
            source.close();
        } catch (RuntimeException e) {
            closeFailure = e;
        }
    }

    private Chunk decode() {
        List<WalReader.Decoded> records = new ArrayList<>();
        long bytes = 0;
        try {
            while (bytes < CHUNK_BYTES) {
                WalReader.Decoded decoded = closed ? null : source.next();
                if (decoded == null) {
                    return new Chunk(records, room(bytes), true, null);
                }
                records.add(decoded);
                bytes += decoded.record().approximateBytes();
            }
            return new Chunk(records, room(bytes), false, null);
        } catch (RuntimeException | Error e) {
            return new Chunk(records, room(bytes), true, e);
        }
    }

    /** A record larger than all the room waits until nothing else does. */
    private static int room(long bytes) {
        return (int) Math.min(bytes, WAITING_BYTES_MAX);
    }

    /** Ends the thread and waits for its end, which takes no longer than to read and decode a record. Idempotent. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        room.release(WAITING_BYTES_MAX);
        join();
        if (closeFailure != null) {
            throw closeFailure;
        }
    }

    private void join() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
