package dev.offshoot.bench;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.driver.OffshootClient;
import dev.offshoot.driver.OffshootClients;
import dev.offshoot.server.Server;
import dev.offshoot.server.ServerOptions;
import dev.offshoot.store.file.FileStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bson.Document;
import org.bson.types.ObjectId;

/** A read over the wire against the least that a round trip costs, and through the wrapped driver against the wire. */
final class WireSection implements Section {
    private static final int DOCUMENTS = 20_000;
    private static final int FINDS = 256;

    @Override
    public String name() {
        return "wire";
    }

    @Override
    public void run(Bench bench) throws Exception {
        bench.report().heading("Over the wire, loopback");
        List<Doc> documents = Documents.sized(DOCUMENTS);
        try (Local engine = Local.open(FileStore.open(bench.folder("wire")))) {
            engine.insertAll("shop", "things", documents);
            try (Server server = Server.start(engine.engine(), ServerOptions.of("127.0.0.1", 0))) {
                bare(bench, server, documents);
                drivers(bench, engine, server, documents);
            }
        }
    }

    private static void bare(Bench bench, Server server, List<Doc> documents) throws Exception {
        byte[] ping = BareClient.message(
                new DocBuilder().append("ping", 1).append("$db", "shop").buildDoc());
        List<byte[]> finds = new ArrayList<>();
        Random random = new Random(27018);
        for (int i = 0; i < FINDS; i++) {
            Doc document = documents.get(random.nextInt(documents.size()));
            finds.add(BareClient.message(
                    Local.findById("shop", "things", Documents.id(document)).body()));
        }
        try (BareClient client = BareClient.connect(server.address())) {
            Rounds rounds = Rounds.of(bench.mode(), () -> client.call(ping), () -> {
                if (client.call(finds.get(random.nextInt(FINDS)))
                        < documents.get(0).length()) {
                    throw new IllegalStateException("found nothing: " + client.reply());
                }
            });
            bench.slowdown("findOne by _id / ping, bare socket", rounds, 1, 0, 1.3);
        }
    }

    private static void drivers(Bench bench, Local engine, Server server, List<Doc> documents) throws Exception {
        String uri = "mongodb://127.0.0.1:" + server.address().getPort();
        try (MongoClient remote = MongoClients.create(uri);
                OffshootClient wrapped = OffshootClients.create(engine.engine())) {
            MongoDatabase shop = remote.getDatabase("shop");
            Document ping = new Document("ping", 1);
            Rounds rounds = Rounds.of(
                    bench.mode(),
                    () -> shop.runCommand(ping),
                    finding(remote, documents),
                    finding(wrapped.mongo(), documents));
            bench.slowdown("findOne by _id / ping, Java driver", rounds, 1, 0, 1.3);
            bench.slowdown("findOne by _id, wrapped driver / Java driver over loopback", rounds, 2, 1, 0.6);
        }
    }

    private static Op finding(MongoClient client, List<Doc> documents) {
        MongoCollection<Document> things = client.getDatabase("shop").getCollection("things");
        Random random = new Random(27018);
        List<Document> filters = new ArrayList<>();
        for (int i = 0; i < FINDS; i++) {
            ObjectId id = Documents.id(documents.get(random.nextInt(documents.size())))
                    .asObjectId();
            filters.add(new Document("_id", id));
        }
        return () -> {
            if (things.find(filters.get(random.nextInt(FINDS))).first() == null) {
                throw new IllegalStateException("found nothing");
            }
        };
    }
}
