package dev.offshoot.bench;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.IndexOptions;
import dev.offshoot.bson.Doc;
import dev.offshoot.server.Server;
import dev.offshoot.server.ServerOptions;
import dev.offshoot.store.mongo.StandInMongo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bson.Document;
import org.bson.RawBsonDocument;

/** The same reads of the same documents through the same driver: Offshoot against mongo-java-server, which keeps decoded documents. */
final class StandInSection implements Section {
    private static final int DOCUMENTS = 20_000;
    private static final int RANGE = 100;
    private static final double FASTER = 1;
    private static final double FASTER_ON_SCANS = 0.3;

    @Override
    public String name() {
        return "stand-in";
    }

    @Override
    public void run(Bench bench) throws Exception {
        bench.report().heading("Reads against the stand-in, same driver, loopback");
        List<Doc> documents = Documents.sized(DOCUMENTS);
        try (Local engine = Local.open(new NoLogStore());
                Server server = Server.start(engine.engine(), ServerOptions.of("127.0.0.1", 0));
                StandInMongo standIn = StandInMongo.start();
                MongoClient ours = MongoClients.create(
                        "mongodb://127.0.0.1:" + server.address().getPort());
                MongoClient theirs = MongoClients.create(standIn.uri())) {
            List<MongoCollection<RawBsonDocument>> both = List.of(things(ours), things(theirs));
            for (MongoCollection<RawBsonDocument> things : both) {
                fill(things, documents);
            }
            List<Object> ids = new ArrayList<>();
            documents.forEach(d -> ids.add(Documents.id(d).asObjectId()));
            compare(
                    bench,
                    "findOne by _id",
                    both,
                    FASTER,
                    (things, random) -> read(things, new Document("_id", ids.get(random.nextInt(DOCUMENTS))), 1));
            compare(
                    bench,
                    "findOne by a unique index",
                    both,
                    FASTER,
                    (things, random) ->
                            read(things, new Document("sku", String.format("SKU-%08d", random.nextInt(DOCUMENTS))), 1));
            compare(bench, "range of " + RANGE + " documents, no index", both, FASTER_ON_SCANS, (things, random) -> {
                long from = 1_700_000_000_000L + random.nextInt(DOCUMENTS - RANGE);
                Document range = new Document("$gte", Instant.ofEpochMilli(from))
                        .append("$lt", Instant.ofEpochMilli(from + RANGE));
                read(things, new Document("at", range), RANGE);
            });
            compare(
                    bench,
                    "scan, three fields, few matches",
                    both,
                    FASTER_ON_SCANS,
                    (things, random) ->
                            read(things, Document.parse("{category: 'book', active: true, price: {$lt: 0.2}}"), 0));
            compare(
                    bench,
                    "sort by price + limit 10, no index",
                    both,
                    FASTER_ON_SCANS,
                    (things, random) -> things.find()
                            .sort(new Document("price", 1))
                            .limit(10)
                            .into(new ArrayList<>()));
            List<Document> group =
                    List.of(Document.parse("{$group: {_id: '$category', n: {$sum: 1}, qty: {$sum: '$qty'}}}"));
            compare(
                    bench,
                    "$group over all",
                    both,
                    FASTER_ON_SCANS,
                    (things, random) -> things.aggregate(group).into(new ArrayList<>()));
        }
    }

    private static MongoCollection<RawBsonDocument> things(MongoClient client) {
        return client.getDatabase("shop").getCollection("things", RawBsonDocument.class);
    }

    private static void fill(MongoCollection<RawBsonDocument> things, List<Doc> documents) {
        things.createIndex(new Document("sku", 1), new IndexOptions().unique(true));
        things.insertMany(documents.stream()
                .map(document -> new RawBsonDocument(document.toBytes()))
                .toList());
    }

    private static void read(MongoCollection<RawBsonDocument> things, Document filter, int atLeast) {
        int found = things.find(filter).into(new ArrayList<>()).size();
        if (found < atLeast) {
            throw new IllegalStateException(found + " documents for " + filter);
        }
    }

    private static void compare(
            Bench bench, String name, List<MongoCollection<RawBsonDocument>> both, double limit, Question question)
            throws Exception {
        Random random = new Random(27021);
        Rounds rounds = Rounds.of(
                bench.mode(), () -> question.ask(both.get(1), random), () -> question.ask(both.get(0), random));
        bench.slowdown(name + " / the stand-in", rounds, 1, 0, limit);
    }

    private interface Question {
        void ask(MongoCollection<RawBsonDocument> things, Random random);
    }
}
