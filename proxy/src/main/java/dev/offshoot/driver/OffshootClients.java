package dev.offshoot.driver;

import com.mongodb.MongoClientSettings;
import dev.offshoot.engine.Engine;
import dev.offshoot.engine.EngineOptions;
import dev.offshoot.store.Store;
import dev.offshoot.store.file.FileScratch;
import dev.offshoot.store.file.FileStore;
import dev.offshoot.store.mongo.MongoStore;
import dev.offshoot.wire.Door;
import java.nio.file.Path;

/** Opens {@link OffshootClient}s: where the engine comes from, and who closes it. */
public final class OffshootClients {
    private OffshootClients() {}

    /** A client of an open engine, which stays the caller's to close, after the client. */
    public static OffshootClient create(Engine engine) {
        return create(engine, defaults());
    }

    /**
     * The same with settings of the application's. What they say about a network (hosts, TLS, proxy, credentials, compression,
     * transport) has no meaning here and is left out.
     */
    public static OffshootClient create(Engine engine, MongoClientSettings settings) {
        return create(Door.of(engine), settings, () -> {});
    }

    /**
     * A client with an engine of its own on a folder of log files, which comes into being if it is missing. Closing the client
     * closes them.
     *
     * @throws dev.offshoot.store.StoreException if the folder cannot be used, for example because another process has it
     */
    public static OffshootClient create(Path dataDir) {
        return create(dataDir, defaults());
    }

    /** The same with settings of the application's. */
    public static OffshootClient create(Path dataDir, MongoClientSettings settings) {
        return owning(FileStore.open(dataDir), settings);
    }

    /**
     * A client with an engine of its own on the MongoDB that a connection string names; other processes may share it. Closing the
     * client closes its connections.
     *
     * @throws dev.offshoot.store.StoreException if the URI is not valid or no primary can be reached
     */
    public static OffshootClient create(String storeUri) {
        return create(storeUri, defaults());
    }

    /** The same with settings of the application's, for what it sees; the store has settings of its own. */
    public static OffshootClient create(String storeUri, MongoClientSettings settings) {
        return owning(MongoStore.open(storeUri), settings);
    }

    private static OffshootClient owning(Store store, MongoClientSettings settings) {
        Engine engine = open(store);
        boolean opened = false;
        try {
            OffshootClient client = create(Door.of(engine), settings, engine::close);
            opened = true;
            return client;
        } finally {
            if (!opened) {
                engine.close();
            }
        }
    }

    private static Engine open(Store store) {
        boolean opened = false;
        try {
            Engine engine = Engine.open(store, EngineOptions.DEFAULT.with(FileScratch.ofSystem()));
            opened = true;
            return engine;
        } finally {
            if (!opened) {
                store.close();
            }
        }
    }

    static OffshootClient create(Door door, MongoClientSettings settings, Runnable afterClose) {
        return OffshootClient.open(door, settings, afterClose);
    }

    private static MongoClientSettings defaults() {
        return MongoClientSettings.builder().build();
    }
}
