package dev.offshoot.server;

import dev.offshoot.engine.Engine;
import dev.offshoot.wire.Conversation;
import dev.offshoot.wire.Door;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TCP door of an engine: accepts connections and gives each a thread. Thread safe. It does not own the engine: close the
 * server first, then the engine.
 */
public final class Server implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final int BACKLOG = 512;
    private static final long ACCEPT_PAUSE_MILLIS = 100;

    private final Door door;
    private final ServerOptions options;
    private final ServerSocket listener;
    private final Thread acceptor;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closing = new CountDownLatch(1);

    private Server(Door door, ServerOptions options, ServerSocket listener) {
        this.door = door;
        this.options = options;
        this.listener = listener;
        this.acceptor = new Thread(this::accept, "offshoot-accept");
    }

    /**
     * Binds and begins to serve.
     *
     * @throws IOException if the address cannot be bound; the message says which
     */
    public static Server start(Engine engine, ServerOptions options) throws IOException {
        engine.admits(options.connectionsMax());
        return start(Door.of(engine), options);
    }

    /** The same for any door. */
    public static Server start(Door door, ServerOptions options) throws IOException {
        Server server = new Server(door, options, bind(options));
        server.acceptor.start();
        return server;
    }

    private static ServerSocket bind(ServerOptions options) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(options.host()), options.port());
        ServerSocket listener = new ServerSocket();
        try {
            listener.setReuseAddress(true);
            listener.bind(address, BACKLOG);
            return listener;
        } catch (IOException e) {
            listener.close();
            throw new IOException(
                    "cannot listen on " + options.host() + ":" + options.port() + ": " + e.getMessage(), e);
        }
    }

    /** Where it listens, with the port that was chosen. */
    public InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    /** How many connections are open. */
    public int connections() {
        return connections.size();
    }

    private void accept() {
        while (!isClosing()) {
            try {
                admit(listener.accept());
            } catch (IOException | OutOfMemoryError e) {
                if (!isClosing()) {
                    LOG.error("cannot accept a connection: {}", e.toString());
                    pause();
                }
            }
        }
    }

    private void admit(Socket socket) throws IOException {
        String address = address(socket);
        if (connections.size() >= options.connectionsMax()) {
            LOG.warn(
                    "connection from {} refused: {} are open, the most allowed; serve --max-connections allows more",
                    address,
                    options.connectionsMax());
            socket.close();
            return;
        }
        boolean started = false;
        try {
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            serve(socket, address);
            started = true;
        } finally {
            if (!started) {
                socket.close();
            }
        }
    }

    private void serve(Socket socket, String address) {
        Conversation conversation = new Conversation(door.connect(address));
        Connection connection = new Connection(socket, address, conversation);
        connections.add(connection);
        boolean started = false;
        try {
            ConnectionThreads.start(() -> serve(connection));
            started = true;
        } finally {
            if (!started) {
                connections.remove(connection);
                conversation.close();
            }
        }
    }

    private void serve(Connection connection) {
        try {
            connection.run();
        } finally {
            connections.remove(connection);
        }
    }

    private static String address(Socket socket) {
        InetSocketAddress remote = (InetSocketAddress) socket.getRemoteSocketAddress();
        return remote.getAddress().getHostAddress() + ":" + remote.getPort();
    }

    /**
     * Stops accepting, ends what is idle, lets running commands answer for a bounded time, then closes what is left. Idempotent.
     */
    @Override
    public void close() {
        closing.countDown();
        closeListener();
        boolean interrupted = join();
        connections.forEach(Connection::finish);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(options.closeWaitMillis());
        for (Connection connection : connections) {
            interrupted |= !endBy(connection, deadline);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void closeListener() {
        try {
            listener.close();
        } catch (IOException e) {
            LOG.warn("closing the listener: {}", e.toString());
        }
    }

    /** Waits for the acceptor, so that no connection comes after this. */
    private boolean join() {
        try {
            acceptor.join();
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }

    /** False if the caller was interrupted; the connection is closed in any case. */
    private static boolean endBy(Connection connection, long deadline) {
        try {
            if (!connection.await(deadline - System.nanoTime())) {
                connection.abort();
            }
            return true;
        } catch (InterruptedException e) {
            connection.abort();
            return false;
        }
    }

    private void pause() {
        try {
            if (closing.await(ACCEPT_PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.debug("closing");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
