package dev.offshoot.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Stands between clients and a server; loses replies to one command, with their connections, once the server has sent them. */
final class LossyRelay implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger commands = new AtomicInteger();
    private final AtomicInteger numbered = new AtomicInteger();
    private final int port;
    private final String command;
    private volatile int lostFirst;
    private volatile int lostLast;

    /** Begins to relay to a port of this machine. */
    LossyRelay(int port, String command) throws IOException {
        this.port = port;
        this.command = command;
        run(this::accept);
    }

    String uri() {
        return "mongodb://127.0.0.1:" + listener.getLocalPort();
    }

    /** Which replies to the command get lost, counted from 1. */
    void lose(int first, int last) {
        lostFirst = first;
        lostLast = last;
    }

    /** How many times the command was sent. */
    int commands() {
        return commands.get();
    }

    /** How many of them had a transaction number. */
    int numbered() {
        return numbered.get();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        threads.shutdownNow();
    }

    private interface Work {
        void run() throws IOException;
    }

    private void run(Work work) {
        Future<?> unused = threads.submit(() -> {
            work.run();
            return null;
        });
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listener.accept();
            sockets.add(client);
            run(() -> relay(client));
        }
    }

    /** A message and its reply, again and again, as the driver sends them. */
    private void relay(Socket client) throws IOException {
        try (client;
                Socket server = new Socket(InetAddress.getLoopbackAddress(), port)) {
            sockets.add(server);
            for (byte[] sent = next(client); sent != null; sent = next(client)) {
                server.getOutputStream().write(sent);
                byte[] reply = next(server);
                if (reply == null || isLost(new String(sent, StandardCharsets.ISO_8859_1))) {
                    return;
                }
                client.getOutputStream().write(reply);
            }
        }
    }

    private boolean isLost(String sent) {
        if (!sent.contains(command + "\0")) {
            return false;
        }
        int number = commands.incrementAndGet();
        if (sent.contains("txnNumber\0")) {
            numbered.incrementAndGet();
        }
        return number >= lostFirst && number <= lostLast;
    }

    /** The next message: its length, little-endian, and what follows; null at the end. */
    private static byte @Nullable [] next(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] head = in.readNBytes(Integer.BYTES);
        if (head.length < Integer.BYTES) {
            return null;
        }
        int length = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt();
        byte[] message = Arrays.copyOf(head, length);
        int read = in.readNBytes(message, Integer.BYTES, length - Integer.BYTES);
        return read < length - Integer.BYTES ? null : message;
    }
}
