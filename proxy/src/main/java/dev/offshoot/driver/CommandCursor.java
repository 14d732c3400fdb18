package dev.offshoot.driver;

import com.mongodb.client.ClientSession;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoDatabase;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.bson.BsonDocument;
import org.bson.Document;
import org.bson.RawBsonDocument;

/**
 * What a command of Offshoot's own answers as a cursor, such as {@code diffBranches}, document by document, fetched as it is asked for. To be
 * closed, which ends the cursor where it is open still. Errors are the driver's. Used by one thread.
 */
public final class CommandCursor implements Iterator<BsonDocument>, AutoCloseable {
    private final MongoDatabase database;
    private final ClientSession session;
    private final BsonDocument reply;
    private final String collection;
    private Iterator<BsonDocument> batch;
    private long id;

    private CommandCursor(MongoDatabase database, ClientSession session, BsonDocument reply) {
        this.database = database;
        this.session = session;
        this.reply = reply;
        BsonDocument cursor = reply.getDocument("cursor");
        String namespace = cursor.getString("ns").getValue();
        this.collection = namespace.substring(namespace.indexOf('.') + 1);
        this.batch = batch(cursor, "firstBatch");
    }

    /**
     * Runs a command that answers a cursor, in a session of its own, so that all of it is asked of one server.
     *
     * @param mongo the client that the database is of
     */
    public static CommandCursor open(MongoClient mongo, MongoDatabase database, Document command) {
        ClientSession session = mongo.startSession();
        try {
            return new CommandCursor(database, session, database.runCommand(session, command, RawBsonDocument.class));
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** The command's reply, with the first batch in it. */
    public BsonDocument reply() {
        return reply;
    }

    @Override
    public boolean hasNext() {
        while (!batch.hasNext() && id != 0) {
            Document more = new Document("getMore", id).append("collection", collection);
            batch = batch(
                    database.runCommand(session, more, RawBsonDocument.class).getDocument("cursor"), "nextBatch");
        }
        return batch.hasNext();
    }

    private Iterator<BsonDocument> batch(BsonDocument cursor, String name) {
        id = cursor.getInt64("id").getValue();
        return cursor.getArray(name).stream().map(value -> value.asDocument()).iterator();
    }

    @Override
    public BsonDocument next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return batch.next();
    }

    @Override
    public void close() {
        try (session) {
            if (id != 0) {
                Document unused = database.runCommand(
                        session, new Document("killCursors", collection).append("cursors", List.of(id)));
            }
        }
    }
}
