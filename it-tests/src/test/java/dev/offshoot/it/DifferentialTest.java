package dev.offshoot.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import dev.offshoot.driver.OffshootClient;
import dev.offshoot.driver.OffshootClients;
import dev.offshoot.mql.RandomQueries;
import dev.offshoot.store.mongo.StandInMongo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same random questions to Offshoot and to another server: a real MongoDB where {@code -Doffshoot.test.mongodb=URI} names one,
 * else the stand-in, which is asked only what it is known to answer as MongoDB does ({@link StandInFaults}).
 */
final class DifferentialTest {
    private static final int SEEDS = Integer.getInteger("offshoot.test.seeds", 8);
    private static final long FIRST_SEED = Long.getLong("offshoot.test.seed", 1);
    private static final String REAL = System.getProperty("offshoot.test.mongodb", "");
    private static final int DEPTH = REAL.isEmpty() ? 1 : 3;
    private static final int DOCUMENTS = 40;
    private static final int QUESTIONS = 60;
    private static final JsonWriterSettings CANONICAL =
            JsonWriterSettings.builder().outputMode(JsonMode.EXTENDED).build();

    private final List<String> differences = new ArrayList<>();
    private int asked;
    private int matched;

    @Test
    void both_servers_answer_alike(@TempDir Path folder) {
        try (OffshootClient offshoot = OffshootClients.create(folder);
                StandInMongo standIn = StandInMongo.start();
                MongoClient other = MongoClients.create(REAL.isEmpty() ? standIn.uri() : REAL)) {
            for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
                String name = "differential" + seed;
                try {
                    ask(seed, offshoot.mongo().getDatabase(name), other.getDatabase(name));
                } finally {
                    other.getDatabase(name).drop();
                }
            }
        }
        assertThat(differences).isEmpty();
        assertThat(asked).as("questions asked").isGreaterThan(SEEDS * QUESTIONS);
        assertThat(matched).as("answers that hold something").isGreaterThan(asked / 4);
    }

    private void ask(long seed, MongoDatabase ours, MongoDatabase theirs) {
        Random random = new Random(seed);
        RandomQueries queries = new RandomQueries(random);
        List<BsonDocument> documents = new ArrayList<>();
        while (documents.size() < DOCUMENTS) {
            BsonDocument document = new BsonDocument("_id", new BsonInt32(documents.size()));
            document.putAll(queries.document(DEPTH));
            if (allowed(document)) {
                documents.add(document);
            }
        }
        for (MongoDatabase database : List.of(ours, theirs)) {
            collection(database).insertMany(documents);
        }
        for (int i = 0; i < QUESTIONS; i++) {
            BsonDocument filter = filter(queries);
            if (allowed(filter)) {
                compare(seed, "find " + filter, ours, theirs, database -> find(database, filter));
            }
            List<BsonDocument> pipeline = pipeline(random, queries);
            if (allowed(new BsonDocument("p", new BsonArray(pipeline)))) {
                compare(seed, "aggregate " + pipeline, ours, theirs, database -> aggregate(database, pipeline));
            }
        }
        for (int i = 0; i < QUESTIONS; i++) {
            BsonDocument one = new BsonDocument("_id", new BsonInt32(random.nextInt(DOCUMENTS)));
            BsonDocument update = update(random, queries);
            if (allowed(update)) {
                compare(seed, "update " + one + " " + update, ours, theirs, database -> update(database, one, update));
            }
        }
    }

    private static boolean allowed(BsonDocument question) {
        return !REAL.isEmpty() || !StandInFaults.touchedBy(question);
    }

    private void compare(
            long seed,
            String what,
            MongoDatabase ours,
            MongoDatabase theirs,
            Function<MongoDatabase, List<String>> question) {
        List<String> mine = answer(ours, question);
        List<String> other = answer(theirs, question);
        if (!mine.equals(other)) {
            differences.add("seed " + seed + ": " + what + "\n  ours:   " + mine + "\n  theirs: " + other);
        }
        asked++;
        matched += mine.isEmpty() ? 0 : 1;
    }

    /** What it answers; of an error only that it is one, as the stand-in has codes of its own. */
    private static List<String> answer(MongoDatabase database, Function<MongoDatabase, List<String>> question) {
        try {
            return question.apply(database);
        } catch (MongoCommandException e) {
            return List.of(REAL.isEmpty() ? "an error" : "error " + e.getErrorCode());
        } catch (MongoException e) {
            return List.of("an error");
        }
    }

    private static MongoCollection<BsonDocument> collection(MongoDatabase database) {
        return database.getCollection("c", BsonDocument.class);
    }

    private static List<String> find(MongoDatabase database, BsonDocument filter) {
        List<String> ids = new ArrayList<>();
        collection(database)
                .find(filter)
                .sort(new BsonDocument("_id", new BsonInt32(1)))
                .forEach(d -> ids.add(String.valueOf(d.get("_id"))));
        return ids;
    }

    private static BsonDocument filter(RandomQueries queries) {
        return REAL.isEmpty() ? queries.indexable(List.of("a", "b")) : queries.filter(2);
    }

    private static List<String> aggregate(MongoDatabase database, List<BsonDocument> pipeline) {
        List<String> results = new ArrayList<>();
        collection(database).aggregate(pipeline).forEach(d -> results.add(d.toJson(CANONICAL)));
        return results;
    }

    private static List<String> update(MongoDatabase database, BsonDocument filter, BsonDocument update) {
        List<String> results = new ArrayList<>();
        results.add("modified " + collection(database).updateOne(filter, update).getModifiedCount());
        collection(database).find(filter).forEach(d -> results.add(d.toJson(CANONICAL)));
        return results;
    }

    private static List<BsonDocument> pipeline(Random random, RandomQueries queries) {
        List<BsonDocument> stages = new ArrayList<>();
        stages.add(new BsonDocument("$match", filter(queries)));
        stages.add(BsonDocument.parse("{$sort: {_id: " + (random.nextBoolean() ? 1 : -1) + "}}"));
        switch (random.nextInt(5)) {
            case 0 ->
                stages.add(BsonDocument.parse(
                        "{$unwind: {path: '$" + path(random) + "', preserveNullAndEmptyArrays: true}}"));
            case 1 -> stages.add(BsonDocument.parse("{$addFields: {z: {$ifNull: ['$" + path(random) + "', 'none']}}}"));
            case 2 -> stages.add(BsonDocument.parse("{$project: {" + path(random) + ": 1}}"));
            case 3 -> stages.add(BsonDocument.parse("{$limit: " + (1 + random.nextInt(9)) + "}"));
            default -> {
                stages.add(BsonDocument.parse("{$group: {_id: {$gte: ['$_id', " + random.nextInt(DOCUMENTS)
                        + "]}, n: {$sum: 1}, ids: {$push: '$_id'}}}"));
                stages.add(BsonDocument.parse("{$sort: {_id: 1}}"));
            }
        }
        return stages;
    }

    private static String path(Random random) {
        return List.of("a", "b", "c").get(random.nextInt(3));
    }

    private static BsonDocument update(Random random, RandomQueries queries) {
        String path = path(random);
        return switch (random.nextInt(8)) {
            case 0, 1 -> new BsonDocument("$set", new BsonDocument(path, queries.value(1)));
            case 2 -> new BsonDocument("$unset", new BsonDocument(path, new BsonString("")));
            case 3 -> new BsonDocument("$inc", new BsonDocument("n", new BsonInt32(random.nextInt(5))));
            case 4 -> new BsonDocument("$mul", new BsonDocument("n", new BsonInt32(2)));
            case 5 -> new BsonDocument("$push", new BsonDocument("list", queries.value(0)));
            case 6 -> new BsonDocument("$addToSet", new BsonDocument("list", queries.value(0)));
            default -> new BsonDocument("$pop", new BsonDocument("list", new BsonInt32(random.nextBoolean() ? 1 : -1)));
        };
    }
}
