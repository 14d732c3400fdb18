package dev.offshoot.server;

/**
 * How a server listens.
 *
 * @param host name or address to bind
 * @param port 0 for any free one
 * @param connectionsMax connections served at once; more are closed as they come
 * @param closeWaitMillis how long running commands may take to end when the server closes
 */
public record ServerOptions(String host, int port, int connectionsMax, long closeWaitMillis) {
    public static final int DEFAULT_PORT = 27018;
    public static final int DEFAULT_CONNECTIONS_MAX = 1_000;
    private static final long DEFAULT_CLOSE_WAIT_MILLIS = 10_000;

    /** An address, with the defaults for the rest. */
    public static ServerOptions of(String host, int port) {
        return new ServerOptions(host, port, DEFAULT_CONNECTIONS_MAX, DEFAULT_CLOSE_WAIT_MILLIS);
    }

    public ServerOptions withConnectionsMax(int max) {
        return new ServerOptions(host, port, max, closeWaitMillis);
    }

    public ServerOptions withCloseWaitMillis(long millis) {
        return new ServerOptions(host, port, connectionsMax, millis);
    }
}
