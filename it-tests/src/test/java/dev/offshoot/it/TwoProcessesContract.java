package dev.offshoot.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.ClientSessionOptions;
import com.mongodb.MongoCommandException;
import com.mongodb.ReadConcern;
import com.mongodb.client.ClientSession;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandSucceededEvent;
import dev.offshoot.state.PlainProject;
import dev.offshoot.state.PlainState;
import dev.offshoot.store.Store;
import dev.offshoot.wal.Crew;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Two server processes on one MongoDB store. They never look at the log of their own accord here, only when they have to. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TwoProcessesContract {
    private static final long NEVER_MILLIS = 3_600_000;
    private static final int WRITERS = 4;
    private static final int WRITES = 60;
    private static final int PROJECTS = 12;
    private static final int ROUNDS = 60;
    private static final String FAR_AWAY = "2100-01-01T00:00:00Z";
    private static final int EXISTS = 48;

    private final TestMongo mongo = startMongo();
    private final Forked one = mongo.startServer(NEVER_MILLIS);
    private final Forked other = mongo.startServer(NEVER_MILLIS);
    private final MongoClient atOne = Clients.open(Clients.uri(one.port(), ""));
    private final MongoClient atOther = Clients.open(Clients.uri(other.port(), ""));

    /** The MongoDB they share; called once, before everything else. */
    abstract TestMongo startMongo();

    @AfterAll
    void stop() {
        List.of(atOne, atOther).forEach(MongoClient::close);
        one.close();
        other.close();
        mongo.close();
    }

    @Test
    void both_append_at_once_and_every_lsn_and_every_increment_counts_once() {
        makeProject("shop");
        counters(atOne, "shop").insertOne(new Document("_id", "c"));
        List<Callable<Long>> writers = new ArrayList<>();
        for (int i = 0; i < 2 * WRITERS; i++) {
            MongoClient client = i % 2 == 0 ? atOne : atOther;
            int writer = i;
            writers.add(() -> write(client, writer));
        }
        long acknowledged =
                new Crew().together(writers).stream().mapToLong(n -> n).sum();
        assertThat(acknowledged).isEqualTo(2L * WRITERS * WRITES);
        for (MongoClient client : List.of(atOne, atOther)) {
            assertThat(newest(client, "shop").getInteger("n")).isEqualTo((int) acknowledged);
        }
        try (Store store = mongo.open()) {
            PlainProject log = Served.read(store, "shop");
            checkLog(log, acknowledged);
            assertThat(Served.check(atOne, "shop", log)).isGreaterThan(acknowledged);
            assertThat(Served.check(atOther, "shop", log)).isGreaterThan(acknowledged);
        }
    }

    @Test
    void a_project_is_made_by_one_of_both() {
        Map<MongoClient, Integer> won = new HashMap<>();
        for (int i = 0; i < PROJECTS; i++) {
            Document command = new Document("createProject", "p" + i);
            List<Callable<Boolean>> rivals = List.of(() -> make(atOne, command), () -> make(atOther, command));
            List<Boolean> made = new Crew().together(rivals);
            assertThat(made).as("project p%s", i).containsOnlyOnce(true);
            won.merge(made.get(0) ? atOne : atOther, 1, Integer::sum);
            for (MongoClient client : List.of(atOne, atOther)) {
                client.getDatabase("p" + i).getCollection("c").insertOne(new Document());
            }
        }
        assertThat(won.values().stream().mapToInt(n -> n).sum()).isEqualTo(PROJECTS);
        try (Store store = mongo.open()) {
            assertThat(PlainProject.read(store.log("p0")).projects().values().stream()
                            .filter(name -> name.matches("p[0-9]+")))
                    .hasSize(PROJECTS);
            for (int i = 0; i < PROJECTS; i++) {
                assertThat(things(Served.read(store, "p" + i), "c").documents()).hasSize(2);
            }
        }
    }

    @Test
    void a_session_sees_at_one_what_it_wrote_at_the_other() {
        makeProject("session");
        Set<Integer> servers = new HashSet<>();
        int[] moves = {0, 0};
        CommandListener watch = new CommandListener() {
            @Override
            public void commandSucceeded(CommandSucceededEvent event) {
                int port = event.getConnectionDescription().getServerAddress().getPort();
                servers.add(port);
                moves[1] += port == moves[0] ? 0 : 1;
                moves[0] = port;
            }
        };
        String uri = "mongodb://127.0.0.1:" + one.port() + ",127.0.0.1:" + other.port() + "/?localThresholdMS=1000";
        try (MongoClient both = Clients.open(uri, watch);
                ClientSession session = both.startSession(
                        ClientSessionOptions.builder().causallyConsistent(true).build())) {
            MongoCollection<Document> counters = counters(both, "session");
            for (int i = 1; i <= ROUNDS; i++) {
                counters.updateOne(session, Filters.eq("c"), Updates.inc("n", 1), new UpdateOptions().upsert(true));
                Document found = counters.find(session, Filters.eq("c")).first();
                assertThat(found).as("round %s", i).isNotNull().containsEntry("n", i);
            }
        }
        assertThat(servers).hasSize(2);
        assertThat(moves[1]).as("moves between the servers").isGreaterThan(ROUNDS / 4);
    }

    @Test
    void a_write_and_a_name_find_what_a_stranger_just_made_at_the_other() {
        makeProject("found");
        try (MongoClient stranger = Clients.open(Clients.uri(other.port(), ""))) {
            for (int i = 1; i <= 10; i++) {
                counters(atOne, "found").insertOne(new Document("_id", i));
                assertThat(counters(stranger, "found")
                                .updateOne(Filters.eq(i), Updates.set("n", 1))
                                .getMatchedCount())
                        .as("round %s", i)
                        .isEqualTo(1);
                Document unused = atOne.getDatabase("found").runCommand(new Document("createBranch", "b" + i));
                counters(stranger, "found~b" + i).insertOne(new Document("_id", "there"));
            }
        }
    }

    @Test
    void a_linearizable_read_sees_what_a_stranger_wrote_at_the_other() {
        makeProject("stranger");
        counters(atOne, "stranger").insertOne(new Document("_id", "c"));
        for (int i = 1; i <= 10; i++) {
            counters(atOne, "stranger").updateOne(Filters.eq("c"), Updates.set("n", i));
            try (MongoClient stranger = Clients.open(Clients.uri(other.port(), ""))) {
                assertThat(newest(stranger, "stranger").getInteger("n"))
                        .as("round %s", i)
                        .isEqualTo(i);
            }
        }
    }

    @Test
    void a_time_means_the_same_position_at_both() {
        makeProject("times");
        counters(atOne, "times").insertOne(new Document("_id", "c"));
        for (int i = 1; i <= 10; i++) {
            counters(atOne, "times").updateOne(Filters.eq("c"), Updates.set("n", i));
            for (MongoClient client : List.of(atOther, atOne)) {
                assertThat(counters(client, "times~main~" + FAR_AWAY).find().first())
                        .as("round %s", i)
                        .isNotNull()
                        .containsEntry("n", i);
            }
        }
    }

    private void makeProject(String name) {
        atOne.getDatabase("admin").runCommand(new Document("createProject", name));
    }

    private static long write(MongoClient client, int writer) {
        MongoCollection<Document> counters = counters(client, "shop");
        MongoCollection<Document> things = client.getDatabase("shop").getCollection("things");
        long acknowledged = 0;
        for (int i = 0; i < WRITES; i++) {
            acknowledged += counters.updateOne(
                            Filters.eq("c"), Updates.combine(Updates.inc("n", 1), Updates.inc("w" + writer, 1)))
                    .getModifiedCount();
            things.insertOne(new Document("_id", writer + "-" + i));
        }
        return acknowledged;
    }

    private static void checkLog(PlainProject log, long acknowledged) {
        PlainState.Collection counters = things(log, "counters");
        RawBsonDocument counter =
                new RawBsonDocument(counters.documents().firstEntry().getValue());
        assertThat(counter.getNumber("n").longValue()).isEqualTo(acknowledged);
        for (int i = 0; i < 2 * WRITERS; i++) {
            assertThat(counter.getNumber("w" + i).longValue()).isEqualTo(WRITES);
        }
        assertThat(things(log, "things").documents()).hasSize(2 * WRITERS * WRITES);
        // two LSNs a round of a writer; besides: the branch, two collections, the counter
        assertThat(log.lastLsn()).isEqualTo(2 * acknowledged + 4);
    }

    private static PlainState.Collection things(PlainProject log, String name) {
        PlainState.Collection found = log.head("main").collection(name);
        if (found == null) {
            throw new AssertionError("no collection " + name);
        }
        return found;
    }

    private static boolean make(MongoClient client, Document command) {
        try {
            client.getDatabase("admin").runCommand(command);
            return true;
        } catch (MongoCommandException e) {
            assertThat(e.getErrorCode()).as(e.getMessage()).isEqualTo(EXISTS);
            return false;
        }
    }

    private static MongoCollection<Document> counters(MongoClient client, String project) {
        return client.getDatabase(project).getCollection("counters");
    }

    private static Document newest(MongoClient client, String project) {
        Document found = counters(client, project)
                .withReadConcern(ReadConcern.LINEARIZABLE)
                .find(Filters.eq("c"))
                .first();
        if (found == null) {
            throw new AssertionError("no counter");
        }
        return found;
    }
}
