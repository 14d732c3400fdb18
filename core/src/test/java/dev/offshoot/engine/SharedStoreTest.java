package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.store.CheckpointStore;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.PageStore;
import dev.offshoot.store.Store;
import dev.offshoot.store.View;
import dev.offshoot.store.file.FileStore;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonTimestamp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two engines on one store that do not hear of each other's writes by themselves: what a client can ask for. */
class SharedStoreTest {
    private static final EngineOptions DEAF = new EngineOptions(1 << 20, Long.MAX_VALUE / 2_000_000);

    private final Store files;
    private final Engine one;
    private final Engine two;

    SharedStoreTest(@TempDir Path folder) {
        this.files = FileStore.open(folder);
        this.one = Engine.open(new Shared(files), DEAF);
        this.two = Engine.open(new Shared(files), DEAF);
        Commander.run(one, "admin", "{createProject: 'shop'}");
        Commander.run(one, "shop", "{insert: 'items', documents: [{_id: 1}]}");
        assertThat(count(two, "{count: 'items'}")).isEqualTo(1);
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
        files.close();
    }

    @Test
    void a_linearizable_read_sees_what_others_wrote() {
        Commander.run(one, "shop", "{insert: 'items', documents: [{_id: 2}]}");

        assertThat(count(two, "{count: 'items'}")).as("what is folded").isEqualTo(1);
        assertThat(count(two, "{count: 'items', readConcern: {level: 'linearizable'}}"))
                .isEqualTo(2);
    }

    @Test
    void a_read_after_a_time_sees_what_others_wrote_until_then() {
        BsonTimestamp time = Commander.run(one, "shop", "{insert: 'items', documents: [{_id: 2}]}")
                .getTimestamp("operationTime");
        String after = "{$timestamp: {t: " + time.getTime() + ", i: " + time.getInc() + "}}";

        assertThat(count(two, "{count: 'items'}")).as("what is folded").isEqualTo(1);
        assertThat(count(two, "{count: 'items', readConcern: {afterClusterTime: " + after + "}}"))
                .isEqualTo(2);
    }

    @Test
    void what_another_made_is_found_by_its_name() {
        Commander.run(one, "shop", "{createBranch: 'dev'}");
        assertThat(count(two, "shop~dev", "{count: 'items'}")).isEqualTo(1);
        Commander.run(one, "shop", "{createBranch: 'late'}");
        Commander.run(two, "shop", "{dropBranch: 'late'}");
        Commander.run(one, "shop", "{createTag: 'v1'}");
        assertThat(count(two, "shop~v1", "{count: 'items'}")).isEqualTo(1);
        Commander.run(one, "shop", "{createTag: 'v2'}");
        Commander.run(two, "shop", "{dropTag: 'v2'}");
        long lsn = Commander.run(one, "shop", "{createBranch: 'newest'}")
                .getInt64("id")
                .getValue();
        assertThat(count(two, "shop~main~" + lsn, "{count: 'items'}")).isEqualTo(1);
    }

    /** What is sent to {@code admin} counts for the project that it names. */
    @Test
    void a_renamed_collection_is_found_by_who_has_the_time_of_the_reply() {
        BsonTimestamp time = Commander.run(one, "admin", "{renameCollection: 'shop.items', to: 'shop.goods'}")
                .getTimestamp("operationTime");
        String after = "{$timestamp: {t: " + time.getTime() + ", i: " + time.getInc() + "}}";
        Commander.run(
                two,
                "admin",
                "{renameCollection: 'shop.goods', to: 'shop.items', $clusterTime: {clusterTime: " + after + "}}");
        assertThat(count(one, "{count: 'items', readConcern: {level: 'linearizable'}}"))
                .isEqualTo(1);
    }

    @Test
    void a_write_is_made_on_the_newest_state() {
        Commander.run(one, "shop", "{insert: 'items', documents: [{_id: 2}]}");
        BsonDocument reply = Commander.run(two, "shop", "{insert: 'items', documents: [{_id: 3}, {_id: 2}]}");

        assertThat(reply.getInt32("n").getValue()).isEqualTo(1);
        assertThat(reply.getArray("writeErrors")).hasSize(1);
        assertThat(count(two, "{count: 'items'}")).isEqualTo(3);
    }

    /** Nothing is appended where nothing is found, so no append tells that there is something new. */
    @Test
    void a_write_finds_what_another_just_wrote() {
        for (int i = 2; i < 6; i++) {
            Commander.run(one, "shop", "{insert: 'items', documents: [{_id: " + i + "}]}");
            String id = "{_id: " + i + "}";
            String write = List.of(
                            "{delete: 'items', deletes: [{q: " + id + ", limit: 1}]}",
                            "{update: 'items', updates: [{q: " + id + ", u: {$set: {a: 1}}}]}",
                            "{findAndModify: 'items', query: " + id + ", update: {$set: {a: 1}}}",
                            "{insert: 'items', documents: [" + id + "]}")
                    .get(i - 2);
            BsonDocument reply = Commander.run(two, "shop", write);
            int found = reply.containsKey("writeErrors")
                    ? reply.getArray("writeErrors").size()
                    : reply.getInt32(
                                    "n",
                                    reply.getDocument("lastErrorObject", reply).getInt32("n", new BsonInt32(0)))
                            .getValue();
            assertThat(found).as(write).isEqualTo(1);
        }
        Commander.run(one, "shop", "{createIndexes: 'items', indexes: [{key: {a: 1}, name: 'a'}]}");
        Commander.run(two, "shop", "{dropIndexes: 'items', index: 'a'}");
        Commander.run(one, "shop", "{create: 'other'}");
        Commander.run(two, "shop", "{drop: 'other'}");
        Commander.run(one, "shop", "{create: 'other'}");
        Commander.run(two, "admin", "{renameCollection: 'shop.other', to: 'shop.another'}");
    }

