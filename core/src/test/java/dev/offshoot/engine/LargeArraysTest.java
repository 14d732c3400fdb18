package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents whose arrays have very many elements, in indexes of each kind: what the indexes find is what the documents hold. */
class LargeArraysTest {
    private static final int ELEMENTS = 20_000;

    private static final String INDEXES =
            "{createIndexes: 'c', indexes: [{key: {a: 1}, name: 'plain'}, {key: {u: 1}, name: 'unique', unique: true},"
                    + " {key: {b: 1, a: -1}, name: 'compound'}, {key: {'$**': 1}, name: 'wildcard'},"
                    + " {key: {at: '2d'}, name: 'plane'}, {key: {t: 'text'}, name: 'text'}]}";

    @AutoClose
    private final Commander commander;

    LargeArraysTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
    }

    @Test
    void indexes_follow_every_element_through_updates_and_a_restart() {
        commander.run("shop", INDEXES);
        insert(document(1, 0));
        insert(document(2, ELEMENTS));
        update("{$set: {z: 1}}");
        holds(0, ELEMENTS);
        update("{$push: {a: -5, u: -5}}");
        update("{$pull: {a: {$lt: 100}, u: {$lt: 100}}}");
        holds(100, ELEMENTS);

        BsonArray more = numbers(0, 2 * ELEMENTS);
        update(new BsonDocument("$addToSet", new BsonDocument("a", new BsonDocument("$each", more))));
        found("{a: {$gte: 0}}", "plain", 2);
        hasElements(2 * ELEMENTS);
        update(new BsonDocument("$pullAll", new BsonDocument("a", numbers(ELEMENTS, ELEMENTS))));
        update("{$pull: {a: {$lt: 100}}}");
        holds(100, ELEMENTS);

        BsonDocument paths = new BsonDocument();
        for (int i = 0; i < ELEMENTS / 2; i++) {
            paths.append("a." + i, new BsonInt32(-1 - i));
        }
        update(new BsonDocument("$set", paths));
        found("{a: -" + ELEMENTS / 2 + "}", "plain", 1);
        found("{a: 100}", "plain", 0);
        update("{$inc: {'a.$[]': 1}}");
        found("{a: 0}", "wildcard", 1);

        assertThat(refused(document(3, ELEMENTS - 1))).isEqualTo(11000);
        valid();
        commander.restart();
        valid();
        found("{b: 7, a: 0}", "compound", 1);
        found("{u: " + (ELEMENTS - 1) + "}", "unique", 1);
        commander.run("shop", "{delete: 'c', deletes: [{q: {_id: 1}, limit: 1}]}");
        valid();
        found("{a: 0}", "plain", 0);
        found("{u: {$gte: 0}}", "unique", 1);
    }

    private static BsonDocument document(int id, int from) {
        BsonArray points = new BsonArray();
        for (int i = 0; i < ELEMENTS / 10; i++) {
            points.add(new BsonArray(List.of(new BsonInt32(i % 180), new BsonInt32(i / 180))));
        }
        String text = IntStream.range(0, ELEMENTS / 10).mapToObj(i -> "w" + i).collect(Collectors.joining(" "));
        return new BsonDocument("_id", new BsonInt32(id))
                .append("b", new BsonInt32(7))
                .append("a", numbers(from, ELEMENTS))
                .append("u", numbers(from, ELEMENTS))
                .append("at", points)
                .append("t", new BsonString(text));
    }

    private static BsonArray numbers(int from, int count) {
        List<BsonValue> numbers = new ArrayList<>(count);
        for (int i = from; i < from + count; i++) {
            numbers.add(new BsonInt32(i));
        }
        return new BsonArray(numbers);
    }

    private void insert(BsonDocument document) {
        assertThat(reply(document).containsKey("writeErrors")).isFalse();
    }

    private int refused(BsonDocument document) {
        return reply(document)
                .getArray("writeErrors")
                .get(0)
                .asDocument()
                .getInt32("code")
                .getValue();
    }

    private BsonDocument reply(BsonDocument document) {
        return commander.run(
                "shop",
                new BsonDocument("insert", new BsonString("c")).append("documents", new BsonArray(List.of(document))));
    }

    private void update(String update) {
        update(BsonDocument.parse(update));
    }

    private void update(BsonDocument update) {
        BsonDocument statement = new BsonDocument("q", new BsonDocument("_id", new BsonInt32(1))).append("u", update);
        BsonDocument reply = commander.run(
                "shop",
                new BsonDocument("update", new BsonString("c")).append("updates", new BsonArray(List.of(statement))));
        assertThat(reply.getInt32("nModified").getValue()).as(reply.toJson()).isEqualTo(1);
    }

    /** The first document has these numbers. */
    private void holds(int from, int to) {
        for (String index : List.of("plain", "compound", "wildcard")) {
            String others = index.equals("compound") ? "b: 7, " : "";
            found("{" + others + "a: " + (from - 1) + "}", index, 0);
            found("{" + others + "a: " + from + "}", index, 1);
            found("{" + others + "a: " + (to - 1) + "}", index, 1);
        }
        found("{u: " + (from - 1) + "}", "unique", 0);
        found("{u: " + from + "}", "unique", 1);
    }

    private void found(String filter, String index, int expected) {
        List<BsonDocument> found = commander.list(
                "shop", "{find: 'c', filter: " + filter + ", hint: '" + index + "', projection: {_id: 1}}");
        assertThat(found).as("%s by %s", filter, index).hasSize(expected);
    }

    private void hasElements(int expected) {
        List<BsonDocument> sizes = commander.list(
                "shop", "{aggregate: 'c', pipeline: [{$match: {_id: 1}}, {$project: {n: {$size: '$a'}}}], cursor: {}}");
        assertThat(sizes.get(0).getInt32("n").getValue()).isEqualTo(expected);
    }

    private void valid() {
        BsonDocument reply = commander.run("shop", "{validate: 'c'}");
        assertThat(reply.getBoolean("valid").getValue()).as(reply.toJson()).isTrue();
    }
}
