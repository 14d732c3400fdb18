package dev.offshoot.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoDatabase;
import dev.offshoot.it.Wire.Cut;
import dev.offshoot.it.WritingClient.Told;
import dev.offshoot.state.PlainProject;
import dev.offshoot.store.Store;
import dev.offshoot.wal.Crew;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code kill -9} in a loop under eight writing clients: half of them with retryable writes over a connection that is cut at
 * random, half with plain writes; checkpoints are made and cleaned up all the time. What was acknowledged is stored once, whoever died when.
 */
abstract class KillContract {
    private static final int CYCLES = Integer.getInteger("offshoot.test.crash.cycles", 3);
    private static final int MORE_CYCLES_MAX = 20;
    private static final long MINUTES = Long.getLong("offshoot.test.minutes", 0);

    /** With a new store after so many, since each cycle reads the whole log. */
    private static final int CYCLES_A_ROUND = Math.min(CYCLES, 50);

    private static final long SEED = Long.getLong("offshoot.test.seed", 1);
    /** Makes a server take checkpoints every few writes. */
    static final String CHECKPOINTS = "-D" + ServerMain.OFTEN + "=true";

    private static final int CLIENTS = 8;
    private static final List<String> BRANCHES = List.of("main", "exp");
    private static final long PATIENCE_SECONDS = 120;

    private final Random random = new Random(SEED);
    private final Semaphore acknowledgements = new Semaphore(0);
    private final List<WritingClient> clients = new ArrayList<>();
    private final CleaningClient cleaner = new CleaningClient();
    private final Wire steady = Wire.steady();
    private final Wire lossy = Wire.lossy(SEED);

    /** Starts a server on the store under test. */
    abstract Forked startServer();

    /** The store as it is now, for reading, while the server runs and nobody writes. */
    abstract Store openStore();

    /** Whether a project has to be made before it can be written. */
    abstract boolean needsProject();

    /** As many as the cycles take, and more while there is time; each is asked for when the one before is over. */
    static IntStream rounds() {
        int rounds = (CYCLES + CYCLES_A_ROUND - 1) / CYCLES_A_ROUND;
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
        return IntStream.iterate(1, round -> round + 1).takeWhile(round -> round <= rounds || System.nanoTime() < end);
    }

    @ParameterizedTest
    @MethodSource("rounds")
    void acknowledged_writes_survive_kill_9_once(int round) {
        random.setSeed(SEED + round);
        Forked server = startServer();
        try (steady;
                lossy) {
            target(server);
            prepare();
            open(round);
            cleaner.open(Clients.uri(steady.port(), ""));
            long lsn = 0;
            for (int cycle = 1; goesOn(cycle, cycles(round)); cycle++) {
                server = cycle(server);
                lsn = check(lsn, "cycle " + cycle + " of round " + round + " of seed " + SEED);
            }
            assertThat(missing()).isEmpty();
            assertNothingUncalledFor();
        } finally {
            clients.forEach(WritingClient::close);
            cleaner.close();
            server.close();
        }
    }

    /** After the cycles that were asked for, while something that happens by chance is missing. */
    private boolean goesOn(int cycle, int cycles) {
        return cycle <= cycles
                || (cycle <= cycles + MORE_CYCLES_MAX && !missing().isEmpty());
    }

    private static int cycles(int round) {
        int left = CYCLES - (round - 1) * CYCLES_A_ROUND;
        return left > 0 ? Math.min(left, CYCLES_A_ROUND) : CYCLES_A_ROUND;
    }

    /**
     * Kills what is under test and starts it again.
     *
     * @return the server from then on
     */
    Forked restart(Forked server) {
        server.kill();
        Forked next = startServer();
        target(next);
        return next;
    }

    /** Whether a restart breaks the connections of the clients, so that who does not send again is left without an answer. */
    boolean breaksConnections() {
        return true;
    }

    /** A kill and a start under load; what the driver sends again meets the new process. */
    private Forked cycle(Forked server) {
        Crew crew = new Crew();
        List<FutureTask<Boolean>> running = new ArrayList<>();
        clients.forEach(client -> running.add(crew.start(client::run)));
        running.add(crew.start(cleaner::run));
        await(20 + random.nextInt(300));
        Forked next = restart(server);
        await(20 + random.nextInt(100));
        clients.forEach(WritingClient::stop);
        cleaner.stop();
        running.forEach(crew::join);
        return next;
    }

    private long check(long lsnBefore, String what) {
        try (Store store = openStore();
                MongoClient client = Clients.open(Clients.uri(steady.port(), ""))) {
            PlainProject log = Served.read(store, "shop");
            assertThat(log.lastLsn()).as(what).isGreaterThan(lsnBefore);
            Account.check(log, BRANCHES, clients);
            assertThat(Served.check(client, "shop", log)).as(what).isGreaterThan(20);
            return log.lastLsn();
        } catch (AssertionError e) {
            throw new AssertionError(what, e);
        }
    }

    private void prepare() {
        try (MongoClient client = Clients.open(Clients.uri(steady.port(), ""))) {
            if (needsProject()) {
                client.getDatabase("admin").runCommand(new Document("createProject", "shop"));
            }
            MongoDatabase shop = client.getDatabase("shop");
            shop.getCollection("counters")
                    .insertMany(List.of(new Document("_id", "c"), new Document("_id", "tickets").append("n", 0L)));
            shop.getCollection("things").createIndex(new Document("client", 1));
            shop.runCommand(new Document("createBranch", "exp"));
        }
    }

    private void open(int round) {
        for (int i = 0; i < CLIENTS; i++) {
            String uri = i % 2 == 0
                    ? Clients.uri(lossy.port(), "?retryWrites=true")
                    : Clients.uri(steady.port(), "?retryWrites=false");
            clients.add(new WritingClient(i, uri, (SEED + round) * 100 + i, BRANCHES, acknowledgements));
        }
    }

    private void target(Forked server) {
        steady.target(server.port());
        lossy.target(server.port());
    }

    private void await(int writes) {
        acknowledgements.drainPermits();
        try {
            assertThat(acknowledgements.tryAcquire(writes, PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as("%s writes in %s s", writes, PATIENCE_SECONDS)
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** What has not happened yet of what the cycles are about. */
    private List<String> missing() {
        List<String> missing = new ArrayList<>(cleaner.missing());
        for (Cut cut : Cut.values()) {
            if (lossy.cuts(cut) == 0) {
                missing.add("a connection cut " + cut);
            }
        }
        for (WritingClient client : clients) {
            for (String branch : BRANCHES) {
                Told told = client.told(branch);
                if (told.things.acknowledged().isEmpty()
                        || told.increments.acknowledged().isEmpty()) {
                    missing.add("writes of client " + client.number() + " to " + branch);
                }
            }
            if (retries(client) && client.rescued() == 0) {
                missing.add("a write of client " + client.number() + " saved by a retry");
            }
        }
        if (breaksConnections()
                && clients.stream()
                        .allMatch(client -> retries(client) || client.errors().isEmpty())) {
            missing.add("a plain write cut short by a kill");
        }
        return missing;
    }

    private void assertNothingUncalledFor() {
        for (Cut cut : Cut.values()) {
            assertThat(steady.cuts(cut)).as("steady connections cut %s", cut).isZero();
        }
        for (WritingClient client : clients) {
            assertThat(retries(client) ? 0 : client.rescued())
                    .as("plain writes that were sent again")
                    .isZero();
        }
    }

    private static boolean retries(WritingClient client) {
        return client.number() % 2 == 0;
    }
}
