package dev.offshoot.store.mongo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A TCP proxy that can cut the connection between an insert into {@code wal_log} and its reply, or before the insert. */
final class CuttingProxy implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 << 10;

    /** Where the next insert is cut. */
    enum Cut {
        NOWHERE,
        BEFORE_THE_SERVER,
        BEFORE_THE_REPLY
    }

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService pumps = Executors.newCachedThreadPool();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger cuts = new AtomicInteger();
    private final int port;
    private volatile Cut next = Cut.NOWHERE;
    private volatile boolean unplugged;

    CuttingProxy(int port) throws IOException {
        this.port = port;
        pumps.execute(this::accept);
    }

    String uri() {
        return "mongodb://127.0.0.1:" + listener.getLocalPort();
    }

    void cutNext(Cut cut) {
        next = cut;
    }

    /** Breaks all connections, and every new one, until {@link #plugIn}. */
    void unplug() throws IOException {
        unplugged = true;
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    void plugIn() {
        unplugged = false;
    }

    int cuts() {
        return cuts.get();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        pumps.shutdownNow();
    }

    private void accept() {
        try {
            while (!listener.isClosed()) {
                Socket client = listener.accept();
                if (unplugged) {
                    client.close();
                    continue;
                }
                Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
                sockets.add(client);
                sockets.add(server);
                AtomicBoolean swallow = new AtomicBoolean();
                pumps.execute(() -> pump(client, server, swallow, true));
                pumps.execute(() -> pump(server, client, swallow, false));
            }
        } catch (IOException e) {
            next = Cut.NOWHERE; // the listener was closed: nothing more to cut
        }
    }

    private void pump(Socket from, Socket to, AtomicBoolean swallow, boolean toServer) {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count; (count = in.read(buffer)) >= 0; ) {
                if (toServer && next != Cut.NOWHERE && isInsert(buffer, count)) {
                    cuts.incrementAndGet();
                    Cut cut = next;
                    next = Cut.NOWHERE;
                    if (cut == Cut.BEFORE_THE_SERVER) {
                        return;
                    }
                    swallow.set(true);
                }
                if (!toServer && swallow.get()) {
                    return;
                }
                out.write(buffer, 0, count);
            }
        } catch (IOException e) {
            swallow.set(true); // one side is gone, so is the other
        }
    }

    private static boolean isInsert(byte[] bytes, int count) {
        String text = new String(bytes, 0, count, StandardCharsets.ISO_8859_1);
        return text.contains("insert\0") && text.contains("wal_log");
    }
}
