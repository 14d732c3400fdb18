package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.archive.MemoryBlobs;
import dev.offshoot.archive.Restore;
import dev.offshoot.archive.Shipping;
import dev.offshoot.archive.ShippingLimits;
import dev.offshoot.store.file.FileStoreOptions;
import dev.offshoot.wal.Origin;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A project with all that a history may hold goes through an archive, and is what it was: to read, to merge on, to bring back. */
class ArchivedProjectTest {
    private static final FileStoreOptions FILES = FileStoreOptions.defaults().withSegmentBytesMax(4096);

    @TempDir
    private Path folder = Path.of("");

    private final MemoryBlobs blobs = new MemoryBlobs();

    @ParameterizedTest
    @ValueSource(strings = {"log", "checkpoint", "trimmed"})
    void all_of_its_branches_and_what_waits_on_them_is_there(String kind) {
        Map<String, String> before = new TreeMap<>();
        try (Commander from = open("from")) {
            history(from);
            if (!kind.equals("log")) {
                fill(from, 120);
                from.run("shop", "{walCheckpoint: 1}");
                fill(from, 120);
            }
            if (kind.equals("trimmed")) {
                from.run("shop", "{mergeBranch: 1, abort: true}"); // what it began with goes
                from.run("shop", "{mergeBranch: 'dev'}");
                from.run("shop", "{walCheckpoint: 1}");
                from.restart();
                from.run("shop", "{walCleanup: 1, retainMillis: 0, graceMillis: 0}");
                assertThat(from.run("shop", "{branchLog: 1, limit: 1}")
                                .getInt64("first_lsn")
                                .getValue())
                        .isGreaterThan(100);
            }
            before.putAll(seen(from, kind.equals("trimmed")));
            ship(from);
        }
        try (Commander to = open("to")) {
            restore(to, null);
            for (int round = 0; round < 2; round++) {
                assertThat(seen(to, kind.equals("trimmed"))).isEqualTo(before);
                to.restart();
            }
            goOn(to, kind.equals("trimmed"));
        }
    }

    @Test
    void it_is_restored_as_it_was_at_every_position() {
        List<Long> marks;
        Map<Long, Map<String, String>> states = new TreeMap<>();
        try (Commander from = open("from")) {
            marks = history(from);
            ship(from);
            for (long mark : marks) {
                Map<String, String> state = new TreeMap<>();
                for (BsonValue branch : from.run("shop", "{listBranches: 1}").getArray("branches")) {
                    String name = branch.asDocument().getString("name").getValue();
                    if (branch.asDocument().getInt64("id").getValue() <= mark) {
                        state.put(name, state(from, "shop~" + name + "~" + mark));
                    }
                }
                states.put(mark, state);
            }
        }
        for (long mark : marks) {
            try (Commander to = open("to" + mark)) {
                restore(to, mark);
                Objects.requireNonNull(states.get(mark))
                        .forEach((branch, state) -> assertThat(state(to, "shop~" + branch + "~" + mark))
                                .as("%s at %d", branch, mark)
                                .isEqualTo(state));
            }
        }
    }

    private Commander open(String name) {
        return Commander.open(folder.resolve(name), EngineOptions.DEFAULT, FILES);
    }

    private void ship(Commander from) {
        new Shipping(
                        Objects.requireNonNull(from.engine().projects().find("shop"))
                                .content(),
                        blobs,
                        new ShippingLimits(6_000, 4_000),
                        System::currentTimeMillis)
                .round();
    }

    private void restore(Commander to, @Nullable Long lsn) {
        Restore.of(blobs, "shop", lsn)
                .into(to.engine().projects().adopt("shop", new Origin("test", "restore", "", "")));
        to.restart();
    }

