package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Joins of random documents against a model that compares each with each, with an index on the other side and without. */
class LookupModelTest {
    private static final int ROUNDS = 150;
    private static final String[] PATHS = {"a", "b", "a.x", "a.y.x"};

    @AutoClose
    private final Commander commander;

    LookupModelTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
    }

    @Test
    void every_form_of_lookup_finds_what_the_model_finds() {
        int matches = 0;
        for (int seed = 0; seed < ROUNDS; seed++) {
            SplittableRandom chance = new SplittableRandom(seed);
            commander.run("shop", "{dropDatabase: 1}");
            List<BsonDocument> local = insert("l", chance);
            List<BsonDocument> foreign = insert("f", chance);
            String localPath = PATHS[chance.nextInt(PATHS.length)];
            String foreignPath = PATHS[chance.nextInt(PATHS.length)];
            List<List<Integer>> expected = local.stream()
                    .map(document -> joined(document, localPath, foreign, foreignPath))
                    .toList();
            matches += expected.stream().mapToInt(List::size).sum();

            check("without an index, seed " + seed, localPath, foreignPath, expected);
            commander.run("shop", "{createIndexes: 'f', indexes: [{key: {'" + foreignPath + "': 1}, name: 'i'}]}");
            check("with an index, seed " + seed, localPath, foreignPath, expected);
        }
        assertThat(matches).as("pairs that were found").isGreaterThan(ROUNDS);
    }

    @Test
    void a_result_larger_than_a_document_may_be_is_refused_and_can_be_unwound() {
        String large = "x".repeat(1 << 20);
        for (int i = 0; i < 17; i++) {
            commander.run("shop", "{insert: 'f', documents: [{_id: " + i + ", text: '" + large + "'}]}");
        }
        commander.run("shop", "{insert: 'l', documents: [{_id: 0}]}");
        String join = "{$lookup: {from: 'f', pipeline: [], as: 'r'}}";

        commander.fail(10334, "shop", "{aggregate: 'l', cursor: {}, pipeline: [" + join + "]}");
        assertThat(commander.list(
                        "shop",
                        "{aggregate: 'l', cursor: {}, pipeline: [" + join
                                + ", {$unwind: '$r'}, {$project: {_id: '$r._id'}}]}"))
                .hasSize(17);
        assertThat(commander.list(
                        "shop",
                        "{aggregate: 'l', cursor: {}, pipeline: [" + join + ", {$project: {n: {$size: '$r'}}}]}"))
                .containsExactly(BsonDocument.parse("{_id: 0, n: 17}"));
    }

    private void check(String when, String localPath, String foreignPath, List<List<Integer>> expected) {
        String fields = "localField: '" + localPath + "', foreignField: '" + foreignPath + "'";
        assertThat(ids("{$lookup: {from: 'f', " + fields + ", as: 'r'}}"))
                .as("by fields %s, %s", fields, when)
                .isEqualTo(expected);
        assertThat(ids("{$lookup: {from: 'f', " + fields + ", pipeline: [{$match: {_id: {$gte: 0}}}], as: 'r'}}"))
                .as("by fields and a pipeline %s, %s", fields, when)
                .isEqualTo(expected);
        assertThat(
                        ids(
                                "{$lookup: {from: 'f', " + fields + ", as: 'r'}}, {$unwind: {path: '$r',"
                                        + " preserveNullAndEmptyArrays: true}}, {$group: {_id: '$_id', r: {$push: '$r'}}}, {$sort: {_id: 1}}"))
                .as("unwound %s, %s", fields, when)
                .isEqualTo(expected);
        assertThat(ids(byVariable(localPath, "{$eq: ['$" + foreignPath + "', '$$v']}")))
                .as("equal to a variable, %s, %s", fields, when)
                .isEqualTo(ids(byVariable(localPath, "{$not: {$ne: ['$" + foreignPath + "', '$$v']}}")));
    }

    /** A join by expression; one that is not written as an equality is not found by a table or an index. */
    private static String byVariable(String localPath, String condition) {
        return "{$lookup: {from: 'f', let: {v: '$" + localPath + "'}, pipeline: [{$match: {$expr: " + condition
                + "}}], as: 'r'}}";
    }

    private List<List<Integer>> ids(String stages) {
        String project = ", {$project: {r: {$sortArray: {input: '$r._id', sortBy: 1}}}}";
        return commander
                .list(
                        "shop",
                        "{aggregate: 'l', cursor: {batchSize: 1000}, pipeline: [{$sort: {_id: 1}}, " + stages + project
                                + "]}")
                .stream()
                .map(document -> document.getArray("r").stream()
                        .map(id -> id.asInt32().getValue())
                        .toList())
                .toList();
    }

    private List<BsonDocument> insert(String collection, SplittableRandom chance) {
        List<BsonDocument> documents = new ArrayList<>();
        int n = 3 + chance.nextInt(8);
        for (int i = 0; i < n; i++) {
            BsonDocument document = new BsonDocument("_id", new BsonInt32(i));
            for (String name : List.of("a", "b")) {
                if (chance.nextInt(5) > 0) {
                    document.append(name, value(chance, 0));
                }
            }
            documents.add(document);
        }
        commander.run(
                "shop",
                new BsonDocument("insert", new BsonString(collection)).append("documents", new BsonArray(documents)));
        return documents;
    }

    private static BsonValue value(SplittableRandom chance, int depth) {
        switch (chance.nextInt(depth < 3 ? 9 : 5)) {
            case 0 -> {
                return BsonNull.VALUE;
            }
            case 1 -> {
                return BsonBoolean.TRUE;
            }
            case 2 -> {
                return new BsonString("s" + chance.nextInt(2));
            }
            case 3 -> {
                return new BsonDouble(chance.nextInt(3));
            }
            case 4 -> {
                return new BsonInt32(chance.nextInt(3));
            }
            case 5, 6 -> {
                BsonArray array = new BsonArray();
                for (int i = chance.nextInt(4); i > 0; i--) {
                    array.add(value(chance, depth + 1));
                }
                return array;
            }
            default -> {
                BsonDocument inner = new BsonDocument();
                for (String name : List.of("x", "y")) {
                    if (chance.nextBoolean()) {
                        inner.append(name, value(chance, depth + 1));
                    }
                }
                return inner;
            }
        }
    }

    // ---- the model: the words of the manual, without bytes, keys or filters

    private static List<Integer> joined(
            BsonDocument local, String localPath, List<BsonDocument> foreign, String foreignPath) {
        List<BsonValue> wanted = new ArrayList<>();
        localValues(local, localPath.split("\\."), 0, wanted);
        if (wanted.isEmpty()) {
            wanted.add(BsonNull.VALUE);
        }
        return foreign.stream()
                .filter(document ->
                        wanted.stream().anyMatch(value -> has(document, foreignPath.split("\\."), 0, value)))
                .map(document -> document.getInt32("_id").getValue())
                .toList();
    }

    private static void localValues(BsonDocument document, String[] path, int at, List<BsonValue> values) {
        BsonValue value = document.get(path[at]);
        if (value == null) {
            return;
        }
        List<BsonValue> each = value.isArray() ? value.asArray() : List.of(value);
        if (at == path.length - 1) {
            values.addAll(each);
            return;
        }
        for (BsonValue element : each) {
            if (element.isDocument()) {
                localValues(element.asDocument(), path, at + 1, values);
            }
        }
    }

    private static boolean has(BsonDocument document, String[] path, int at, BsonValue wanted) {
        BsonValue value = document.get(path[at]);
        if (at == path.length - 1) {
            return value == null
                    ? wanted.isNull()
                    : same(value, wanted)
                            || (value.isArray() && value.asArray().stream().anyMatch(element -> same(element, wanted)));
        }
        if (value != null && value.isDocument()) {
            return has(value.asDocument(), path, at + 1, wanted);
        }
        if (value != null && value.isArray()) {
            return value.asArray().stream()
                    .anyMatch(element -> element.isDocument() && has(element.asDocument(), path, at + 1, wanted));
        }
        return wanted.isNull();
    }

    private static boolean same(BsonValue a, BsonValue b) {
        if (a.isNumber() && b.isNumber()) {
            return a.asNumber().doubleValue() == b.asNumber().doubleValue();
        }
        if (a.isArray() && b.isArray()) {
            return allSame(a.asArray(), b.asArray());
        }
        if (a.isDocument() && b.isDocument()) {
            return List.copyOf(a.asDocument().keySet())
                            .equals(List.copyOf(b.asDocument().keySet()))
                    && allSame(
                            List.copyOf(a.asDocument().values()),
                            List.copyOf(b.asDocument().values()));
        }
        return a.equals(b);
    }

    private static boolean allSame(List<BsonValue> a, List<BsonValue> b) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            if (!same(a.get(i), b.get(i))) {
                return false;
            }
        }
        return true;
    }
}
