package dev.offshoot.bench;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.engine.Request;
import dev.offshoot.store.file.FileStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What a branch costs to make, and what it costs to read from one that is deep, or one of many. */
final class BranchSection implements Section {
    private static final String COLLECTION = "cities";
    private static final int SMALL = 1_000;
    private static final int DEEP = 64;
    private static final int DEEPEST = 1_000;
    private static final int MANY = 1_000;
    private static final int IDS = 512;
    private static final int CREATE_FRAME_BYTES = 300;
    private static final double MILLI = 1e6;

    @Override
    public String name() {
        return "branches";
    }

    @Override
    public void run(Bench bench) throws Exception {
        bench.report().heading("Branches");
        List<Doc> cities = Documents.cities(Documents.CITIES);
        try (Local engine = Local.open(FileStore.open(bench.folder("branches")))) {
            engine.insertAll("small", COLLECTION, cities.subList(0, SMALL));
            engine.insertAll("large", COLLECTION, cities);
            create(bench, engine, cities);
            engine.insertAll("plain", COLLECTION, cities); // the large one has many branches by now
            engine.insertAll("deep", COLLECTION, cities);
            engine.insertAll("many", COLLECTION, cities);
            read(bench, engine, cities);
        }
    }

    private static void create(Bench bench, Local engine, List<Doc> cities) throws Exception {
        Value id = Documents.id(cities.get(SMALL / 2));
        try (BareLog bare = BareLog.open(bench.folder("bare"), CREATE_FRAME_BYTES)) {
            Forks small = new Forks(engine, "small");
            Forks large = new Forks(engine, "large");
            Rounds rounds = Rounds.of(
                    bench.mode(),
                    bare::append,
                    () -> small.createAndRead(id),
                    () -> large.createAndRead(id),
                    large::create);
            double nanos = rounds.nanos(2);
            bench.report()
                    .line(
                            "create branch + first query, 171,075 documents / bare fdatasync",
                            Amount.time(rounds.nanos(0)),
                            Amount.time(nanos),
                            rounds.ratio(2, 0),
                            Goal.under("1 ms", nanos < MILLI));
            bench.slowdown("create branch, durable / bare append + fdatasync", rounds, 3, 0, 1.5);
            bench.slowdown("create branch + first query, 171,075 / 1,000 documents", rounds, 2, 1, 1.2);
        }
    }

    private static void read(Bench bench, Local engine, List<Doc> cities) throws Exception {
        Value touched = Documents.id(cities.get(0));
        String at = "deep";
        String deep = at;
        for (int depth = 1; depth <= DEEPEST; depth++) {
            engine.createBranch(at, "d" + depth);
            at = "deep~d" + depth;
            deep = depth == DEEP ? at : deep;
            engine.run(Local.set(at, COLLECTION, touched, field(depth)));
        }
        List<String> many = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            engine.createBranch("many", "b" + i);
            many.add("many~b" + i);
            engine.run(Local.set("many~b" + i, COLLECTION, touched, field(i)));
        }
        Rounds rounds = Rounds.of(
                bench.mode(),
                reads(engine, List.of("plain"), cities),
                reads(engine, List.of(deep), cities),
                reads(engine, many, cities),
                reads(engine, List.of(at), cities));
        bench.slowdown("point read, branch of depth 64 / main", rounds, 1, 0, 1.2);
        bench.slowdown("point read, any of 1,000 branches / main of a project with one", rounds, 2, 0, 1.2);
        bench.slowdown("point read, branch of depth 1,000 / main", rounds, 3, 0, 1.5);
    }

    private static Doc field(int value) {
        return new DocBuilder().append("touched", value).buildDoc();
    }

    /** Reads one of some documents in one of the databases, the same documents everywhere. */
    private static Op reads(Local engine, List<String> databases, List<Doc> cities) {
        Random random = new Random(64);
        List<Value> ids = new ArrayList<>();
        for (int i = 0; i < IDS; i++) {
            ids.add(Documents.id(cities.get(random.nextInt(cities.size()))));
        }
        List<Request> finds = new ArrayList<>();
        for (int i = 0; i < 2 * MANY; i++) {
            finds.add(Local.findById(databases.get(i % databases.size()), COLLECTION, ids.get(i % IDS)));
        }
        return () -> engine.findOne(finds.get(random.nextInt(finds.size())));
    }

    /** Branches of one project, each with a name of its own. */
    private static final class Forks {
        private final Local engine;
        private final String project;
        private int made;

        Forks(Local engine, String project) {
            this.engine = engine;
            this.project = project;
        }

        void create() {
            engine.createBranch(project, "f" + made++);
        }

        void createAndRead(Value id) {
            create();
            engine.findOne(Local.findById(project + "~f" + (made - 1), COLLECTION, id));
        }
    }
}
