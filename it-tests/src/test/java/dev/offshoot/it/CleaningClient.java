package dev.offshoot.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bson.BsonDocument;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/**
 * A client that has checkpoints made and cleaned up, one after the other, until it is told to stop. All of the past is kept, so the log
 * stays whole; checkpoints between others and the pages that only they reach go.
 */
final class CleaningClient implements AutoCloseable {
    private static final int CONFLICTING_OPERATION_IN_PROGRESS = 117;

    private @Nullable MongoClient client;
    private long checkpoints;
    private long removedPages;
    private long removedCheckpoints;
    private volatile boolean stopping;

    void open(String uri) {
        client = Clients.open(uri);
    }

    void stop() {
        stopping = true;
    }

    boolean run() {
        stopping = false;
        while (!stopping) {
            try {
                checkpoints += command(new Document("walCheckpoint", 1)).containsKey("lsn") ? 1 : 0;
                BsonDocument done = command(new Document("walCleanup", 1).append("graceMillis", 0))
                        .toBsonDocument();
                removedCheckpoints += done.getNumber("checkpoints").longValue();
                removedPages += done.getNumber("pages").longValue();
            } catch (MongoException e) {
                boolean killedWhileCleaning = e.getCode() == CONFLICTING_OPERATION_IN_PROGRESS; // for some seconds
                assertThat(killedWhileCleaning || Clients.saysNothing(e))
                        .as("%s", e)
                        .isTrue();
            }
        }
        return true;
    }

    /** What has not happened yet. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        if (checkpoints == 0) {
            missing.add("a checkpoint");
        }
        if (removedCheckpoints == 0) {
            missing.add("a checkpoint removed");
        }
        if (removedPages == 0) {
            missing.add("a page removed");
        }
        return missing;
    }

    @Override
    public void close() {
        if (client != null) {
            client.close();
        }
    }

    private Document command(Document command) {
        return Objects.requireNonNull(client).getDatabase("shop").runCommand(command);
    }
}
