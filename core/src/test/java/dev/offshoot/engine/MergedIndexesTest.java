package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Indexes of all kinds behind merges, undos, reverts, cherry-picks, rebases, restores and resets: they hold what an index built anew would. */
class MergedIndexesTest {
    private static final List<String> KINDS = List.of(
            "{key: {bio: 'text', title: 'text'}, name: 'text', weights: {title: 5}}",
            "{key: {loc: '2dsphere'}, name: 'geo'}",
            "{key: {at: '2d'}, name: 'flat'}",
            "{key: {'$**': 1}, name: 'all'}",
            "{key: {'sub.$**': 1}, name: 'below'}",
            "{key: {n: 1, 'sub.$**': 1}, name: 'mixed'}",
            "{key: {n: 1, tags: -1}, name: 'compound'}",
            "{key: {bio: 'hashed'}, name: 'hashed'}",
            "{key: {n: 1}, name: 'partial', partialFilterExpression: {n: {$gt: 3}}}",
            "{key: {title: 1}, name: 'collated', collation: {locale: 'de', strength: 1}}",
            "{key: {u: 1}, name: 'unique', unique: true, partialFilterExpression: {u: {$exists: true}}}",
            "{key: {s: 1}, name: 'sparse', sparse: true}",
            "{key: {'lines.q': 1}, name: 'multi'}",
            "{key: {d: 1}, name: 'ttl', expireAfterSeconds: 1000000000}");

    @AutoClose
    private final Commander commander;

    MergedIndexesTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void indexes_of_all_kinds_hold_what_they_would_if_they_were_built_anew(int seed) {
        Random random = new Random(seed);
        String half = String.join(", ", KINDS.subList(0, seed % KINDS.size()));
        run("main", "{create: 'c'" + (seed % 3 == 0 ? ", collation: {locale: 'en', strength: 2}" : "") + "}");
        if (!half.isEmpty()) {
            commander.reply(
                    "shop~main", BsonDocument.parse("{createIndexes: 'c', indexes: [" + simple(half, seed) + "]}"));
        }
        work("main", random, 25);
        run("main", "{createBranch: 'dev'}");
        run("main", "{createBranch: 'part', collections: ['c'], mask: {c: {bio: 'redact'}}}");
        long start = lsn();
        for (int round = 0; round < 3; round++) {
            for (String branch : List.of("main", "dev", "part")) {
                work(branch, random, 8);
                index(branch, random, seed);
            }
            merge("{mergeBranch: 'dev', into: 'main', ff: 'never'", random);
            merge("{mergeBranch: 'main', into: 'part', strategy: 'theirs'", random);
            merge("{mergeBranch: 'part', into: 'dev', strategy: 'ours'", random);
            check();
        }
        merge("{rebaseBranch: 'dev', onto: 'main', strategy: 'theirs'", random);
        merge("{undoChanges: 1, from: " + start + ", into: 'part', strategy: 'theirs'", random);
        check();
        commander.reply("shop~main", BsonDocument.parse("{restore: 'c', at: " + start + "}"));
        check();
        commander.restart();
        check();
    }

    @Test
    void a_capped_collection_that_both_sides_filled_holds_the_newest_of_both_and_its_indexes() {
        run("main", "{create: 'c', capped: true, size: 4096, max: 20}");
        run("main", "{createIndexes: 'c', indexes: [{key: {n: 1}, name: 'n'}, {key: {bio: 'text'}, name: 't'}]}");
        fill("main", 0, 15);
        run("main", "{createBranch: 'dev'}");
        for (int round = 1; round < 4; round++) {
            fill("main", round * 100, 13);
            fill("dev", round * 100 + 50, 13);
            merge("{mergeBranch: 'dev', into: 'main', strategy: 'theirs'", new Random(round));
            merge("{mergeBranch: 'main', into: 'dev', strategy: 'theirs'", new Random(round));
            check();
            assertThat(commander.list("shop", "{find: 'c'}")).hasSize(20);
            assertThat(commander.list("shop", "{find: 'c'}")).isEqualTo(commander.list("shop~dev", "{find: 'c'}"));
        }
    }

    private void fill(String branch, int from, int count) {
        for (int i = from; i < from + count; i++) {
            run(branch, "{insert: 'c', documents: [{_id: " + i + ", n: " + i + ", bio: 'word" + i + "'}]}");
        }
    }

    /** Hidden fields are in no index that a masked branch may make, and one text index is all there may be. */
    private static String simple(String specs, int seed) {
        return seed % 3 == 0
                ? specs.replace("weights: {title: 5}", "weights: {title: 5}, collation: {locale: 'simple'}")
                        .replace(
                                "{key: {loc: '2dsphere'}, name: 'geo'}",
                                "{key: {loc: '2dsphere'}, name: 'geo', collation: {locale: 'simple'}}")
                        .replace(
                                "{key: {at: '2d'}, name: 'flat'}",
                                "{key: {at: '2d'}, name: 'flat', collation: {locale: 'simple'}}")
                : specs;
    }

