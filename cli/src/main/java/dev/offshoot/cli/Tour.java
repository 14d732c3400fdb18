package dev.offshoot.cli;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.inc;
import static com.mongodb.client.model.Updates.push;
import static com.mongodb.client.model.Updates.set;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.result.DeleteResult;
import com.mongodb.client.result.UpdateResult;
import dev.offshoot.driver.BranchInfo;
import dev.offshoot.driver.OffshootClient;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bson.Document;
import org.bson.types.Decimal128;

/** The story of the quickstart: what it prints as code is what it runs. */
final class Tour {
    private static final String PROJECT = "shop";
    private static final String BRANCH = "feature-x";
    private static final String SECOND = "what-if";

    private final PrintStream out;
    private final Path folder;
    private final String uri;
    private final MongoClient tcp;
    private final OffshootClient inProcess;
    private final Steps steps;

    Tour(PrintStream out, Path folder, String uri, MongoClient tcp, OffshootClient inProcess) {
        this.out = out;
        this.folder = folder;
        this.uri = uri;
        this.tcp = tcp;
        this.inProcess = inProcess;
        this.steps = new Steps(out, folder);
    }

    void opening(int port, long micros) throws IOException {
        out.println("Offshoot: branches for MongoDB. This needs no MongoDB and nothing else to be installed.");
        steps.title("Start a server on files of its own");
        out.println("   $ offshoot serve --data " + folder + " --port " + port);
        out.println("   => any MongoDB driver connects to " + uri);
        steps.cost(micros, Folders.size(folder));
    }

    void run() throws IOException {
        refuseOtherData();
        steps.step("Load a small shop", Sample.commands(PROJECT), this::load);
        steps.step(
                "Make the branch " + BRANCH,
                List.of(
                        "$ offshoot branch create " + PROJECT + " " + BRANCH,
                        "or from any driver: db.runCommand({createBranch: \"" + BRANCH + "\"})"),
                () -> branched(inProcess.createBranch(PROJECT, BRANCH)));
        steps.step("Change data on the branch, with the official Java driver over TCP", changes(), this::change);
        steps.step(
                "Show both sides",
                List.of("db.getCollection(\"products\").find(eq(\"_id\", \"tea-sencha\"))"),
                this::sides);
        steps.step("Show what differs", List.of("every collection of both, by _id"), this::differences);
        steps.step("Read the branch in this process, through the wrapped driver", inProcessCode(), this::readInProcess);
        steps.step(
                "Try something on a second branch, and throw it away",
                List.of(
                        "$ offshoot branch create " + PROJECT + " " + SECOND + " --from " + BRANCH,
                        "db(\"" + PROJECT + "~" + SECOND + "\").getCollection(\"orders\").deleteMany({})",
                        "$ offshoot branch delete " + PROJECT + " " + SECOND + " --yes"),
                this::tryAndDrop);
    }

    private void refuseOtherData() {
        boolean taken = tcp
                .getDatabase("admin")
                .runCommand(new Document("listProjects", 1))
                .getList("projects", Document.class)
                .stream()
                .anyMatch(project -> PROJECT.equals(project.getString("name")));
        if (taken) {
            throw new CliException(
                    ExitCodes.CONFLICT,
                    folder + " has a project '" + PROJECT + "' already; the quickstart changes nothing of yours",
                    "offshoot serve --data " + folder + ", or quickstart with another --data");
        }
    }

    private List<String> load() throws IOException {
        List<String> loaded = new ArrayList<>();
        for (String collection : Sample.COLLECTIONS) {
            Importer importer = new Importer(main(), collection);
            try (ImportFile file = Sample.open(collection)) {
                importer.add(file);
            }
            loaded.add(importer.imported() + " " + collection);
        }
        return List.of(String.join(", ", loaded) + " on main");
    }

    private static List<String> branched(BranchInfo branch) {
        return List.of(
                branch.name() + " begins at LSN " + branch.baseLsn() + " of " + branch.parent() + "; bytes copied: 0");
    }