    @Test
    void a_project_that_another_just_made_anew_can_be_dropped_and_made_again() {
        for (int i = 0; i < 2; i++) {
            Commander.run(one, "admin", "{dropProject: 'shop'}");
            Commander.run(one, "admin", "{createProject: 'shop'}");
            Commander.run(two, "admin", "{dropProject: 'shop'}");
            Commander.run(one, "admin", "{createProject: 'shop'}");
        }
        assertThat(count(two, "{count: 'items'}")).isZero();
    }

    @Test
    void a_write_to_a_project_that_another_dropped_is_refused_and_goes_to_its_successor() {
        Commander.run(one, "admin", "{dropProject: 'shop'}");

        BsonDocument refused = Commander.reply(two, "shop", "{insert: 'items', documents: [{_id: 7}]}");
        assertThat(refused.getNumber("ok").intValue()).as("%s", refused).isZero();
        assertThat(refused.getInt32("code").getValue()).isEqualTo(26);

        Commander.run(one, "admin", "{createProject: 'shop'}");
        Commander.run(two, "shop", "{insert: 'items', documents: [{_id: 8}]}");
        assertThat(count(one, "{count: 'items', readConcern: {level: 'linearizable'}}"))
                .isEqualTo(1);
    }

    @Test
    void a_branch_that_another_protected_is_not_written() {
        Commander.run(one, "shop", "{updateBranch: 'main', protected: true}");

        BsonDocument refused = Commander.reply(two, "shop", "{insert: 'items', documents: [{_id: 7}]}");

        assertThat(refused.getInt32("code").getValue()).as("%s", refused).isEqualTo(20);
        assertThat(count(one, "{count: 'items', readConcern: {level: 'linearizable'}}"))
                .isEqualTo(1);
    }

    @Test
    void of_two_who_find_that_a_branch_has_expired_one_drops_it() {
        Commander.run(one, "shop", "{createBranch: 'trial', expires: '1h'}");
        Commander.run(one, "shop", "{createBranch: 'longer', expires: '1h'}");
        assertThat(count(two, "{count: 'items', readConcern: {level: 'linearizable'}}"))
                .isEqualTo(1);
        Commander.run(one, "shop", "{updateBranch: 'longer', expires: '48h'}");
        long inTwoHours = System.currentTimeMillis() + 2 * 3_600_000;

        assertThat(one.expireBranches(inTwoHours)).isEqualTo(1);
        assertThat(two.expireBranches(inTwoHours))
                .as("one is gone, and the other was given more, of which this one has not heard")
                .isZero();
        assertThat(Commander.run(two, "shop", "{listBranches: 1}").getArray("branches"))
                .hasSize(2);
        assertThat(Commander.run(one, "shop", "{listBranches: 1, dropped: true}")
                        .getArray("branches"))
                .hasSize(1);
    }

    @Test
    void a_merge_that_one_began_is_resolved_and_finished_by_the_other() {
        Commander.run(one, "shop", "{createBranch: 'dev'}");
        Commander.run(one, "shop~dev", "{update: 'items', updates: [{q: {_id: 1}, u: {$set: {n: 1}}}]}");
        Commander.run(two, "shop", "{update: 'items', updates: [{q: {_id: 1}, u: {$set: {n: 2}}}]}");

        BsonDocument begun = Commander.run(one, "shop", "{mergeBranch: 'dev'}");
        assertThat(begun.getString("status").getValue()).isEqualTo("conflicts");
        BsonDocument refused = Commander.reply(two, "shop", "{mergeBranch: 'dev'}");
        assertThat(refused.getInt32("code").getValue()).as("%s", refused).isEqualTo(117);
        Commander.run(two, "shop", "{resolveConflict: {}, take: 'theirs'}");
        Commander.run(one, "shop", "{insert: 'items', documents: [{_id: 2}]}");
        BsonDocument finished = Commander.run(two, "shop", "{mergeBranch: 1, continue: true}");

        assertThat(finished.getString("status").getValue()).isEqualTo("merged");
        assertThat(count(one, "{count: 'items', query: {n: 1}, readConcern: {level: 'linearizable'}}"))
                .isEqualTo(1);
        assertThat(Commander.reply(one, "shop", "{listConflicts: 1}")
                        .getInt32("code")
                        .getValue())
                .isEqualTo(4);
        assertThat(Commander.run(one, "shop", "{mergeBranch: 'dev'}")
                        .getString("status")
                        .getValue())
                .isEqualTo("upToDate");
    }

