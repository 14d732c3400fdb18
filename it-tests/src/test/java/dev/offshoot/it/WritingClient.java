package dev.offshoot.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.client.result.UpdateResult;
import com.mongodb.event.CommandFailedEvent;
import com.mongodb.event.CommandListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.bson.Document;

/**
 * A client of a shop with branches that writes until it is told to stop and remembers what was acknowledged. A write that ended in
 * an error is sent by nobody again but the driver: it may have been stored, once.
 */
final class WritingClient implements AutoCloseable {
    private static final int LOG_LENGTH = 100;

    private final int number;
    private final MongoClient client;
    private final Random random;
    private final Semaphore acknowledgements;
    private final Map<String, Told> told = new TreeMap<>();
    private final AtomicLong failedAttempts = new AtomicLong();
    private final List<String> errors = new ArrayList<>();
    private long writes;
    private long rescued;
    private volatile boolean stopping;

    /** @param acknowledgements gets a permit for every acknowledged write */
    WritingClient(int number, String uri, long seed, List<String> branches, Semaphore acknowledgements) {
        this.number = number;
        this.random = new Random(seed);
        this.acknowledgements = acknowledgements;
        this.client = Clients.open(uri, new Failures());
        branches.forEach(branch -> told.put(branch, new Told()));
    }

    int number() {
        return number;
    }

    Told told(String branch) {
        Told found = told.get(branch);
        if (found == null) {
            throw new AssertionError(branch);
        }
        return found;
    }

    /** How many writes were acknowledged after an attempt of theirs had failed. */
    long rescued() {
        return rescued;
    }

    /** What was thrown, of writes whose outcome is unknown. */
    List<String> errors() {
        return errors;
    }

    void stop() {
        stopping = true;
    }

    /** Writes until it is stopped. */
    boolean run() {
        stopping = false;
        while (!stopping) {
            String branch = random.nextBoolean() ? "main" : "exp";
            write(client.getDatabase("shop~" + branch), told(branch), ++writes);
        }
        return true;
    }

    @Override
    public void close() {
        client.close();
    }

    private void write(MongoDatabase database, Told told, long token) {
        MongoCollection<Document> things = database.getCollection("things");
        MongoCollection<Document> counters = database.getCollection("counters");
        switch (random.nextInt(7)) {
            case 0, 1 -> attempt(told.things, thing(token), () -> things.insertOne(document(token, 0)));
            case 2 -> insertMany(things, told, token);
            case 3 ->
                attempt(
                        told.increments,
                        token,
                        () -> changedOne(counters.updateOne(
                                Filters.eq("c"), Updates.combine(Updates.inc("n", 1), Updates.inc("w" + number, 1)))));
            case 4 -> attempt(told.entries, token, () -> enter(database.getCollection("logs"), token));
            case 5 -> attempt(told.drawn, token, () -> told.tickets.add(ticket(counters)));
            default -> remove(things, told, token);
        }
    }

    private void insertMany(MongoCollection<Document> things, Told told, long token) {
        List<Document> documents = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            documents.add(document(token, i));
        }
        boolean done = attempt(told.batches, token, () -> things.insertMany(documents));
        documents.forEach(document -> told.things.note(document.getString("_id"), done));
    }

    private void remove(MongoCollection<Document> things, Told told, long token) {
        String id = told.things.anyAcknowledged(random);
        if (id != null) {
            told.things.forget(id); // whatever comes of it, nothing but the removal counts from here
            attempt(
                    told.removed,
                    id,
                    () -> assertThat(things.deleteOne(Filters.eq(id)).getDeletedCount())
                            .as("deleted by write %s of client %s", token, number)
                            .isEqualTo(1));
        }
    }

    private void enter(MongoCollection<Document> logs, long token) {
        UpdateResult result = logs.updateOne(
                Filters.eq(number + "/" + token / LOG_LENGTH),
                Updates.push("entries", token),
                new UpdateOptions().upsert(true));
        assertThat(result.getUpsertedId() != null || result.getModifiedCount() == 1)
                .as("%s", result)
                .isTrue();
    }

    private static long ticket(MongoCollection<Document> counters) {
        Document after = counters.findOneAndUpdate(
                Filters.eq("tickets"),
                Updates.inc("n", 1L),
                new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER));
        if (after == null) {
            throw new AssertionError("no document of tickets");
        }
        return after.getLong("n");
    }

    private static void changedOne(UpdateResult result) {
        assertThat(result.getMatchedCount()).as("%s", result).isEqualTo(1);
        assertThat(result.getModifiedCount()).as("%s", result).isEqualTo(1);
    }

    /** Does one write. An answer that says no is an error of the test's: all of these writes can be done. */
    private <T extends Comparable<T>> boolean attempt(Outcomes<T> outcomes, T what, Runnable write) {
        long before = failedAttempts.get();
        boolean done = false;
        try {
            write.run();
            done = true;
            rescued += failedAttempts.get() > before ? 1 : 0;
            acknowledgements.release();
        } catch (MongoException e) {
            assertThat(Clients.saysNothing(e))
                    .as("write %s of client %s: %s", what, number, e)
                    .isTrue();
            errors.add(e.getClass().getSimpleName());
        }
        outcomes.note(what, done);
        return done;
    }

    private String thing(long token) {
        return number + "-" + token + "-0";
    }

    private Document document(long token, int index) {
        return new Document("_id", number + "-" + token + "-" + index)
                .append("client", number)
                .append("text", "x".repeat(random.nextInt(300)));
    }

    /** What the client was told of its writes to one branch. */
    static final class Told {
        final Outcomes<String> things = new Outcomes<>();
        final Outcomes<String> removed = new Outcomes<>();
        final Outcomes<Long> increments = new Outcomes<>();
        final Outcomes<Long> entries = new Outcomes<>();
        final Outcomes<Long> drawn = new Outcomes<>();
        final Outcomes<Long> batches = new Outcomes<>();
        final List<Long> tickets = new ArrayList<>();
    }

    private final class Failures implements CommandListener {
        @Override
        public void commandFailed(CommandFailedEvent event) {
            failedAttempts.incrementAndGet();
        }
    }
}
