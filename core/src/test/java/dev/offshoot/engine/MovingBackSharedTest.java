package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.state.Project;
import dev.offshoot.wal.SimulatedStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Resets, restores, undos and rebases by two engines on one store, and beside writers: all see the same, and so does a replay. */
final class MovingBackSharedTest {
    private static final EngineOptions DEAF = new EngineOptions(1 << 20, Long.MAX_VALUE / 2_000_000);
    private static final List<String> BRANCHES = List.of("main", "dev");

    @Test
    void a_reset_with_an_expected_head_is_refused_where_another_process_wrote_meanwhile() {
        SimulatedStore store = SimulatedStore.hostile(1, 0, 0);
        try (Engine one = Engine.open(store, DEAF);
                Engine two = Engine.open(store, DEAF)) {
            Commander.run(one, "admin", "{createProject: 'shop'}");
            Commander.run(one, "shop", "{insert: 'items', documents: [{_id: 1}]}");
            long head = Commander.run(two, "shop", "{branchReflog: 'main'}")
                    .getInt64("head_lsn")
                    .getValue();
            Commander.run(one, "shop", "{insert: 'items', documents: [{_id: 2}]}");

            BsonDocument refused = Commander.reply(two, "shop", "{resetBranch: 'main', to: 1, expect: " + head + "}");
            assertThat(refused.getInt32("code").getValue()).as("%s", refused).isEqualTo(112);
            assertThat(content(one, "main")).isEqualTo(content(two, "main")).contains("\"_id\": 2");

            BsonDocument reset = Commander.run(two, "shop", "{resetBranch: 'main', to: " + head + "}");
            assertThat(reset.getInt64("old_head_lsn").getValue()).isEqualTo(head + 1);
            assertThat(content(one, "main")).isEqualTo(content(two, "main")).doesNotContain("\"_id\": 2");
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void two_processes_and_a_third_that_folds_the_log_see_the_same(long seed) {
        Random random = new Random(seed);
        SimulatedStore store = SimulatedStore.hostile(seed, 0, 0);
        int moved = 0;
        try (Engine one = Engine.open(store, DEAF);
                Engine two = Engine.open(store, DEAF)) {
            Commander.run(one, "admin", "{createProject: 'shop'}");
            Commander.run(one, "shop", "{insert: 'items', documents: [{_id: 1, n: 1}, {_id: 2, n: 2}]}");
            Commander.run(one, "shop", "{createBranch: 'dev'}");
            for (int i = 0; i < 80; i++) {
                Engine engine = random.nextBoolean() ? one : two;
                String branch = BRANCHES.get(random.nextInt(2));
                BsonDocument reply = Commander.reply(engine, "shop~" + branch, command(random, engine, branch));
                boolean moves = reply.containsKey("changed") || reply.containsKey("status");
                moved += moves && reply.getNumber("ok").intValue() == 1 ? 1 : 0;
                if (reply.containsKey("status")
                        && reply.getString("status").getValue().equals("conflicts")) {
                    Commander.run(engine, "shop~" + branch, "{mergeBranch: 1, abort: true}");
                }
                if (reply.getNumber("ok").intValue() == 0) {
                    assertThat(reply.getInt32("code").getValue())
                            .as("seed %d, step %d: %s", seed, i, reply)
                            .isIn(2, 26, 48, 11000);
                }
                String said = "seed " + seed + ", step " + i + ": " + reply;
                for (String each : BRANCHES) {
                    assertThat(content(two, each)).as(said).isEqualTo(content(one, each));
                }
            }
            assertThat(moved).isGreaterThan(20);
            replaysAreTheSame(one);
            try (Engine third = Engine.open(store.reopened(), DEAF)) {
                for (String each : BRANCHES) {
                    assertThat(content(third, each)).as("seed %d", seed).isEqualTo(content(one, each));
                }
                replaysAreTheSame(third);
            }
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, Long.getLong("seeds", 6));
    }

    private static String command(Random random, Engine engine, String branch) {
        long last = Objects.requireNonNull(engine.projects().find("shop")).lastLsn();
        long at = 3L + random.nextInt((int) last - 2);
        String other = branch.equals("main") ? "dev" : "main";
        int id = random.nextInt(12);
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> "{update: 'items', updates: [{q: {_id: " + id + "}, u: {$inc: {n: 1}}, upsert: true}]}";
            case 3 -> "{delete: 'items', deletes: [{q: {_id: " + id + "}, limit: 1}]}";
            case 4 -> random.nextInt(4) == 0 ? "{drop: 'items'}" : "{insert: 'c" + id + "', documents: [{n: 1}]}";
            case 5 -> "{resetBranch: 1, to: " + at + "}";
            case 6 -> "{resetBranch: 1, to: '" + other + "~" + at + "'}";
            case 7 -> "{restore: 'items', at: " + at + "}";
            case 8 -> "{undoChanges: 1, from: " + at + "}";
            case 9 -> "{cherryPick: '" + other + "~" + at + "'}";
            case 10 -> "{rebaseBranch: 1, onto: '" + other + "'}";
            default -> "{mergeBranch: '" + other + "', into: '" + branch + "', strategy: 'theirs'}";
        };
    }

    private static void replaysAreTheSame(Engine engine) {
        Project project = Objects.requireNonNull(engine.projects().find("shop"));
        for (String branch : BRANCHES) {
            for (long lsn = 3; lsn <= project.lastLsn(); lsn += 3) {
                assertThat(project.replay(project.branch(branch), lsn, () -> {}).isSame())
                        .as("%s at %d", branch, lsn)
                        .isTrue();
            }
        }
    }

    @Test
    void writers_go_on_beside_resets_and_every_acknowledged_write_is_in_some_history() throws Exception {
        SimulatedStore store = SimulatedStore.hostile(7, 0, 0);
        try (Engine engine = Engine.open(store, EngineOptions.DEFAULT)) {
            Commander.run(engine, "admin", "{createProject: 'shop'}");
            Commander.run(engine, "shop", "{insert: 'items', documents: [{_id: -1}]}");
            long start = 3;
            AtomicInteger ids = new AtomicInteger();
            ExecutorService threads = Executors.newFixedThreadPool(4);
            try {
                List<Future<Integer>> writers = new ArrayList<>();
                for (int t = 0; t < 3; t++) {
                    writers.add(threads.submit(() -> {
                        for (int i = 0; i < 60; i++) {
                            Commander.run(
                                    engine,
                                    "shop",
                                    "{insert: 'items', documents: [{_id: " + ids.incrementAndGet() + "}]}");
                        }
                        return 60;
                    }));
                }
                List<Long> discarded = new ArrayList<>();
                boolean done = false;
                while (!done) {
                    done = writers.stream().allMatch(Future::isDone);
                    BsonDocument reset = Commander.run(engine, "shop", "{resetBranch: 'main', to: " + start + "}");
                    discarded.add(reset.getInt64("old_head_lsn").getValue());
                }
                int written = 0;
                for (Future<Integer> writer : writers) {
                    written += writer.get();
                }
                int found = 0;
                for (long head : discarded) {
                    found += Commander.run(engine, "shop~main~" + head, "{count: 'items'}")
                                    .getInt32("n")
                                    .getValue()
                            - 1;
                }
                assertThat(found).isEqualTo(written);
                assertThat(content(engine, "main")).contains("\"_id\": -1").doesNotContain("\"_id\": 1");
            } finally {
                threads.shutdownNow();
            }
        }
    }

    /** All collections of a branch, read once everything that any process wrote is folded. */
    private static String content(Engine engine, String branch) {
        BsonDocument collections = Commander.run(
                engine,
                "shop~" + branch,
                "{listCollections: 1, nameOnly: true, cursor: {batchSize: 1000}, readConcern: {level: 'linearizable'}}");
        StringBuilder content = new StringBuilder();
        collections.getDocument("cursor").getArray("firstBatch").stream()
                .map(collection -> collection.asDocument().getString("name").getValue())
                .sorted()
                .forEach(name -> content.append(name)
                        .append(Commander.run(
                                        engine,
                                        "shop~" + branch,
                                        "{find: '" + name
                                                + "', showRecordId: true, readConcern: {level: 'linearizable'}}")
                                .getDocument("cursor")
                                .getArray("firstBatch")));
        return content.toString();
    }
}
