package dev.offshoot.server;

import dev.offshoot.wire.Conversation;
import dev.offshoot.wire.FrameException;
import dev.offshoot.wire.FrameReader;
import dev.offshoot.wire.Reply;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One TCP connection: read a message, answer it, again. Its own thread runs it; {@link #finish}, {@link #await} and
 * {@link #abort} may be called from any other.
 */
final class Connection implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    private enum State {
        WAITING,
        ANSWERING,
        /** Answering, and to end with the reply. */
        LAST_ANSWER,
        ENDED
    }

    private final Socket socket;
    private final String address;
    private final Conversation conversation;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private final CountDownLatch gone = new CountDownLatch(1);

    Connection(Socket socket, String address, Conversation conversation) {
        this.socket = socket;
        this.address = address;
        this.conversation = conversation;
    }

    @Override
    public void run() {
        try (conversation;
                socket) {
            converse();
        } catch (FrameException e) {
            LOG.warn("connection from {} closed: {}", address, e.getMessage());
        } catch (EOFException e) {
            LOG.debug("connection from {} went away: {}", address, e.getMessage());
        } catch (IOException e) {
            LOG.debug("connection from {} broke: {}", address, e.toString());
        } catch (OutOfMemoryError e) {
            LOG.error("connection from {} closed: {}", address, e.toString());
        } finally {
            state.set(State.ENDED);
            gone.countDown();
        }
    }

    private void converse() throws IOException {
        FrameReader frames = new FrameReader(socket.getInputStream());
        OutputStream out = socket.getOutputStream();
        for (byte[] message = frames.next(); message != null; message = frames.next()) {
            if (!state.compareAndSet(State.WAITING, State.ANSWERING)) {
                return;
            }
            Reply reply = conversation.answer(message);
            if (reply != null) {
                reply.writeTo(out);
            }
            if (!state.compareAndSet(State.ANSWERING, State.WAITING)) {
                return;
            }
        }
    }

    /** Ends it now if it waits for a message, else after the reply that it is working on. */
    void finish() {
        if (state.compareAndSet(State.WAITING, State.ENDED)) {
            abort();
        } else {
            state.compareAndSet(State.ANSWERING, State.LAST_ANSWER);
        }
    }

    /** Closes the socket under its thread's hands. */
    void abort() {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("closing the connection from {}: {}", address, e.toString());
        }
    }

    /** Whether it is gone, waiting for that at most so long. */
    boolean await(long nanos) throws InterruptedException {
        return gone.await(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    }
}