    /** Returns positions on the way. */
    private static List<Long> history(Commander on) {
        on.run("shop", "{insert: 'a', documents: [{_id: 1, s: 'hidden', n: 0}, {_id: 2, s: 'hidden', n: 0}]}");
        on.run("shop", "{createIndexes: 'a', indexes: [{key: {n: 1}, name: 'n'}, {key: {s: 'text'}, name: 's'}]}");
        on.run("shop", "{insert: 'b', documents: [{_id: 1}]}");
        on.run("shop", "{createTag: 'v1'}");
        on.run("shop", "{createBranch: 'dev'}");
        on.run("shop", "{createBranch: 'part', collections: ['a']}");
        on.run("shop", "{createBranch: 'schema', schemaOnly: true}");
        on.run("shop", "{createBranch: 'masked', mask: {a: {s: 'hash'}}}");
        on.run("shop~masked", "{createBranch: 'below', collections: ['a']}");
        long first = lsn(on);
        on.run("shop~dev", "{update: 'a', updates: [{q: {_id: 1}, u: {$set: {n: 1}}}]}");
        on.run("shop~part", "{insert: 'a', documents: [{_id: 3, s: 'part', n: 3}]}");
        on.run("shop~schema", "{insert: 'a', documents: [{_id: 4, s: 'schema', n: 4}]}");
        on.run("shop~masked", "{update: 'a', updates: [{q: {_id: 2}, u: {$set: {n: 2}}}]}");
        for (String source : List.of("part", "schema", "masked")) {
            on.run("shop", "{mergeBranch: '" + source + "'}");
        }
        on.run("shop", "{mergeBranch: 'main', into: 'below'}");
        long second = lsn(on);
        on.run("shop", "{createBranch: 'moved'}");
        on.run("shop~moved", "{resetBranch: 1, to: 'part'}");
        on.run("shop~moved", "{restore: 'b', at: 'v1'}");
        on.run("shop~dev", "{insert: 'c', documents: [{_id: 1}]}");
        on.run("shop~dev", "{drop: 'c'}");
        on.run("shop~dev", "{undrop: 1, collection: 'c'}");
        on.run("shop~part", "{drop: 'a'}");
        on.run("shop", "{createBranch: 'gone', collections: ['b']}");
        on.run("shop", "{dropBranch: 'gone'}");
        on.run("shop", "{update: 'a', updates: [{q: {_id: 1}, u: {$set: {n: 7}}}]}");
        assertThat(on.run("shop", "{mergeBranch: 'dev'}").getString("status").getValue())
                .isEqualTo("conflicts");
        on.run("shop", "{mergeRequest: 'create', source: 'dev', into: 'masked', title: 'one'}");
        return List.of(first, second, lsn(on));
    }

    private static void fill(Commander on, int times) {
        for (int i = 0; i < times; i++) {
            on.run("shop", "{update: 'fill', updates: [{q: {_id: 1}, u: {$inc: {n: 1}}, upsert: true}]}");
        }
    }

    private static long lsn(Commander on) {
        return on.run("shop", "{listBranches: 1}").getInt64("lsn").getValue();
    }

    private static Map<String, String> seen(Commander on, boolean trimmed) {
        Map<String, String> seen = new TreeMap<>();
        for (BsonValue branch : on.run("shop", "{listBranches: 1}").getArray("branches")) {
            String name = branch.asDocument().getString("name").getValue();
            seen.put("branch " + name, branch.asDocument().toJson() + state(on, "shop~" + name));
            if (!trimmed) {
                for (long lsn = branch.asDocument().getInt64("base_lsn").getValue(); lsn < lsn(on); lsn += 3) {
                    seen.put(name + " at " + lsn, state(on, "shop~" + name + "~" + lsn));
                }
            }
        }
        seen.put("tag", state(on, "shop~v1"));
        seen.put("conflicts", on.list("shop", "{listConflicts: 1}").toString());
        seen.put(
                "requests",
                on.run("shop", "{mergeRequest: 'list'}")
                        .getArray("requests", new org.bson.BsonArray())
                        .toString());
        return seen;
    }

    private static String state(Commander on, String database) {
        StringBuilder text = new StringBuilder();
        for (String name : List.of("a", "b", "c")) {
            text.append(name).append(on.list(database, "{find: '" + name + "'}"));
        }
        for (BsonDocument collection : on.list(database, "{listCollections: 1, nameOnly: true}")) {
            text.append(on.list(
                    database, "{listIndexes: '" + collection.getString("name").getValue() + "'}"));
        }
        return text.toString();
    }

    /** What waited is finished, what was dropped comes back, and what is hidden stays hidden. */
    private static void goOn(Commander on, boolean trimmed) {
        on.run("shop", "{resolveConflict: {}, take: 'theirs'}");
        assertThat(on.run("shop", "{mergeBranch: 1, continue: true}")
                        .getString("status")
                        .getValue())
                .isEqualTo("merged");
        assertThat(on.list("shop", "{find: 'a', filter: {n: 1}}")).hasSize(1);
        if (!trimmed) {
            on.run("shop", "{undrop: 'gone'}");
            assertThat(on.list("shop~gone", "{listCollections: 1}")).hasSize(1);
        }
        on.run("shop", "{mergeBranch: 'main', into: 'masked'}");
        on.run("shop", "{mergeBranch: 'moved'}");
        on.run("shop~moved", "{mergeBranch: 'masked'}");
        for (String branch : List.of("masked", "below")) {
            assertThat(on.list("shop~" + branch, "{find: 'a'}").toString()).doesNotContain("hidden");
        }
        for (String branch : List.of("main", "moved")) {
            assertThat(on.list("shop~" + branch, "{find: 'a', filter: {_id: {$lte: 2}}}")
                            .toString())
                    .contains("hidden");
            assertThat(on.list("shop~" + branch, "{find: 'b'}")).hasSize(1);
            assertThat(on.run("shop~" + branch, "{validate: 'a', full: true}")
                            .getBoolean("valid")
                            .getValue())
                    .isTrue();
        }
    }
}
