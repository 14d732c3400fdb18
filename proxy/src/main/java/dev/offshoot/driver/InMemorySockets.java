package dev.offshoot.driver;

import dev.offshoot.wire.Door;
import java.net.InetAddress;
import java.net.Socket;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.concurrent.ExecutorService;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * Gives the driver {@link InMemorySocket}s. An {@link SSLContext} is the one place of the driver's public API that takes a factory
 * of sockets; there is no TLS in it.
 */
final class InMemorySockets extends SSLSocketFactory {
    private static final String NAME = "OffshootInMemory";

    private final Door door;
    private final ExecutorService timed;

    private InMemorySockets(Door door, ExecutorService timed) {
        this.door = door;
        this.timed = timed;
    }

    /**
     * A context whose sockets lead to a door.
     *
     * @param timed runs commands whose reader set a time-out
     */
    static SSLContext context(Door door, ExecutorService timed) {
        return new Context(new InMemorySockets(door, timed));
    }

    @Override
    public Socket createSocket() {
        return new InMemorySocket(door, timed);
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose) {
        return createSocket();
    }

    @Override
    public Socket createSocket(String host, int port) {
        return createSocket();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        return createSocket();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        return createSocket();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) {
        return createSocket();
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return new String[0];
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return new String[0];
    }

    private static final class Context extends SSLContext {
        Context(InMemorySockets sockets) {
            super(new Spi(sockets), new InMemoryProvider(), NAME);
        }
    }

    private static final class InMemoryProvider extends Provider {
        InMemoryProvider() {
            super(NAME, "1", "sockets inside this JVM");
        }
    }

    private static final class Spi extends SSLContextSpi {
        private final InMemorySockets sockets;

        Spi(InMemorySockets sockets) {
            this.sockets = sockets;
        }

        @Override
        protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random) {}

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            return sockets;
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            throw new UnsupportedOperationException("no server sockets in memory");
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            throw new UnsupportedOperationException("the in-memory socket needs the driver's default transport");
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            return engineCreateSSLEngine();
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            throw new UnsupportedOperationException("no TLS sessions in memory");
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            throw new UnsupportedOperationException("no TLS sessions in memory");
        }
    }
}
