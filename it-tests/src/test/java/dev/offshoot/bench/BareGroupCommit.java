package dev.offshoot.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The least that a group commit costs: threads with nothing else to do hand some bytes over, one of them writes and syncs those of all
 * and wakes the others, who wait as decision 6 says. Into space made ready, as a segment of the file store is.
 */
final class BareGroupCommit implements AutoCloseable {
    private static final int FRAME_BYTES = 512;
    private static final int WRITER_BYTES = 64;
    private static final int WRITERS_MAX = 64;
    private static final int WATCHERS_MAX = 8;
    private static final int READY_BYTES = 1 << 26;
    private static final int GATHER_FRACTION = 4;
    private static final long GATHER_NANOS_MIN = 100_000;

    private final FileChannel file;
    private final ByteBuffer frame = ByteBuffer.allocateDirect(FRAME_BYTES + WRITERS_MAX * WRITER_BYTES);
    private final ReentrantLock leader = new ReentrantLock();
    private final ConcurrentLinkedQueue<Waiter> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final Semaphore watches = new Semaphore(WATCHERS_MAX);
    private int position;
    private int expected;
    private long appendNanos;

    /** A thread that waits for its bytes to be durable. */
    private static final class Waiter {
        private final Thread thread = Thread.currentThread();
        private volatile boolean done;
    }

    private BareGroupCommit(FileChannel file) {
        this.file = file;
    }

    static BareGroupCommit open(Path folder) throws IOException {
        FileChannel file =
                FileChannel.open(folder.resolve("group.log"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
        for (int at = 0; at < READY_BYTES; at += zeros.capacity()) {
            file.write(zeros.clear(), at);
        }
        file.force(true);
        return new BareGroupCommit(file);
    }

    /** How many appends as many threads, at most 64, get done in a second. */
    double perSecond(int threads, long millis) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            expected = 1;
            long start = System.nanoTime();
            Callable<Long> writer = () -> appends(start + millis * 1_000_000);
            List<Future<Long>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(pool.submit(writer));
            }
            long appends = 0;
            for (Future<Long> one : running) {
                appends += one.get();
            }
            return appends * 1e9 / (System.nanoTime() - start);
        } finally {
            pool.shutdownNow();
        }
    }

    private long appends(long endNanos) throws IOException {
        long appends = 0;
        for (; System.nanoTime() < endNanos; appends++) {
            Waiter own = new Waiter();
            queue.add(own);
            queued.incrementAndGet();
            while (!own.done) {
                if (leader.tryLock()) {
                    lead();
                } else if (watches.tryAcquire()) {
                    watch(own);
                } else {
                    LockSupport.park(this);
                }
            }
        }
        return appends;
    }

    private void lead() throws IOException {
        List<Waiter> batch = new ArrayList<>();
        try {
            gather();
            for (Waiter one = queue.poll(); one != null; one = queue.poll()) {
                batch.add(one);
            }
            if (!batch.isEmpty()) {
                queued.addAndGet(-batch.size());
                long start = System.nanoTime();
                write(FRAME_BYTES + batch.size() * WRITER_BYTES);
                appendNanos = System.nanoTime() - start;
                batch.forEach(one -> one.done = true);
                expected = batch.size() + queued.get();
            }
        } finally {
            leader.unlock();
        }
        Waiter next = queue.peek();
        if (next != null) {
            LockSupport.unpark(next.thread);
        }
        batch.forEach(one -> LockSupport.unpark(one.thread));
    }

    @SuppressWarnings("ThreadPriorityCheck") // as the one it is compared with
    private void gather() {
        long limit = Math.max(appendNanos / GATHER_FRACTION, Math.min(appendNanos / 2, GATHER_NANOS_MIN));
        long start = System.nanoTime();
        long lastCame = start;
        int present = queued.get();
        for (long now = start;
                present < expected && now - start < limit && now - lastCame < limit / GATHER_FRACTION;
                now = System.nanoTime()) {
            Thread.yield();
            int before = present;
            present = queued.get();
            if (present > before) {
                lastCame = System.nanoTime();
            }
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // as the one it is compared with
    private void watch(Waiter own) {
        while (!own.done && leader.isLocked()) {
            Thread.yield();
        }
        watches.release();
    }

    private void write(int bytes) throws IOException {
        if (position + bytes > READY_BYTES) {
            position = 0;
        }
        file.write(frame.clear().limit(bytes), position);
        position += bytes;
        file.force(false);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
