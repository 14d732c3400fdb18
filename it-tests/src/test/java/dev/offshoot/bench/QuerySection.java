package dev.offshoot.bench;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.engine.Request;
import dev.offshoot.server.Server;
import dev.offshoot.server.ServerOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bson.types.ObjectId;

/** What indexes are for: a document by a secondary key and a hundred by a range, over the wire; and what they cost a write. */
final class QuerySection implements Section {
    private static final int DOCUMENTS = 20_000;
    private static final int QUERIES = 256;
    private static final int RANGE = 100;

    @Override
    public String name() {
        return "query";
    }

    @Override
    public void run(Bench bench) throws Exception {
        bench.report().heading("Indexes");
        List<Doc> documents = Documents.sized(DOCUMENTS);
        try (Local engine = Local.open(new NoLogStore())) {
            engine.insertAll("shop", "things", documents);
            engine.run(Local.createIndex("shop", "things", "sku"));
            engine.run(Local.createIndex("shop", "things", "at"));
            try (Server server = Server.start(engine.engine(), ServerOptions.of("127.0.0.1", 0))) {
                wire(bench, server);
            }
            update(bench, engine, documents);
            insert(bench, engine);
        }
    }

    private static void wire(Bench bench, Server server) throws Exception {
        byte[] ping = BareClient.message(
                new DocBuilder().append("ping", 1).append("$db", "shop").buildDoc());
        Random random = new Random(27019);
        List<byte[]> ones = new ArrayList<>();
        List<byte[]> ranges = new ArrayList<>();
        for (int i = 0; i < QUERIES; i++) {
            int at = random.nextInt(DOCUMENTS - RANGE);
            ones.add(BareClient.message(find(new DocBuilder()
                    .append("sku", String.format("SKU-%08d", at))
                    .buildDoc())));
            ranges.add(BareClient.message(find(new DocBuilder()
                    .startDocument("at")
                    .append("$gte", Value.date(1_700_000_000_000L + at))
                    .append("$lt", Value.date(1_700_000_000_000L + at + RANGE))
                    .end()
                    .buildDoc())));
        }
        try (BareClient client = BareClient.connect(server.address())) {
            Rounds rounds = Rounds.of(
                    bench.mode(),
                    () -> client.call(ping),
                    () -> atLeast(client, ones.get(random.nextInt(QUERIES)), 232),
                    () -> atLeast(client, ranges.get(random.nextInt(QUERIES)), RANGE * 232));
            bench.slowdown("indexed find of one document / ping, bare socket", rounds, 1, 0, 1.3);
            bench.slowdown("indexed range of " + RANGE + " documents / ping, bare socket", rounds, 2, 0, 3);
        }
    }

    private static Doc find(Doc filter) {
        return new DocBuilder()
                .append("find", "things")
                .append("filter", filter)
                .append("$db", "shop")
                .buildDoc();
    }

    private static void atLeast(BareClient client, byte[] message, int bytes) throws Exception {
        if (client.call(message) < bytes) {
            throw new IllegalStateException("found too little: " + client.reply());
        }
    }

    private static void update(Bench bench, Local engine, List<Doc> documents) throws Exception {
        List<Request> updates = new ArrayList<>();
        Random random = new Random(27020);
        for (int i = 0; i < QUERIES; i++) {
            Doc document = documents.get(random.nextInt(DOCUMENTS));
            Doc change = new DocBuilder().append("qty", 1_000 + i).buildDoc();
            updates.add(Local.set("shop", "things", Documents.id(document), change));
        }
        int[] turn = {0};
        Rounds rounds = Rounds.of(
                bench.mode(),
                () -> engine.run(Local.findById("shop", "things", Documents.id(documents.get(7)))),
                () -> engine.run(updates.get(turn[0]++ % QUERIES)));
        bench.report()
                .line(
                        "updateOne by _id, in process, without the log",
                        Amount.time(10_000),
                        Amount.time(rounds.nanos(1)),
                        Spread.of(new double[] {rounds.nanos(1) / 10_000}),
                        Goal.atMost(rounds.nanos(1) / 10_000, 1));
    }

    private static void insert(Bench bench, Local engine) throws Exception {
        engine.run(Local.createIndex("shop", "with", "sku"));
        Doc template = Documents.withoutId().get(0);
        Rounds rounds = Rounds.of(
                bench.mode(), () -> insertOne(engine, "without", template), () -> insertOne(engine, "with", template));
        bench.slowdown("insert with a secondary index / without, no log", rounds, 1, 0, 1.5);
    }

    private static void insertOne(Local engine, String collection, Doc template) {
        Doc document = new DocBuilder(260)
                .append("_id", new ObjectId())
                .appendAll(template)
                .buildDoc();
        engine.run(Local.insert("shop", collection, List.of(document)));
    }
}
