package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.store.file.FileStoreOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in the log refers only to what is stored, so that the log can be read again, whatever caches had. */
class GoneReferenceTest {
    private static final int ROUNDS = 150;
    private static final int CLEANUPS = 5;

    private final AtomicInteger cleanups = new AtomicInteger();
    private final AtomicBoolean done = new AtomicBoolean();

    @AutoClose
    private final Commander engine;

    GoneReferenceTest(@TempDir Path folder) {
        this.engine = Commander.open(
                folder, EngineOptions.DEFAULT, FileStoreOptions.defaults().withSegmentBytesMax(4096));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{resetBranch: 1, to: 'main~5'}",
                "{createBranch: 'x', from: 'main~5'}",
                "{createBranch: 'x', from: 'main~5', collections: ['c']}",
                "{createTag: 'x', at: 'main~5'}",
                "{restore: 'c', at: 'main~5'}",
                "{mergeBranch: 'main~5'}",
                "{undrop: 'dropped'}",
            })
    void a_position_that_only_a_cache_has_is_no_longer_kept(String command) {
        run("main", "{insert: 'c', documents: [{_id: 1}]}");
        run("main", "{createBranch: 'b', from: 'main~2'}");
        run("main", "{insert: 'c', documents: [{_id: 2}]}");
        run("main", "{insert: 'c', documents: [{_id: 3}]}");
        run("main", "{createBranch: 'dropped', from: 'main'}");
        run("dropped", "{insert: 'c', documents: [{_id: 4}]}");
        run("main", "{dropBranch: 'dropped'}");
        run("main", "{createBranch: 'other', from: 'main'}");
        for (int i = 100; i < 200; i++) {
            run("other", "{insert: 'c', documents: [{_id: " + i + "}]}");
        }
        run("b", "{find: 'c'}");
        run("main~5", "{find: 'c'}");
        clean();
        BsonDocument reply = engine.reply("p~b", BsonDocument.parse(command));
        assertThat(reply.getNumber("ok").intValue()).as(reply.toJson()).isZero();
        assertThat(reply.getString("errmsg").getValue()).contains("no longer kept");
        engine.restart();
        run("b", "{find: 'c'}");
        BsonDocument branches = run("main", "{listBranches: 1}");
        assertThat(branches.getArray("branches")).hasSize(3);
    }

    @Test
    void commits_that_refer_to_what_a_cleanup_removes_meanwhile() throws Exception {
        run("main", "{insert: 'c', documents: [{_id: 0, a: 0}]}");
        List.of("b0", "b1").forEach(name -> run("main", "{createBranch: '" + name + "', from: 'main'}"));
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            Future<?> cleaner = threads.submit(() -> {
                try {
                    while (!done.get()) {
                        clean();
                        cleanups.incrementAndGet();
                    }
                } finally {
                    done.set(true);
                }
            });
            Future<Integer> first = threads.submit(() -> referAtRandom("b0", 1));
            Future<Integer> second = threads.submit(() -> referAtRandom("b1", 2));
            int made = first.get() + second.get();
            done.set(true);
            cleaner.get();
            assertThat(made).isPositive();
        } finally {
            done.set(true);
            threads.shutdown();
        }
        List<String> before = states();
        engine.restart();
        assertThat(states()).isEqualTo(before);
    }

    /** Says how often there was what it asked for. */
    private int referAtRandom(String branch, int seed) {
        Random random = new Random(seed);
        int made = 0;
        for (int i = 0; i < ROUNDS || (cleanups.get() < CLEANUPS && !done.get()); i++) {
            run("main", "{update: 'c', updates: [{q: {_id: 0}, u: {$inc: {a: 1}}}]}");
            long lsn = run("main", "{listBranches: 1}").getInt64("lsn").getValue();
            String position = "main~" + Math.max(3, lsn - random.nextInt(40));
            String at = "'" + position + "'";
            engine.reply("p~" + position, BsonDocument.parse("{find: 'c'}"));
            String command = switch (random.nextInt(4)) {
                case 0 -> "{createTag: 't" + branch + "', at: " + at + "}";
                case 1 -> "{restore: 'c', at: " + at + "}";
                case 2 -> "{createBranch: 'x" + branch + "', from: " + at + "}";
                default -> "{resetBranch: 1, to: " + at + "}";
            };
            BsonDocument reply = engine.reply("p~" + branch, BsonDocument.parse(command));
            if (reply.getNumber("ok").intValue() == 1) {
                made++;
            } else {
                assertThat(reply.getString("errmsg").getValue()).containsAnyOf("no longer kept", "already exists");
            }
            if (random.nextInt(3) == 0) {
                engine.reply("p", BsonDocument.parse("{dropTag: 't" + branch + "'}"));
                engine.reply("p", BsonDocument.parse("{dropBranch: 'x" + branch + "'}"));
            }
        }
        return made;
    }

    private List<String> states() {
        return List.of("main", "b0", "b1", "xb0", "xb1", "tb0", "tb1").stream()
                .map(name -> engine.reply("p~" + name, BsonDocument.parse("{find: 'c'}")))
                .map(reply -> reply.containsKey("cursor")
                        ? reply.getDocument("cursor").getArray("firstBatch").toString()
                        : reply.getString("errmsg").getValue())
                .toList();
    }

    private void clean() {
        run("main", "{walCheckpoint: 1}");
        run("main", "{walCleanup: 1, retainMillis: 0, graceMillis: 0}");
    }

    private BsonDocument run(String branch, String command) {
        return engine.run("p~" + branch, BsonDocument.parse(command));
    }
}
