package dev.offshoot.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.mql.RandomQueries;
import dev.offshoot.mql.Sort;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every query has the same answer with and without an index, of every kind, on a branch and its parent, live and after a replay. */
class IndexedAnswersTest {
    private static final int DOCUMENTS = 30;
    private static final int QUERIES = 12;
    private static final List<String> PATHS = List.of("a", "a", "a.b", "a.b", "a.0", "a.c", "a.0.b", "a.b.c");
    private static final int FIRST_SEED = Integer.getInteger("offshoot.test.seed", 0);
    private static final List<String> INDEXES = List.of(
            "{key: {a: 1}}",
            "{key: {a: -1}}",
            "{key: {a: 1, b: -1}}",
            "{key: {b: 1, a: 1, c: -1}}",
            "{key: {'a.b': 1}}",
            "{key: {'a.b': 1, 'a.c': -1}}",
            "{key: {a: 1}, sparse: true}",
            "{key: {'a.b': 1, c: 1}, sparse: true}",
            "{key: {a: 1}, partialFilterExpression: {a: {$gt: 0}}}",
            "{key: {a: 1, b: 1}, partialFilterExpression: {b: {$exists: true}}}",
            "{key: {b: 1}, partialFilterExpression: {$or: [{a: {$type: 'string'}}, {a: {$lte: 1}}]}}",
            "{key: {a: 1}, hidden: true}",
            "{key: {a: 'hashed'}}",
            "{key: {a: 'hashed', b: 1}}",
            "{key: {'$**': 1}}",
            "{key: {'a.$**': -1}}",
            "{key: {'$**': 1}, wildcardProjection: {b: 0}}",
            "{key: {b: 1, 'a.$**': -1, c: 1}}",
            "{key: {'$**': 1, b: -1}, wildcardProjection: {b: 0}}",
            "{key: {'a.0': 1}}",
            "{key: {'a.0.b': 1, b: 1}}",
            "{key: {'a.b.c': -1, b: 1}}",
            "{key: {b: 1, 'a.b': 1, 'a.c': 1}}",
            "{key: {a: 1, b: 1}, sparse: true}",
            "{key: {a: 1}, unique: true}",
            "{key: {a: 1, b: -1}, collation: {locale: 'en', strength: 2}}",
            "{key: {'$**': 1}, collation: {locale: 'en', strength: 2}}",
            "{key: {b: 1, a: 1}, partialFilterExpression: {a: {$in: [0, 1, 'x']}}}");

    @AutoClose
    private final Commander commander;

    private final Map<String, Integer> used = new HashMap<>();
    private int answers;

    IndexedAnswersTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
    }

    @Test
    void every_query_has_the_same_answer_with_and_without_an_index() {
        for (int seed = FIRST_SEED; seed < FIRST_SEED + 4 * INDEXES.size(); seed++) {
            String index = INDEXES.get(seed % INDEXES.size());
            String project = "p" + seed;
            make(project, index, seed);
            compare(project, seed, index);
            compare(project + "~exp", seed, index);
        }
        commander.restart();
        for (int seed = FIRST_SEED; seed < FIRST_SEED + 4 * INDEXES.size(); seed++) {
            String index = INDEXES.get(seed % INDEXES.size());
            compare("p" + seed, seed + 1000, index);
            compare("p" + seed + "~exp", seed + 1000, index);
        }
        assertThat(answers).as("documents compared").isGreaterThan(20_000);
        assertThat(used).as("plans").containsKeys("IXSCAN", "COLLSCAN", "OR", "SORT", "DISTINCT_SCAN", "COUNT_SCAN");
        assertThat(used.get("IXSCAN")).isGreaterThan(500);
    }

    /** Two collections with the same documents, one with an index; a branch on which both go on otherwise than on its parent. */
    private void make(String project, String index, int seed) {
        RandomQueries random = new RandomQueries(new Random(seed));
        BsonDocument spec = BsonDocument.parse(index).append("name", new BsonString("i"));
        commander.run(
                project,
                new BsonDocument("createIndexes", new BsonString("indexed"))
                        .append("indexes", new BsonArray(List.of(spec))));
        insert(project, random, seed, 0);
        commander.run(project, "{createBranch: 'exp'}");
        change(project, "{q: {_id: {$lt: 5}}, u: {$set: {b: 1}}, multi: true}");
        insert(project + "~exp", random, seed, DOCUMENTS);
        change(project + "~exp", "{q: {_id: {$gt: 25}}, u: {$unset: {a: 1}}, multi: true}");
        for (String collection : List.of("plain", "indexed")) {
            commander.run(project, "{delete: '" + collection + "', deletes: [{q: {_id: {$mod: [7, 0]}}, limit: 0}]}");
        }
    }

    private void change(String database, String statement) {
        BsonDocument reply = commander.run(database, "{update: 'indexed', updates: [" + statement + "]}");
        if (!reply.containsKey("writeErrors")) {
            commander.run(database, "{update: 'plain', updates: [" + statement + "]}");
        }
    }

    private void insert(String database, RandomQueries random, int seed, int first) {
        for (int i = first; i < first + DOCUMENTS; i++) {
            BsonDocument document = new BsonDocument("_id", new BsonInt32(i));
            random.document(seed % 3).forEach(document::append);
            BsonArray documents = new BsonArray(List.of(document));
            BsonDocument reply = commander.run(
                    database, new BsonDocument("insert", new BsonString("indexed")).append("documents", documents));
            if (!reply.containsKey("writeErrors")) {
                commander.run(
                        database, new BsonDocument("insert", new BsonString("plain")).append("documents", documents));
            }
        }
    }

    private void compare(String database, int seed, String index) {
        Random chance = new Random(seed);
        RandomQueries random = new RandomQueries(chance);
        for (int i = 0; i < QUERIES; i++) {
            BsonDocument filter = switch (chance.nextInt(6)) {
                case 0 -> random.filter(2);
                case 1 -> new BsonDocument();
                case 2 ->
                    new BsonDocument(
                            "$or",
                            new BsonArray(List.of(random.indexable(List.of("a")), random.indexable(List.of("_id")))));
                default -> random.indexable(List.of(PATHS.get(chance.nextInt(PATHS.size())), "b"));
            };
            String what = database + " " + index + " " + filter.toJson() + ", seed " + seed;
            BsonDocument find = new BsonDocument("filter", filter);
            if (chance.nextInt(3) == 0) {
                find.append("collation", BsonDocument.parse("{locale: 'en', strength: 2}"));
            }
            same(database, find, what);
            hinted(database, find, index, what);
            same(database, find.clone().append("projection", BsonDocument.parse("{a: 1, b: 1, _id: 0}")), what);
            sorted(database, find, chance, what);
            BsonDocument query = new BsonDocument("query", filter);
            equal(database, "count", "n", query, what);
            equal(database, "distinct", "values", query.clone().append("key", new BsonString("a")), what);
        }
    }

    private void sorted(String database, BsonDocument find, Random chance, String what) {
        BsonDocument order = new BsonDocument("a", new BsonInt32(chance.nextBoolean() ? 1 : -1));
        if (chance.nextBoolean()) {
            order.append("b", new BsonInt32(chance.nextBoolean() ? 1 : -1));
        }
        BsonDocument sorted = find.clone().append("sort", order);
        BsonDocument plain = commander.reply(database, command("find", "plain", sorted));
        if (!plain.containsKey("cursor")) {
            return; // parallel arrays cannot be sorted by
        }
        same(database, sorted, what);
        Comparator<dev.offshoot.bson.Doc> comparator =
                Sort.compile(Commander.encode(order)).comparator();
        List<BsonDocument> documents = documents(database, "indexed", sorted);
        for (int i = 1; i < documents.size(); i++) {
            assertThat(comparator.compare(Commander.encode(documents.get(i - 1)), Commander.encode(documents.get(i))))
                    .as("order of %s by %s", what, order)
                    .isLessThanOrEqualTo(0);
        }
        part(database, sorted, chance, comparator, what);
        first(database, sorted, comparator, what);
    }

    /** With an index that holds every document, and all of their values. */
    private void hinted(String database, BsonDocument find, String index, String what) {
        BsonDocument spec = BsonDocument.parse(index);
        boolean whole = !spec.containsKey("sparse")
                && !spec.containsKey("partialFilterExpression")
                && !spec.containsKey("hidden")
                && !index.contains("**");
        if (whole) {
            List<String> plain = texts(documents(database, "plain", find));
            BsonDocument hinted = find.clone().append("hint", new BsonString("i"));
            assertThat(texts(documents(database, "indexed", hinted)))
                    .as("hinted %s", what)
                    .isEqualTo(plain);
            BsonDocument count = new BsonDocument("query", find.get("filter")).append("hint", new BsonString("i"));
            BsonDocument reply = commander.run(database, command("count", "indexed", count));
            if (!find.containsKey("collation")) {
                assertThat(reply.getInt32("n").getValue())
                        .as("hinted count %s", what)
                        .isEqualTo(plain.size());
            }
        }
    }

    /** Some documents of an order, which may be others only where they are alike to it. */
    private void part(
            String database,
            BsonDocument sorted,
            Random chance,
            Comparator<dev.offshoot.bson.Doc> comparator,
            String what) {
        BsonDocument part = sorted.clone()
                .append("skip", new BsonInt32(chance.nextInt(4)))
                .append("limit", new BsonInt32(1 + chance.nextInt(6)));
        alike(documents(database, "plain", part), documents(database, "indexed", part), comparator, part + " " + what);
    }

    /** The one that a write means. */
    private void first(
            String database, BsonDocument sorted, Comparator<dev.offshoot.bson.Doc> comparator, String what) {
        BsonDocument write = new BsonDocument("query", sorted.getDocument("filter"))
                .append("sort", sorted.getDocument("sort"))
                .append("update", BsonDocument.parse("{$unset: {nothing: 1}}"));
        alike(
                changed(database, command("findAndModify", "plain", write)),
                changed(database, command("findAndModify", "indexed", write)),
                comparator,
                write + " " + what);
    }

    private List<BsonDocument> changed(String database, BsonDocument command) {
        BsonValue value = requireNonNull(commander.run(database, command).get("value"));
        return value.isNull() ? List.of() : List.of(value.asDocument());
    }

    private static void alike(
            List<BsonDocument> plain,
            List<BsonDocument> indexed,
            Comparator<dev.offshoot.bson.Doc> comparator,
            String what) {
        assertThat(indexed).as(what).hasSameSizeAs(plain);
        for (int i = 0; i < plain.size(); i++) {
            assertThat(comparator.compare(Commander.encode(plain.get(i)), Commander.encode(indexed.get(i))))
                    .as("%d of %s: %s and %s", i, what, plain, indexed)
                    .isZero();
        }
    }

    private void equal(String database, String name, String field, BsonDocument fields, String what) {
        BsonValue plain = requireNonNull(
                commander.run(database, command(name, "plain", fields)).get(field));
        BsonDocument command = command(name, "indexed", fields);
        assertThat(numbers(requireNonNull(commander.run(database, command).get(field))))
                .as("%s of %s", name, what)
                .isEqualTo(numbers(plain));
        note(database, command);
    }

    /** Equal numbers alike: which of them is found first is up to the order of the walk. */
    private static BsonValue numbers(BsonValue value) {
        if (value.isNumber()) {
            return new BsonDouble(value.asNumber().doubleValue());
        }
        if (value.isArray()) {
            return new BsonArray(
                    value.asArray().stream().map(IndexedAnswersTest::numbers).toList());
        }
        if (value.isDocument()) {
            BsonDocument document = new BsonDocument();
            value.asDocument().forEach((name, field) -> document.append(name, numbers(field)));
            return document;
        }
        return value;
    }

    private void same(String database, BsonDocument fields, String what) {
        List<String> expected = texts(documents(database, "plain", fields));
        assertThat(texts(documents(database, "indexed", fields)))
                .as("%s, fields %s", what, fields.toJson())
                .isEqualTo(expected);
        answers += expected.size();
        note(database, command("find", "indexed", fields));
    }

    private void note(String database, BsonDocument command) {
        String plan = commander
                .run(
                        database,
                        new BsonDocument("explain", command).append("verbosity", new BsonString("executionStats")))
                .toJson();
        for (String stage : List.of("IXSCAN", "COLLSCAN", "OR", "SORT", "DISTINCT_SCAN", "COUNT_SCAN")) {
            if (plan.contains("\"stage\": \"" + stage + "\"")) {
                used.merge(stage, 1, Integer::sum);
            }
        }
    }

    private List<BsonDocument> documents(String database, String collection, BsonDocument fields) {
        return commander
                .run(database, command("find", collection, fields).append("singleBatch", BsonBoolean.TRUE))
                .getDocument("cursor")
                .getArray("firstBatch")
                .stream()
                .map(BsonValue::asDocument)
                .toList();
    }

    private static BsonDocument command(String name, String collection, BsonDocument fields) {
        BsonDocument command = new BsonDocument(name, new BsonString(collection));
        command.putAll(fields);
        return command;
    }

    /** The documents in any order; the order of fields is that of the index where an index gives them all. */
    private static List<String> texts(List<BsonDocument> documents) {
        List<String> texts = new ArrayList<>();
        for (BsonDocument document : documents) {
            texts.add(new TreeMap<>(document).toString());
        }
        texts.sort(Comparator.naturalOrder());
        return texts;
    }
}
