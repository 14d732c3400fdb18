package dev.offshoot.store.mongo;

import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stand-in MongoDB in memory, for tests of stores: fine for inserts with a unique {@code _id} and range reads, and for little
 * else. One lock around every message and a deep copy of each reply, because replies would share live documents.
 */
public final class StandInMongo implements AutoCloseable {
    private final SafeBackend backend;
    private final MongoServer server;
    private final InetSocketAddress address;

    private StandInMongo(SafeBackend backend) {
        this.backend = backend;
        this.server = new MongoServer(backend);
        this.address = server.bind();
    }

    /** Starts one on a free port of the loopback address. */
    public static StandInMongo start() {
        SafeBackend backend = new SafeBackend();
        backend.version(new CurrentVersion());
        return new StandInMongo(backend);
    }

    public int port() {
        return address.getPort();
    }

    public String uri() {
        return "mongodb://127.0.0.1:" + port();
    }

    /** From now on nobody may insert or delete, or everybody may again. */
    public void setReadOnly(boolean readOnly) {
        backend.readOnly = readOnly;
    }

    /** From now on inserts are done and their replies do not say how many, as no driver can read them, or they do again. */
    public void setUnreadable(boolean unreadable) {
        backend.unreadable = unreadable;
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private static final class SafeBackend extends MemoryBackend {
        private volatile boolean readOnly;
        private volatile boolean unreadable;

        @Override
        public synchronized @Nullable Document handleMessage(MongoMessage message) {
            Document command = message.getDocument();
            if (readOnly && (command.containsKey("insert") || command.containsKey("delete"))) {
                return new Document("ok", 0.0)
                        .append("code", 13)
                        .append("codeName", "Unauthorized")
                        .append("errmsg", "not authorized on offshoot to execute the command");
            }
            Document reply = super.handleMessage(message);
            if (reply == null) {
                return null;
            }
            Document own = reply.cloneDeeply();
            if (unreadable && command.containsKey("insert")) {
                own.remove("n");
            }
            return own;
        }
    }

    /** New enough for current drivers. */
    private static final class CurrentVersion implements MongoVersion {
        @Override
        public List<Integer> getVersionArray() {
            return List.of(7, 0, 0);
        }

        @Override
        public int getWireVersion() {
            return 21;
        }
    }
}
