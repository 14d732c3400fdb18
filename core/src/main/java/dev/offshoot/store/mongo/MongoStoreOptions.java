package dev.offshoot.store.mongo;

import java.time.InstantSource;

/**
 * Where a {@link MongoStore} keeps its collections, and how long it waits. All times are milliseconds.
 *
 * @param database the system database that holds {@code wal_log} and the others
 * @param serverSelectionMillis how long to look for a primary
 * @param socketMillis how long to wait for a connection, and for any reply
 * @param operationMillis how long the server may work on a read, and how long a write waits for the majority
 * @param settleMillis how long to wait until a record that is there becomes visible to majority reads
 * @param clock tells when a page was put
 */
public record MongoStoreOptions(
        String database,
        long serverSelectionMillis,
        long socketMillis,
        long operationMillis,
        long settleMillis,
        InstantSource clock) {
    private static final String DEFAULT_DATABASE = "offshoot";
    private static final long DEFAULT_SERVER_SELECTION_MILLIS = 5_000;
    private static final long DEFAULT_SOCKET_MILLIS = 20_000;
    private static final long DEFAULT_OPERATION_MILLIS = 10_000;
    private static final long DEFAULT_SETTLE_MILLIS = 10_000;

    /** The database {@code offshoot}, a primary within 5 s, replies within 20 s. */
    public static MongoStoreOptions defaults() {
        return new MongoStoreOptions(
                DEFAULT_DATABASE,
                DEFAULT_SERVER_SELECTION_MILLIS,
                DEFAULT_SOCKET_MILLIS,
                DEFAULT_OPERATION_MILLIS,
                DEFAULT_SETTLE_MILLIS,
                InstantSource.system());
    }

    /** These options with another database. */
    public MongoStoreOptions withDatabase(String name) {
        return new MongoStoreOptions(name, serverSelectionMillis, socketMillis, operationMillis, settleMillis, clock);
    }

    /** These options with another time to find a primary. */
    public MongoStoreOptions withServerSelectionMillis(long millis) {
        return new MongoStoreOptions(database, millis, socketMillis, operationMillis, settleMillis, clock);
    }

    /** These options with another time to wait for a reply. */
    public MongoStoreOptions withSocketMillis(long millis) {
        return new MongoStoreOptions(database, serverSelectionMillis, millis, operationMillis, settleMillis, clock);
    }

    /** These options with another clock. */
    public MongoStoreOptions withClock(InstantSource source) {
        return new MongoStoreOptions(
                database, serverSelectionMillis, socketMillis, operationMillis, settleMillis, source);
    }
}
