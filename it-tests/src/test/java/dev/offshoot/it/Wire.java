package dev.offshoot.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A TCP proxy with a port that stays while servers come and go behind it. A lossy one cuts connections by a seed: before a write
 * gets to the server, after it got there and before the reply comes back, or in the middle of a reply.
 */
final class Wire implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int WRITES_PER_CUT = 12;
    private static final int REPLIES_PER_CUT = 150;

    /** Where a connection is cut. */
    enum Cut {
        BEFORE_THE_SERVER,
        BEFORE_THE_REPLY,
        WITHIN_THE_REPLY
    }

    private final ServerSocket listener;
    private final boolean lossy;
    private final Random random;
    private final Map<Cut, Integer> cuts = new EnumMap<>(Cut.class);
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile int target;

    private Wire(boolean lossy, long seed) {
        this.lossy = lossy;
        this.random = new Random(seed);
        try {
            this.listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start("wire", this::accept);
    }

    static Wire steady() {
        return new Wire(false, 0);
    }

    static Wire lossy(long seed) {
        return new Wire(true, seed);
    }

    /** Where new connections go from now on. */
    void target(int port) {
        target = port;
    }

    int port() {
        return listener.getLocalPort();
    }

    /** How often connections were cut there. */
    int cuts(Cut cut) {
        synchronized (cuts) {
            return cuts.getOrDefault(cut, 0);
        }
    }

    @Override
    public void close() {
        closeQuietly(listener);
        sockets.forEach(Wire::closeQuietly);
    }

    private void accept() {
        while (!listener.isClosed()) {
            Socket client;
            try {
                client = listener.accept();
            } catch (IOException e) {
                return; // closed
            }
            connect(client);
        }
    }

    private void connect(Socket client) {
        try {
            Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Link link = new Link(client, server);
            sockets.add(client);
            sockets.add(server);
            start("requests", () -> link.pump(client, server, true));
            start("replies", () -> link.pump(server, client, false));
        } catch (IOException e) {
            closeQuietly(client); // nobody is behind the wire now
        }
    }

    private boolean oneIn(int n) {
        synchronized (cuts) {
            return lossy && random.nextInt(n) == 0;
        }
    }

    private void count(Cut cut) {
        synchronized (cuts) {
            cuts.merge(cut, 1, Integer::sum);
        }
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** The two directions of one connection. */
    private final class Link {
        private final Socket client;
        private final Socket server;
        private volatile boolean swallowing;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void pump(Socket from, Socket to, boolean requests) {
            byte[] buffer = new byte[BUFFER_BYTES];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int count; (count = in.read(buffer)) >= 0; ) {
                    int pass = requests ? request(buffer, count) : reply(count);
                    out.write(buffer, 0, pass);
                    if (pass < count) {
                        break;
                    }
                }
            } catch (IOException e) {
                swallowing = true; // one side is gone, so is the other
            } finally {
                end();
            }
        }

        /** How many bytes get through. */
        private int request(byte[] buffer, int count) {
            if (isWrite(buffer, count) && oneIn(WRITES_PER_CUT)) {
                if (oneIn(2)) {
                    count(Cut.BEFORE_THE_SERVER);
                    return 0;
                }
                swallowing = true;
            }
            return count;
        }

        private int reply(int count) {
            if (swallowing) {
                count(Cut.BEFORE_THE_REPLY);
                return 0;
            }
            if (oneIn(REPLIES_PER_CUT)) {
                count(Cut.WITHIN_THE_REPLY);
                return count / 2;
            }
            return count;
        }

        private void end() {
            closeQuietly(client);
            closeQuietly(server);
            sockets.remove(client);
            sockets.remove(server);
        }

        private static boolean isWrite(byte[] bytes, int count) {
            String text = new String(bytes, 0, Math.min(count, 200), StandardCharsets.ISO_8859_1);
            return text.contains("\2insert\0") || text.contains("\2update\0") || text.contains("\2findAndModify\0");
        }
    }
}
