package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.Doc;
import dev.offshoot.store.Store;
import dev.offshoot.store.file.FileStore;
import dev.offshoot.store.file.FileStoreOptions;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.bson.BsonArray;
import org.bson.BsonBinaryReader;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.DecoderContext;

/** An engine on a file store in a test's folder, and commands for it as JSON. */
public final class Commander implements AutoCloseable {
    private final EngineOptions options;
    private final Function<Path, Store> stores;
    private Path folder;
    private Engine engine;
    private Client client;

    private Commander(Path folder, EngineOptions options, Function<Path, Store> stores) {
        this.stores = stores;
        this.folder = folder;
        this.options = options;
        this.engine = Engine.open(stores.apply(folder), options);
        this.client = engine.connect("127.0.0.1:50123");
    }

    public static Commander open(Path folder) {
        return open(folder, EngineOptions.DEFAULT);
    }

    public static Commander open(Path folder, EngineOptions options) {
        return open(folder, options, FileStoreOptions.defaults());
    }

    public static Commander open(Path folder, EngineOptions options, FileStoreOptions storeOptions) {
        return new Commander(folder, options, path -> FileStore.open(path, storeOptions));
    }

    /** An engine on a store that others may use, too. */
    public static Commander on(Store store) {
        return new Commander(Path.of("shared"), EngineOptions.DEFAULT, path -> store);
    }

    /** Stops the engine and starts it again on the same folder, so that its state is what the log says. */
    public void restart() {
        engine.close();
        engine = Engine.open(stores.apply(folder), options);
        client = engine.connect("127.0.0.1:50124");
    }

    /** Stops the engine and goes on with an empty one in another folder, once that was filled. */
    public void replace(Consumer<Engine> filling) {
        Path other = folder.resolveSibling(folder.getFileName() + "+");
        Engine empty = Engine.open(stores.apply(other), options);
        filling.accept(empty);
        engine.close();
        folder = other;
        engine = empty;
        client = engine.connect("127.0.0.1:50125");
    }

    /** Runs a command that has to succeed. */
    public BsonDocument run(String database, String command) {
        return run(database, BsonDocument.parse(command));
    }

    /** Runs a command that has to succeed. */
    public BsonDocument run(String database, BsonDocument command) {
        return succeeded(command, reply(database, command));
    }

    /** Runs a command that has to succeed, as a new client whose application has this name. */
    public BsonDocument as(String application, String database, String command) {
        Client other = engine.connect("10.0.0.1:1");
        other.introduce(application);
        return succeeded(command, reply(engine, other, database, BsonDocument.parse(command)));
    }

    /** Runs a command that has to succeed on another engine, as a new client. */
    public static BsonDocument run(Engine engine, String database, String command) {
        return succeeded(command, reply(engine, database, command));
    }

    private static BsonDocument succeeded(Object command, BsonDocument reply) {
        assertThat(reply.getNumber("ok").doubleValue())
                .as("ok of %s: %s", command, reply.toJson())
                .isEqualTo(1);
        return reply;
    }

    /** Runs a command that has to fail and answers the reply. */
    public BsonDocument fail(String database, String command) {
        BsonDocument reply = reply(database, BsonDocument.parse(command));
        assertThat(reply.getNumber("ok").doubleValue())
                .as("ok of %s: %s", command, reply.toJson())
                .isEqualTo(0);
        return reply;
    }

    /** Runs a command that has to fail with this code. */
    public BsonDocument fail(int code, String database, String command) {
        BsonDocument reply = fail(database, command);
        assertThat(reply.getInt32("code").getValue())
                .as("code of %s", reply.toJson())
                .isEqualTo(code);
        return reply;
    }

    /** The reply of a command, whatever it says. */
    public BsonDocument reply(String database, BsonDocument command) {
        return reply(engine, client, database, command);
    }

    /** The reply of another engine to a new client. */
    public static BsonDocument reply(Engine engine, String database, String command) {
        return reply(engine, engine.connect("test:1"), database, BsonDocument.parse(command));
    }

    public static BsonDocument reply(Engine engine, Client client, String database, BsonDocument command) {
        BsonDocument sent = command.clone().append("$db", new BsonString(database));
        return decode(engine.run(client, new Request(encode(sent), Map.of())));
    }

    /** The documents of a cursor's first batch, which has to be all there is. */
    public List<BsonDocument> list(String database, String command) {
        BsonDocument cursor = run(database, command).getDocument("cursor");
        assertThat(cursor.getInt64("id").getValue())
                .as("cursor id of %s", command)
                .isZero();
        BsonArray batch = cursor.getArray("firstBatch");
        return batch.stream().map(value -> value.asDocument()).toList();
    }

    public Engine engine() {
        return engine;
    }

    public Client client() {
        return client;
    }

    @Override
    public void close() {
        engine.close();
    }

    public static Doc encode(BsonDocument document) {
        ByteBuffer bytes = new RawBsonDocument(document, new BsonDocumentCodec())
                .getByteBuffer()
                .asNIO();
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return Doc.of(copy);
    }

    public static BsonDocument decode(Doc document) {
        try (BsonBinaryReader reader = new BsonBinaryReader(ByteBuffer.wrap(document.toBytes()))) {
            return new BsonDocumentCodec()
                    .decode(reader, DecoderContext.builder().build());
        }
    }
}
