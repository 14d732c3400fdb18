package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.state.Branch;
import dev.offshoot.state.ConsistencyCheck;
import dev.offshoot.state.PlainProject;
import dev.offshoot.state.PlainState;
import dev.offshoot.state.Project;
import dev.offshoot.store.StoreException;
import dev.offshoot.wal.Crew;
import dev.offshoot.wal.SimulatedLogStore;
import dev.offshoot.wal.SimulatedLogStore.Fault;
import dev.offshoot.wal.SimulatedStore;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;

/** Many clients of one engine on a store that does all it may; each seed is another course of events. */
final class ConcurrentWritersTest {
    private static final int SEEDS = Integer.getInteger("offshoot.test.seeds", 6);
    private static final long FIRST_SEED = Long.getLong("offshoot.test.seed", 1);
    private static final int OPERATIONS = 320;
    private static final int FAULT_PERCENT = 15;
    private static final long LATENCY_NANOS = 50_000;

    private final Map<Fault, Integer> fired = new EnumMap<>(Fault.class);
    private long unknown;
    private long retried;
    private long forks;

    @Test
    void acknowledged_writes_count_once_and_live_state_is_what_the_log_says() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            try {
                run(seed);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + " (-Doffshoot.test.seed=" + seed + ")", e);
            }
        }
        for (Fault fault : Fault.values()) {
            assertThat(fired.get(fault)).as("%s happened", fault).isPositive();
        }
        assertThat(unknown).as("writes without an answer").isPositive();
        assertThat(retried).as("retries that were answered").isPositive();
        assertThat(forks).as("branches made beside the writes").isPositive();
    }

    private void run(long seed) {
        SimulatedStore store = SimulatedStore.hostile(seed, FAULT_PERCENT, LATENCY_NANOS);
        SimulatedLogStore log = store.log("p1");
        log.withRival(new Rival(log)::next);
        try (Engine engine = Engine.open(store, new EngineOptions(1 << 20, 3))) {
            List<ConcurrentWriter> writers = new ArrayList<>();
            int threads = 8 << (seed % 3);
            Set<String> branches = Set.of("main", "b1", "b2");
            ConcurrentWriter.prepare(engine, branches);
            for (int i = 0; i < threads; i++) {
                writers.add(new ConcurrentWriter(engine, seed * 1000 + i, i, List.copyOf(branches)));
            }
            List<Callable<Boolean>> works = new ArrayList<>();
            writers.forEach(writer -> works.add(() -> writer.run(OPERATIONS / threads)));
            assertThat(new Crew().together(works)).doesNotContain(false);
            Project project = settled(engine);
            ConsistencyCheck check = ConsistencyCheck.heads(log.calmed(), project);
            assertThat(check.problems()).isEmpty();
            assertThat(check.documents()).isGreaterThan(50);
            for (String branch : branches) {
                check(check.log(), branch, writers);
            }
            count(log, writers);
        }
        restart(store);
    }

    /** Once the store has answered everything. */
    private static Project settled(Engine engine) {
        RuntimeException last = null;
        for (int attempt = 0; attempt < 1000; attempt++) {
            try {
                Project project = engine.openProject("shop");
                if (project != null) {
                    project.follow();
                    return project;
                }
            } catch (StoreException e) {
                last = e;
            }
        }
        throw new AssertionError("the store never answers", last);
    }

    /** What the writers were told against what is stored. */
    private static void check(PlainProject log, String branch, List<ConcurrentWriter> writers) {
        PlainState.Collection counters = log.head(branch).collection("counters");
        PlainState.Collection things = log.head(branch).collection("things");
        assertThat(counters).isNotNull();
        BsonDocument counter = counters == null ? new BsonDocument() : counter(counters);
        Set<BsonValue> stored = new HashSet<>();
        if (things != null) {
            things.documents()
                    .values()
                    .forEach(bytes -> assertThat(stored.add(id(bytes)))
                            .as("an _id that is there twice in %s", branch)
                            .isTrue());
        }
        long all = 0;
        for (ConcurrentWriter writer : writers) {
            long value = number(counter, writer.field());
            long exact = number(counter, writer.retryableField());
            assertThat(exact).as("%s in %s", writer.retryableField(), branch).isEqualTo(writer.retryable(branch));
            assertThat(value)
                    .as("%s in %s", writer.field(), branch)
                    .isBetween(writer.acknowledged(branch), writer.acknowledged(branch) + writer.unknown(branch));
            assertThat(stored).containsAll(writer.inserted(branch));
            stored.removeAll(writer.inserted(branch));
            stored.removeAll(writer.perhapsInserted(branch));
            all += value + exact;
        }
        assertThat(stored).as("documents that nobody inserted in %s", branch).isEmpty();
        assertThat(number(counter, "n")).as("all increments in %s", branch).isEqualTo(all + number(counter, "rival"));
        assertThat(all).isPositive();
    }

    private void count(SimulatedLogStore log, List<ConcurrentWriter> writers) {
        for (Fault fault : Fault.values()) {
            fired.merge(fault, log.fired(fault), Integer::sum);
        }
        for (ConcurrentWriter writer : writers) {
            unknown += writer.unknowns();
            retried += writer.retried();
            forks += writer.forks();
        }
    }

    private static void restart(SimulatedStore store) {
        SimulatedStore again = store.reopened();
        try (Engine engine = Engine.open(again)) {
            ConsistencyCheck check = ConsistencyCheck.heads(again.log("p1"), settled(engine));
            assertThat(check.problems()).isEmpty();
            assertThat(check.log().head(Branch.MAIN).collections()).isNotEmpty();
        }
    }

    private static BsonDocument counter(PlainState.Collection counters) {
        assertThat(counters.documents()).hasSize(1);
        return Rival.decode(counters.documents().firstEntry().getValue());
    }

    private static BsonValue id(byte[] document) {
        return Objects.requireNonNull(Rival.decode(document).get("_id"));
    }

    private static long number(BsonDocument document, String field) {
        return document.containsKey(field) ? document.getNumber(field).longValue() : 0;
    }
}
