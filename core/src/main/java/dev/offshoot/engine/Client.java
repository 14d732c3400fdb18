package dev.offshoot.engine;

/**
 * One connection as the engine sees it: who it is. Cursors and sessions belong to the engine and outlive it. Used by one thread
 * at a time, while others may look at it.
 */
public final class Client {
    private static final int APP_NAME_CHARS_MAX = 64;

    private final long connectionId;
    private final String address;
    private volatile String appName = "";

    Client(long connectionId, String address) {
        this.connectionId = connectionId;
        this.address = address;
    }

    public long connectionId() {
        return connectionId;
    }

    /** Where it comes from, such as {@code 127.0.0.1:50123} or {@code in-memory}. */
    public String address() {
        return address;
    }

    /** What the application called itself in its first {@code hello}; empty when it did not. */
    public String appName() {
        return appName;
    }

    void introduce(String application) {
        appName = application.substring(0, Math.min(APP_NAME_CHARS_MAX, application.length()));
    }

    /** Who this is in the audit trail: the application and its host, without the port, which changes. */
    String actor() {
        int colon = address.lastIndexOf(':');
        String host = colon < 0 ? address : address.substring(0, colon);
        return appName.isEmpty() ? host : appName + "@" + host;
    }
}
