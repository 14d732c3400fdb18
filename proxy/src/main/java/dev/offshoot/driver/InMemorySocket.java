package dev.offshoot.driver;

import dev.offshoot.wire.Conversation;
import dev.offshoot.wire.Door;
import dev.offshoot.wire.Frame;
import dev.offshoot.wire.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A connection without a kernel. What the driver writes is put together to messages; a read runs the next one through the engine
 * on the reader's own thread and copies the reply out. Only where the reader set a time-out does another thread run the
 * command, so that the reader can give up. One thread writes and reads; any thread may close.
 *
 * <p>A command that runs when the socket is closed runs to its end, as one would at a server; the last user of the
 * conversation closes it.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // what several threads use is atomic or volatile
final class InMemorySocket extends PlainSslSocket {
    private static final byte[] NO_MESSAGE = {};

    private final Door door;
    private final ExecutorService timed;
    private final AtomicBoolean closed = new AtomicBoolean();
    /** The socket itself, and each command that is running. */
    private final AtomicInteger users = new AtomicInteger(1);

    private final ArrayDeque<byte[]> requests = new ArrayDeque<>();
    private final byte[] header = new byte[Frame.HEADER_BYTES];
    private int headerFilled;
    private byte[] message = NO_MESSAGE;
    private int filled;
    private @Nullable Reply reply;
    private int replied;
    private volatile int timeoutMillis;
    private volatile @Nullable Conversation conversation;
    private volatile @Nullable Future<@Nullable Reply> running;

    InMemorySocket(Door door, ExecutorService timed) {
        this.door = door;
        this.timed = timed;
    }

    @Override
    void open() throws IOException {
        requireOpen();
        if (conversation == null) {
            conversation = new Conversation(door.connect("in-memory"));
        }
    }

    @Override
    public boolean isConnected() {
        return conversation != null;
    }

    @Override
    public boolean isClosed() {
        return closed.get();
    }

    @Override
    public void setSoTimeout(int millis) {
        timeoutMillis = millis;
    }

    @Override
    public int getSoTimeout() {
        return timeoutMillis;
    }

    @Override
    public InputStream getInputStream() {
        return new Replies();
    }

    @Override
    public OutputStream getOutputStream() {
        return new Requests();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            Future<?> waitedFor = running;
            if (waitedFor != null) {
                waitedFor.cancel(false);
            }
            release();
        }
    }

    private void requireOpen() throws SocketException {
        if (closed.get()) {
            throw new SocketException("Socket closed");
        }
    }

    private void release() {
        Conversation ended = conversation;
        if (users.decrementAndGet() == 0 && ended != null) {
            ended.close();
        }
    }

    /** Runs a command, unless the socket has been closed and the conversation may be gone. */
    private @Nullable Reply answer(byte[] request) throws IOException {
        Conversation open = conversation;
        if (open == null || users.getAndUpdate(n -> n == 0 ? 0 : n + 1) == 0) {
            throw new SocketException("Socket closed");
        }
        try {
            return open.answer(request);
        } finally {
            release();
        }
    }

    /**
     * Runs a command here. An interrupt that came before must not reach the files of the engine's store; it is kept for
     * whoever asks next.
     */
    private @Nullable Reply answerHere(byte[] request) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            return answer(request);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Future<@Nullable Reply> answerElsewhere(byte[] request) throws IOException {
        try {
            Future<@Nullable Reply> future = timed.submit(() -> answer(request));
            running = future;
            if (closed.get()) {
                future.cancel(false);
            }
            return future;
        } catch (RejectedExecutionException e) {
            throw new SocketException("Socket closed");
        }
    }

    /** After a time-out the command still runs, and the next read waits for it again. */
    private @Nullable Reply await(Future<@Nullable Reply> future, int millis) throws IOException {
        try {
            Reply answer = millis == 0 ? future.get() : future.get(millis, TimeUnit.MILLISECONDS);
            running = null;
            return answer;
        } catch (TimeoutException e) {
            throw new SocketTimeoutException("no reply within " + millis + " ms");
        } catch (CancellationException e) {
            throw new SocketException("Socket closed");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for a reply");
        } catch (ExecutionException e) {
            throw asIoException(e.getCause());
        }
    }

    private static IOException asIoException(@Nullable Throwable cause) {
        return cause instanceof IOException known ? known : new IOException("the engine failed", cause);
    }

    private final class Requests extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            requireOpen();
            int o = offset;
            int end = offset + length;
            while (o < end) {
                o += message == NO_MESSAGE ? takeHeader(bytes, o, end - o) : takeBody(bytes, o, end - o);
                if (message != NO_MESSAGE && filled == message.length) {
                    finish();
                }
            }
        }

        private int takeHeader(byte[] bytes, int offset, int length) throws IOException {
            int n = Math.min(length, header.length - headerFilled);
            System.arraycopy(bytes, offset, header, headerFilled, n);
            headerFilled += n;
            if (headerFilled == header.length) {
                message = new byte[Frame.checkedLength(header, 0)];
                System.arraycopy(header, 0, message, 0, header.length);
                filled = header.length;
                headerFilled = 0;
            }
            return n;
        }

        private int takeBody(byte[] bytes, int offset, int length) {
            int n = Math.min(length, message.length - filled);
            System.arraycopy(bytes, offset, message, filled, n);
            filled += n;
            return n;
        }

        private void finish() throws IOException {
            byte[] whole = message;
            message = NO_MESSAGE;
            if (!Frame.isOneWay(whole)) {
                requests.add(whole);
            } else if (answerHere(whole) != null) {
                throw new AssertionError("a reply to a message that expects none");
            }
        }
    }

    private final class Replies extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            requireOpen();
            if (length == 0) {
                return 0;
            }
            Reply from = reply == null ? next() : reply;
            int n = from.copy(replied, bytes, offset, length);
            replied += n;
            if (replied == from.length()) {
                reply = null;
            }
            return n;
        }

        private Reply next() throws IOException {
            Reply next = answerNext();
            requireOpen();
            if (next == null) {
                throw new AssertionError("no reply to a message that expects one");
            }
            reply = next;
            replied = 0;
            return next;
        }

        private @Nullable Reply answerNext() throws IOException {
            int millis = timeoutMillis;
            Future<@Nullable Reply> earlier = running;
            if (earlier != null) {
                return await(earlier, millis);
            }
            byte[] request = requests.poll();
            if (request == null) {
                throw new SocketException("nothing was asked, so there is no reply to read");
            }
            return millis == 0 ? answerHere(request) : await(answerElsewhere(request), millis);
        }
    }
}