    @Test
    void a_merge_that_meets_a_write_of_another_is_made_again_with_it() {
        Commander.run(one, "shop", "{createBranch: 'dev'}");
        Commander.run(one, "shop~dev", "{insert: 'items', documents: [{_id: 2}]}");
        Commander.run(two, "shop", "{insert: 'items', documents: [{_id: 3}]}");

        BsonDocument planned = Commander.run(one, "shop", "{mergeBranch: 'dev', dryRun: true}");
        Commander.run(two, "shop", "{insert: 'items', documents: [{_id: 4}]}");
        BsonDocument stale = Commander.reply(
                one,
                "shop",
                "{mergeBranch: 'dev', plan: '" + planned.getString("plan").getValue() + "'}");
        assertThat(stale.getInt32("code").getValue()).as("%s", stale).isEqualTo(112);
        Commander.run(one, "shop", "{mergeBranch: 'dev'}");

        assertThat(count(two, "{count: 'items', readConcern: {level: 'linearizable'}}"))
                .isEqualTo(4);
    }

    @Test
    void a_partial_branch_that_another_process_made_shows_the_same_here() {
        Commander.run(one, "shop", "{insert: 'other', documents: [{_id: 1}]}");
        Commander.run(one, "shop", "{createBranch: 'part', collections: ['items'], mask: {items: {secret: 'redact'}}}");
        Commander.run(one, "shop~part", "{insert: 'items', documents: [{_id: 2, secret: 'marker'}]}");
        String find = "{find: 'items', filter: {_id: 2}, readConcern: {level: 'linearizable'}}";
        BsonDocument here = Commander.run(two, "shop~part", find).getDocument("cursor");
        assertThat(here.toJson()).contains("***").doesNotContain("marker");
        assertThat(here).isEqualTo(Commander.run(one, "shop~part", find).getDocument("cursor"));
        assertThat(Commander.run(two, "shop~part", "{listCollections: 1, nameOnly: true}")
                        .toJson())
                .contains("items")
                .doesNotContain("other");
    }

    @Test
    void merges_of_two_processes_into_one_branch_at_once_bring_all_of_both() throws Exception {
        Commander.run(one, "shop", "{createBranch: 'a'}");
        Commander.run(one, "shop", "{createBranch: 'b', collections: ['items']}");
        Commander.run(one, "shop", "{insert: 'apart', documents: [{_id: 1}]}");
        assertThat(count(two, "{count: 'apart', readConcern: {level: 'linearizable'}}"))
                .isEqualTo(1);
        int rounds = 20;
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread other = new Thread(() -> merges(two, "b", 200, rounds));
        other.setUncaughtExceptionHandler((thread, e) -> failure.set(e));
        other.start();
        merges(one, "a", 100, rounds);
        other.join();

        assertThat(failure.get()).isNull();
        for (Engine engine : List.of(one, two)) {
            assertThat(count(engine, "{count: 'items', readConcern: {level: 'linearizable'}}"))
                    .isEqualTo(1 + 2 * rounds);
            assertThat(count(engine, "{count: 'apart'}")).isEqualTo(1);
            assertThat(Commander.run(engine, "shop", "{walReplay: 1}")
                            .getBoolean("same")
                            .getValue())
                    .isTrue();
            assertThat(Commander.run(engine, "shop", "{validate: 'items'}")
                            .getBoolean("valid")
                            .getValue())
                    .isTrue();
            for (String branch : List.of("a", "b")) {
                assertThat(Commander.run(engine, "shop", "{mergeBranch: '" + branch + "'}")
                                .getString("status")
                                .getValue())
                        .isEqualTo("upToDate");
            }
        }
    }

    private static void merges(Engine engine, String branch, int first, int rounds) {
        for (int i = first; i < first + rounds; i++) {
            Commander.run(engine, "shop~" + branch, "{insert: 'items', documents: [{_id: " + i + "}]}");
            String status = Commander.run(engine, "shop", "{mergeBranch: '" + branch + "', ff: 'never'}")
                    .getString("status")
                    .getValue();
            assertThat(status).isEqualTo("merged");
        }
    }

    private static int count(Engine engine, String command) {
        return count(engine, "shop", command);
    }

    private static int count(Engine engine, String database, String command) {
        return Commander.run(engine, database, command).getInt32("n").getValue();
    }

    /** The files of one process, as if others could write to them. */
    private record Shared(Store files) implements Store {
        @Override
        public LogStore log(String id) {
            return files.log(id);
        }

        @Override
        public boolean shared() {
            return true;
        }

        @Override
        public PageStore pages(String id) {
            return files.pages(id);
        }

        @Override
        public CheckpointStore checkpoints(String id) {
            return files.checkpoints(id);
        }

        @Override
        public String describe() {
            return files.describe();
        }

        @Override
        public void publish(View view) {
            files.publish(view);
        }

        @Override
        public void close() {}
    }
}
