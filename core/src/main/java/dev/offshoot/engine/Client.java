package dev.offshoot.engine;

/**
 * One connection as the engine sees it: who it is. Cursors and sessions belong to the engine and outlive it. Used by one thread
 * at a time.
 */
public final class Client {
    private final long connectionId;
    private final String address;

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
}
