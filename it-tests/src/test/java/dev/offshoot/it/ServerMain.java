package dev.offshoot.it;

import dev.offshoot.engine.Engine;
import dev.offshoot.engine.EngineOptions;
import dev.offshoot.server.Server;
import dev.offshoot.server.ServerOptions;
import dev.offshoot.state.CheckpointPolicy;
import dev.offshoot.store.Store;
import dev.offshoot.store.file.FileStore;
import dev.offshoot.store.file.FileStoreOptions;
import dev.offshoot.store.mongo.MongoStore;
import dev.offshoot.store.mongo.MongoStoreOptions;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A server in a process of its own, made to be killed. Arguments: {@code files FOLDER}, or {@code mongodb URI DATABASE
 * TAIL_MILLIS}. Prints its port.
 */
final class ServerMain {
    /** The system property that makes it take checkpoints every few writes. */
    static final String OFTEN = "offshoot.test.checkpoints.often";

    private static final long CHECKPOINT_CHANGES = 100;
    private static final long CHECKPOINT_MILLIS = 200;
    private static final long MEMORY_BYTES = 64L << 20;
    private static final long SEGMENT_BYTES_MAX = 256L << 10;

    private static final CheckpointPolicy CHECKPOINTS = checkpoints();

    private ServerMain() {}

    private static CheckpointPolicy checkpoints() {
        CheckpointPolicy usual = CheckpointPolicy.forMemory(MEMORY_BYTES);
        return Boolean.getBoolean(OFTEN)
                ? new CheckpointPolicy(usual.bytes(), CHECKPOINT_CHANGES, CHECKPOINT_MILLIS)
                : usual;
    }

    public static void main(String[] args) throws IOException {
        boolean files = args[0].equals("files");
        long tailMillis = files ? EngineOptions.DEFAULT.tailMillis() : Long.parseLong(args[3]);
        Store store = files ? files(Path.of(args[1])) : mongodb(args[1], args[2]);
        Engine engine = Engine.open(store, new EngineOptions(MEMORY_BYTES, tailMillis).with(CHECKPOINTS));
        Server server = Server.start(engine, ServerOptions.of("127.0.0.1", 0));
        Forked.ready(server.address().getPort());
    }

    /** Small segments, so that kills meet rotation too. */
    static Store files(Path folder) {
        return FileStore.open(
                folder,
                FileStoreOptions.defaults()
                        .withSegmentBytesMax(SEGMENT_BYTES_MAX)
                        .withOpenFilesMax(1));
    }

    static Store mongodb(String uri, String database) {
        return MongoStore.open(uri, MongoStoreOptions.defaults().withDatabase(database));
    }
}