    private List<String> changes() {
        return List.of(
                "MongoDatabase db = MongoClients.create(\"" + uri + "\").getDatabase(\"shop~feature-x\");",
                "MongoCollection<Document> products = db.getCollection(\"products\");  // and so on",
                "products.updateOne(eq(\"_id\", \"tea-sencha\"),",
                "    combine(set(\"price\", Decimal128.parse(\"9.90\")), inc(\"stock\", -5), push(\"tags\", \"sale\")));",
                "products.updateMany(eq(\"category\", \"coffee\"), inc(\"stock\", 10));",
                "customers.insertOne(new Document(\"_id\", 1000).append(\"name\", \"Zoë Ångström\"));",
                "orders.deleteOne(eq(\"_id\", 5003));");
    }

    private List<String> change() {
        MongoDatabase db = branch();
        UpdateResult one = db.getCollection("products")
                .updateOne(
                        eq("_id", "tea-sencha"),
                        combine(set("price", Decimal128.parse("9.90")), inc("stock", -5), push("tags", "sale")));
        UpdateResult many = db.getCollection("products").updateMany(eq("category", "coffee"), inc("stock", 10));
        db.getCollection("customers").insertOne(new Document("_id", 1000).append("name", "Zoë Ångström"));
        DeleteResult deleted = db.getCollection("orders").deleteOne(eq("_id", 5003));
        return List.of((one.getModifiedCount() + many.getModifiedCount()) + " products changed, 1 customer inserted, "
                + deleted.getDeletedCount() + " order deleted");
    }

    private List<String> sides() {
        List<String> lines = new ArrayList<>();
        lines.add("main:      " + sencha(main()));
        lines.add("feature-x: " + sencha(branch()));
        for (String collection : Sample.COLLECTIONS) {
            lines.add(
                    collection + ": main " + count(main(), collection) + ", feature-x " + count(branch(), collection));
        }
        return lines;
    }

    private static String sencha(MongoDatabase db) {
        Document found =
                db.getCollection("products").find(eq("_id", "tea-sencha")).first();
        return found == null
                ? "nothing"
                : "price " + found.get("price") + ", stock " + found.get("stock") + ", tags " + found.get("tags");
    }

    private List<String> differences() {
        List<String> lines = SideBySide.differences(main(), branch(), Sample.COLLECTIONS);
        return lines.isEmpty() ? List.of("nothing") : lines;
    }

    private static List<String> inProcessCode() {
        return List.of(
                "OffshootClient client = OffshootClients.create(engine);",
                "client.branch(\"feature-x\").mongo().getDatabase(\"shop\").getCollection(\"orders\").countDocuments();");
    }

    private List<String> readInProcess() {
        try (OffshootClient view = inProcess.branch(BRANCH)) {
            return List.of(count(view.mongo().getDatabase(PROJECT), "orders") + " orders, with no socket between");
        }
    }

    private List<String> tryAndDrop() {
        List<String> lines = new ArrayList<>(branched(inProcess.createBranch(PROJECT, SECOND, BRANCH)));
        MongoDatabase second = tcp.getDatabase(PROJECT + "~" + SECOND);
        long deleted = second.getCollection("orders").deleteMany(new Document()).getDeletedCount();
        lines.add(deleted + " orders deleted: what-if has " + count(second, "orders") + ", feature-x still "
                + count(branch(), "orders") + ", main " + count(main(), "orders"));
        BranchInfo dropped = inProcess.dropBranch(PROJECT, SECOND);
        lines.add(dropped.name() + " is gone; bytes copied: 0");
        return lines;
    }

    /** Lines to copy. */
    void closing(boolean serving, boolean kept) {
        String branchUri = Uri.of(uri, PROJECT, BRANCH);
        out.println();
        out.println("Now from your side:");
        out.println("  mongosh \"" + branchUri + "\"");
        out.println("  Java    MongoClients.create(\"" + uri + "\").getDatabase(\"shop~feature-x\")");
        out.println("  Node    new MongoClient(\"" + branchUri + "\").db()");
        out.println("  Python  pymongo.MongoClient(\"" + branchUri + "\").get_default_database()");
        if (!serving) {
            out.println();
            out.println("The server stops now. To keep it running: offshoot "
                    + (kept ? "serve --data " + folder : "quickstart --serve"));
        }
    }

    private MongoDatabase main() {
        return tcp.getDatabase(PROJECT);
    }

    private MongoDatabase branch() {
        return tcp.getDatabase(PROJECT + "~" + BRANCH);
    }

    private static long count(MongoDatabase db, String collection) {
        return db.getCollection(collection).countDocuments();
    }
}