    private void index(String branch, Random random, int seed) {
        String spec = simple(KINDS.get(random.nextInt(KINDS.size())), seed);
        String name = BsonDocument.parse(spec).getString("name").getValue();
        String command = random.nextBoolean()
                ? "{createIndexes: 'c', indexes: [" + spec + "]}"
                : "{dropIndexes: 'c', index: '" + name + "'}";
        commander.reply("shop~" + branch, BsonDocument.parse(command));
    }

    private void work(String branch, Random random, int steps) {
        for (int i = 0; i < steps; i++) {
            int id = random.nextInt(30);
            int v = random.nextInt(9);
            String command = switch (random.nextInt(7)) {
                case 0 -> "{delete: 'c', deletes: [{q: {_id: " + id + "}, limit: 1}]}";
                case 1 -> update(id, "{$set: {n: " + v + ", u: " + id + "}, $push: {tags: 't" + v + "'}}");
                case 2 -> update(id, "{$set: {'sub.x" + v + "': [" + v + ", {y: " + id + "}]}}");
                case 3 -> update(id, "{$unset: {loc: 1, s: 1}, $set: {title: 'Ärger " + v + "'}}");
                case 4 -> update(id, "{$set: {bio: 'the cats run " + v + "', u: " + (id + v % 2) + "}}");
                default ->
                    "{update: 'c', updates: [{q: {_id: " + id + "}, u: {_id: " + id + ", n: " + v + ", s: " + v
                            + ", bio: 'dogs walk " + id + "', title: 'Title " + v
                            + "', loc: {type: 'Point', coordinates: [" + v + ", " + id + "]}, at: [" + v + ", "
                            + v + "], tags: ['a', " + v + "], sub: {a: {b: " + v + "}}, lines: [{_id: 1, q: "
                            + v + "}, {_id: 2, q: " + id
                            + "}], d: {$date: '2026-01-01T00:00:00Z'}}, upsert: true}]}";
            };
            commander.reply("shop~" + branch, BsonDocument.parse(command));
        }
    }

    private static String update(int id, String update) {
        return "{update: 'c', updates: [{q: {_id: " + id + "}, u: " + update + "}]}";
    }

    private void merge(String command, Random random) {
        BsonDocument begun = commander.reply("shop", BsonDocument.parse(command + "}"));
        String into = begun.containsKey("into") && begun.isDocument("into")
                ? begun.getDocument("into").getString("branch").getValue()
                : "main";
        List<String> open = new ArrayList<>();
        for (int i = 0; i < 4 && conflicts(begun); i++) {
            commander.run(
                    "shop",
                    "{resolveConflict: {}, into: '" + into + "', take: '" + (random.nextBoolean() ? "ours" : "theirs")
                            + "'}");
            begun = commander.reply(
                    "shop~" + into,
                    BsonDocument.parse(
                            command.startsWith("{undo")
                                    ? "{undoChanges: 1, continue: true}"
                                    : command.startsWith("{rebase")
                                            ? "{rebaseBranch: 1, continue: true}"
                                            : "{mergeBranch: 1, continue: true}"));
        }
        if (conflicts(begun)) {
            commander.reply("shop~" + into, BsonDocument.parse("{mergeBranch: 1, abort: true}"));
            commander.reply("shop~" + into, BsonDocument.parse("{undoChanges: 1, abort: true}"));
            commander.reply("shop~" + into, BsonDocument.parse("{rebaseBranch: 1, abort: true}"));
        }
        assertThat(open).isEmpty();
    }

    private static boolean conflicts(BsonDocument reply) {
        return reply.containsKey("status")
                && reply.getString("status").getValue().equals("conflicts");
    }

    private void check() {
        for (String branch : List.of("main", "dev", "part")) {
            BsonDocument report = commander.reply("shop~" + branch, BsonDocument.parse("{validate: 'c', full: true}"));
            if (branch.equals("main") || report.getNumber("ok").intValue() == 1) {
                assertThat(report.getBoolean("valid").getValue())
                        .as("%s: %s", branch, report.toJson())
                        .isTrue();
                assertThat(run(branch, "{walReplay: 1}").getBoolean("same").getValue())
                        .isTrue();
            }
        }
    }

    private long lsn() {
        return commander.run("shop", "{listBranches: 1}").getInt64("lsn").getValue();
    }

    private BsonDocument run(String branch, String command) {
        return commander.run("shop~" + branch, command);
    }
}
