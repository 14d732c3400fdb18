package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.Doc;
import dev.offshoot.merge.DocumentMerge;
import dev.offshoot.merge.MergeMode;
import dev.offshoot.merge.MergeRules;
import dev.offshoot.merge.MergeStrategy;
import dev.offshoot.merge.MergedDocument;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Project;
import dev.offshoot.state.RecordId;
import dev.offshoot.state.Snapshot;
import dev.offshoot.tree.Cursor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random work on two branches, merged: against what a merge of each document by itself comes to, and against what has to hold of any state. */
class MergeModelTest {
    @AutoClose
    private final Commander commander;

    MergeModelTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
    }

    static IntStream seeds() {
        return IntStream.range(0, Integer.getInteger("offshoot.merge.seeds", 15));
    }

    /** With ours untouched, a commit of the differences makes the very state of theirs: ids, bytes, order, indexes. */
    @ParameterizedTest
    @MethodSource("seeds")
    void merged_into_what_it_began_with_a_branch_is_what_it_was(int seed) {
        Random random = new Random(seed);
        base(random, true);
        work("shop~dev", random, 25, true);

        BsonDocument merged = commander.run("shop", "{mergeBranch: 'dev', squash: true}");

        assertThat(merged.getString("status").getValue()).as("seed %d", seed).isIn("merged", "upToDate");
        assertThat(described("main")).as("seed %d", seed).isEqualTo(described("dev"));
        commander.restart();
        assertThat(described("main")).as("seed %d, restarted", seed).isEqualTo(described("dev"));
        assertSound("shop");
    }

    /** Each document by itself, found by its _id. */
    @ParameterizedTest
    @MethodSource("seeds")
    void documents_become_what_each_of_them_would_become_alone(int seed) {
        Random random = new Random(seed);
        base(random, false);
        SortedMap<String, byte[]> before = documents("main");
        work("shop~dev", random, 12, false);
        work("shop", random, 12, false);
        MergeMode mode = List.of(MergeMode.values()).get(random.nextInt(4));
        SortedMap<String, byte[]> expected = new TreeMap<>();
        Set<String> conflicts = new TreeSet<>();
        merge(before, documents("main"), documents("dev"), MergeRules.of(mode), expected, conflicts);

        BsonDocument merged =
                commander.run("shop", "{mergeBranch: 'dev', ff: 'never', modes: {c0: '" + mode.word() + "'}}");

        assertThat(conflictIds(merged)).as("seed %d, %s", seed, mode.word()).isEqualTo(conflicts);
        if (!conflicts.isEmpty()) {
            commander.run("shop", "{resolveConflict: {}, into: 'main', take: 'ours'}");
            commander.run("shop", "{mergeBranch: 1, into: 'main', continue: true}");
        }
        assertThat(texts(documents("main")))
                .as("seed %d, %s", seed, mode.word())
                .isEqualTo(texts(expected));
        assertThat(commander
                        .run("shop", "{mergeBranch: 'dev'}")
                        .getString("status")
                        .getValue())
                .isEqualTo("upToDate");
    }

    /** Whatever both sides do, with a strategy and with decisions the outcome is sound and survives a restart. */
    @ParameterizedTest
    @MethodSource("seeds")
    void whatever_both_sides_did_the_outcome_is_sound(int seed) {
        Random random = new Random(seed);
        base(random, true);
        for (int round = 0; round < 4; round++) {
            work("shop~dev", random, 12, true);
            work("shop", random, 12, true);
            String into = random.nextBoolean() ? "main" : "dev";
            String source = into.equals("main") ? "dev" : "main";
            String strategy =
                    random.nextBoolean() ? "" : ", strategy: '" + (random.nextBoolean() ? "ours" : "theirs") + "'";
            BsonDocument merged = commander.run(
                    "shop", "{mergeBranch: '" + source + "', into: '" + into + "', ff: 'never'" + strategy + "}");
            for (int i = 0; i < 5 && status(merged).equals("conflicts"); i++) {
                String take = random.nextBoolean() ? "theirs" : "ours";
                commander.run("shop", "{resolveConflict: {}, into: '" + into + "', take: '" + take + "'}");
                merged = commander.run("shop", "{mergeBranch: 1, into: '" + into + "', continue: true}");
            }
            if (status(merged).equals("conflicts")) {
                commander.run("shop", "{resolveConflict: {}, into: '" + into + "', take: 'ours'}");
                merged = commander.run("shop", "{mergeBranch: 1, into: '" + into + "', continue: true}");
            }
            if (status(merged).equals("conflicts")) {
                commander.run("shop", "{mergeBranch: 1, into: '" + into + "', abort: true}");
            }
            String live = described(into);
            assertSound("shop~" + into);
            commander.restart();
            assertThat(described(into)).as("seed %d, round %d", seed, round).isEqualTo(live);
        }
    }

    // ---- the model

    private static void merge(
            SortedMap<String, byte[]> before,
            SortedMap<String, byte[]> ours,
            SortedMap<String, byte[]> theirs,
            MergeRules rules,
            SortedMap<String, byte[]> merged,
            Set<String> conflicts) {
        Set<String> ids = new TreeSet<>(before.keySet());
        ids.addAll(ours.keySet());
        ids.addAll(theirs.keySet());
        for (String id : ids) {
            byte[] was = before.get(id);
            byte[] here = ours.get(id);
            byte[] there = theirs.get(id);
            byte[] outcome = here;
            if (Arrays.equals(here, was)) {
                outcome = there;
            } else if (!Arrays.equals(there, was) && (here != null || there != null)) {
                if (here == null || there == null) {
                    conflicts.add(id);
                } else {
                    MergedDocument both =
                            DocumentMerge.merge(was == null ? null : Doc.of(was), Doc.of(here), Doc.of(there), rules);
                    outcome = both.document().toBytes();
                    if (both.hasConflicts()) {
                        conflicts.add(id);
                        outcome = DocumentMerge.merge(
                                        was == null ? null : Doc.of(was),
                                        Doc.of(here),
                                        Doc.of(there),
                                        rules.otherwise(MergeStrategy.OURS))
                                .document()
                                .toBytes();
                    }
                }
            }
            if (outcome != null) {
                merged.put(id, outcome);
            }
        }
    }

    private Set<String> conflictIds(BsonDocument merged) {
        if (!status(merged).equals("conflicts")) {
            return Set.of();
        }
        return commander.list("shop", "{listConflicts: 1, into: 'main', cursor: {batchSize: 1000}}").stream()
                .map(conflict -> Commander.encode(new BsonDocument("_id", conflict.get("id")))
                        .first()
                        .value()
                        .toString())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private SortedMap<String, byte[]> documents(String branch) {
        SortedMap<String, byte[]> documents = new TreeMap<>();
        CollectionSnapshot collection = Objects.requireNonNull(state(branch).collection("c0"));
        Cursor<byte[]> cursor = collection.documents().ascending(null, null);
        while (cursor.next()) {
            String id =
                    Objects.requireNonNull(Doc.of(cursor.value()).get("_id")).toString();
            documents.put(id, cursor.value());
        }
        return documents;
    }

    private static List<String> texts(SortedMap<String, byte[]> documents) {
        return documents.values().stream()
                .map(bytes -> Doc.of(bytes).toString())
                .toList();
    }

    // ---- states

    private Snapshot state(String branch) {
        return project().head(branch);
    }

    private Project project() {
        return Objects.requireNonNull(commander.engine().projects().find("shop"));
    }

    /** All that can be told of a state, but for the ids of collections that were made again and the order of indexes. */
    private String described(String branch) {
        List<String> lines = new ArrayList<>();
        for (CollectionSnapshot collection : state(branch).all()) {
            lines.add(collection.name() + " " + new TreeSet<>(options(collection)));
            collection.indexes().stream()
                    .map(index -> "  " + index.spec() + " " + index.entries().size())
                    .sorted()
                    .forEach(lines::add);
            Cursor<byte[]> cursor = collection.documents().ascending(null, null);
            while (cursor.next()) {
                lines.add("  " + RecordId.of(cursor.key()) + " " + Doc.of(cursor.value()));
            }
        }
        return String.join("\n", lines);
    }

    private static List<String> options(CollectionSnapshot collection) {
        List<String> options = new ArrayList<>();
        collection.optionsWithoutUuid().forEach(option -> options.add(option.name() + ": " + option.value()));
        return options;
    }

    private void assertSound(String database) {
        int validated = 0;
        for (BsonDocument collection : commander.list(database, "{listCollections: 1, nameOnly: true}")) {
            if (collection.getString("type").getValue().equals("collection")) {
                BsonDocument reply = commander.run(
                        database, "{validate: '" + collection.getString("name").getValue() + "', full: true}");
                assertThat(reply.getBoolean("valid").getValue()).as("%s", reply).isTrue();
                validated++;
            }
        }
        assertThat(validated).isPositive();
    }

    // ---- random work

    private void base(Random random, boolean metadata) {
        commander.run("shop", "{create: 'c0'}");
        work("shop", random, 15, false);
        work("shop", random, 4, metadata);
        if (!names("shop").contains("c0")) {
            commander.run("shop", "{create: 'c0'}");
        }
        commander.run("shop", "{createBranch: 'dev'}");
    }

    private List<String> names(String database) {
        return commander.list(database, "{listCollections: 1, nameOnly: true}").stream()
                .map(collection -> collection.getString("name").getValue())
                .toList();
    }

    /** Commands that may fail, as those of people do. */
    private void work(String database, Random random, int steps, boolean metadata) {
        for (int i = 0; i < steps; i++) {
            String collection = metadata && random.nextInt(3) == 0 ? "c" + random.nextInt(3) : "c0";
            String command = metadata && random.nextInt(3) == 0
                    ? change(database, collection, random)
                    : write(collection, random);
            BsonDocument unused = commander.reply(
                    command.contains("renameCollection") ? "admin" : database, BsonDocument.parse(command));
        }
    }

    private static String write(String collection, Random random) {
        int id = random.nextInt(12);
        String field = List.of("a", "b", "n.x", "n.y", "k").get(random.nextInt(5));
        return switch (random.nextInt(6)) {
            case 0, 1 ->
                "{insert: '" + collection + "', documents: [{_id: " + id + ", a: " + random.nextInt(3) + ", k: "
                        + random.nextInt(6) + ", n: {x: 1}, l: [{_id: 1, v: 1}]}]}";
            case 2 -> "{delete: '" + collection + "', deletes: [{q: {_id: " + id + "}, limit: 1}]}";
            case 3 ->
                "{update: '" + collection + "', updates: [{q: {_id: " + id + "}, u: {$unset: {'" + field + "': 1}}}]}";
            case 4 ->
                "{update: '" + collection + "', updates: [{q: {_id: " + id + "}, u: {$push: {l: {_id: "
                        + random.nextInt(3) + ", v: " + random.nextInt(3) + "}}}}]}";
            default ->
                "{update: '" + collection + "', updates: [{q: {_id: " + id + "}, u: {$set: {'" + field + "': "
                        + random.nextInt(4) + "}}}]}";
        };
    }

    private static String change(String database, String collection, Random random) {
        String index = List.of("a", "b", "k").get(random.nextInt(3));
        return switch (random.nextInt(7)) {
            case 0 ->
                "{createIndexes: '" + collection + "', indexes: [{key: {" + index + ": 1}, name: 'i" + index
                        + "', unique: " + (index.equals("k") && random.nextBoolean()) + "}]}";
            case 1 -> "{dropIndexes: '" + collection + "', index: 'i" + index + "'}";
            case 2 -> "{collMod: '" + collection + "', validator: {a: {$lt: " + (1 + random.nextInt(3)) + "}}}";
            case 3 ->
                "{collMod: '" + collection + "', validationLevel: '"
                        + List.of("off", "moderate", "strict").get(random.nextInt(3)) + "'}";
            case 4 -> "{drop: 'c" + (1 + random.nextInt(2)) + "'}";
            case 5 ->
                "{renameCollection: '" + database + ".c" + (1 + random.nextInt(2)) + "', to: '" + database + ".c"
                        + (1 + random.nextInt(3)) + "'}";
            default -> "{create: 'v" + random.nextInt(2) + "', viewOn: '" + collection + "', pipeline: []}";
        };
    }

    private static String status(BsonDocument reply) {
        return reply.getString("status").getValue();
    }
}
