package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.store.Store;

/** The one command engine behind both doors (decision 11). Thread safe. */
public final class Engine implements AutoCloseable {
    private final Store store;

    private Engine(Store store) {
        this.store = store;
    }

    /** Opens the engine on a store, which it closes with itself. */
    public static Engine open(Store store) {
        return new Engine(store);
    }

    /** A new connection. Ids start at 1 and are not reused. */
    public Client connect(String address) {
        return new Client(1, address);
    }

    /**
     * Runs one command and answers its reply. Errors are replies too ({@code ok: 0}); only a bug throws. The calling thread does
     * the work and blocks until the reply may be given.
     */
    public Doc run(Client client, Request request) {
        return Doc.EMPTY;
    }

    /** Says that a connection is gone. */
    public void disconnect(Client client) {}

    @Override
    public void close() {
        store.close();
    }
}
