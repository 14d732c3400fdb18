package dev.offshoot.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.Doc;
import dev.offshoot.merge.DocumentDiff;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random commands on branches, and the events of {@code diffBranches} between any two positions applied to what a client reads at the one:
 * what a client reads at the other.
 */
class DiffProgramTest {
    private static final int SEEDS = Integer.getInteger("offshoot.test.seeds", 12);
    private static final long FIRST_SEED = Long.getLong("offshoot.test.seed", 1);
    private static final String[] NAMES = {"a", "b", "c", "d"};

    private final Map<String, Integer> met = new TreeMap<>();

    @AutoClose
    private final Commander commander;

    DiffProgramTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
    }

    /** What a client reads of a collection: options and specifications of indexes by name, documents by {@code _id}. */
    private record Seen(
            Map<String, BsonValue> options, Map<String, BsonDocument> indexes, Map<Integer, BsonDocument> documents) {
        static Seen nothing() {
            return new Seen(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
        }
    }

    @Test
    void events_applied_to_what_is_read_before_give_what_is_read_after() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            try {
                run(seed);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + " (-Doffshoot.test.seed=" + seed + ")", e);
            }
        }
        assertThat(met.keySet())
                .contains(
                        "collection added",
                        "collection removed",
                        "collection renamed",
                        "collection replaced",
                        "document added",
                        "document changed",
                        "document removed",
                        "index added",
                        "index changed",
                        "index removed",
                        "option added",
                        "option changed",
                        "view added",
                        "view removed");
    }

    private void run(long seed) {
        Random random = new Random(seed);
        String shop = "shop" + seed;
        List<String> branches = new ArrayList<>(List.of("main"));
        commander.run(shop, "{create: 'a'}");
        for (int step = 0; step < 60; step++) {
            String branch = branches.get(random.nextInt(branches.size()));
            if (random.nextInt(12) == 0) {
                String made = "b" + branches.size();
                commander.run(shop, "{createBranch: '" + made + "', from: '" + branch + "'}");
                branches.add(made);
            } else if (random.nextInt(20) == 0) {
                commander.run(shop, "{walCheckpoint: 1}");
            } else if (random.nextInt(30) == 0) {
                commander.restart();
            } else {
                change(shop + "~" + branch, random);
            }
        }
        long last = commander.run(shop, "{listBranches: 1}").getNumber("lsn").longValue();
        for (int pair = 0; pair < 25; pair++) {
            compare(shop, position(branches, last, random), position(branches, last, random), random.nextBoolean());
        }
    }

    private static String position(List<String> branches, long last, Random random) {
        String branch = branches.get(random.nextInt(branches.size()));
        return random.nextBoolean() ? branch : branch + "~" + random.nextInt((int) last + 1);
    }

    /** One command; those that the state refuses count for nothing. */
    private void change(String database, Random random) {
        String name = NAMES[random.nextInt(NAMES.length)];
        String other = NAMES[random.nextInt(NAMES.length)];
        int id = random.nextInt(12);
        int n = random.nextInt(4);
        String command = switch (random.nextInt(16)) {
            case 0 -> "{drop: '" + name + "'}";
            case 1 -> "{create: '" + name + "', validator: {n: {$gte: " + -n + "}}}";
            case 2 -> "{create: '" + name + "', viewOn: '" + other + "', pipeline: []}";
            case 3 -> "{createIndexes: '" + name + "', indexes: [{key: {n: " + (n < 2 ? 1 : -1) + "}, name: 'n'}]}";
            case 4 -> "{dropIndexes: '" + name + "', index: 'n'}";
            case 5 -> "{collMod: '" + name + "', validator: {n: {$gte: " + -n + "}}, validationLevel: 'moderate'}";
            case 6 -> "{collMod: '" + name + "', index: {name: 'n', hidden: " + (n < 2) + "}}";
            case 7 -> "{delete: '" + name + "', deletes: [{q: {n: " + n + "}, limit: 0}]}";
            case 8, 9 ->
                "{update: '" + name + "', updates: [{q: {_id: " + id + "}, u: {$set: {n: " + n
                        + "}, $push: {list: {_id: " + n + ", at: " + id + "}}}}]}";
            case 10 -> "{collMod: '" + name + "', viewOn: '" + other + "', pipeline: [{$match: {n: " + n + "}}]}";
            default ->
                "{insert: '" + name + "', documents: [{_id: " + id + ", n: " + n + "}, {_id: " + (id + 1)
                        + "}], ordered: false}";
        };
        BsonDocument sent = BsonDocument.parse(
                random.nextInt(25) > 0
                        ? command
                        : "{renameCollection: '" + database + "." + name + "', to: '" + database + "." + other
                                + "', dropTarget: " + random.nextBoolean() + "}");
        BsonDocument unused = commander.reply(sent.containsKey("renameCollection") ? "admin" : database, sent);
    }

    private void compare(String shop, String from, String to, boolean fields) {
        Map<String, Seen> state = read(shop + "~" + from);
        Map<String, Seen> expected = read(shop + "~" + to);
        List<BsonDocument> events = commander.list(
                shop,
                "{diffBranches: 1, from: '" + from + "', to: '" + to + "', fields: " + fields
                        + ", cursor: {batchSize: 100000}}");
        Map<String, Seen> applied = new TreeMap<>(state);
        for (BsonDocument event : events) { // names that are given away, before they are taken
            if (op(event).equals("renamed")) {
                applied.remove(event.getString("from").getValue());
            } else if (op(event).equals("removed") && isWhole(event)) {
                applied.put("gone " + name(event), copy(of(state, name(event))));
                applied.remove(name(event));
            }
        }
        boolean gone = false;
        for (BsonDocument event : events) {
            met.merge(what(event) + " " + op(event), 1, Integer::sum);
            if (isWhole(event)) {
                gone = op(event).equals("removed");
            }
            apply(event, gone && applied.containsKey("gone " + name(event)), state, applied);
        }
        applied.entrySet().removeIf(entry -> {
            boolean left = entry.getKey().startsWith("gone ");
            if (left) {
                assertThat(entry.getValue()).as("%s", entry.getKey()).isEqualTo(Seen.nothing());
            }
            return left;
        });
        assertThat(applied).as("%s to %s: %s", from, to, events).isEqualTo(expected);
        assertThat(applied).as("the order of fields").hasToString(expected.toString());
    }

    private static void apply(BsonDocument event, boolean gone, Map<String, Seen> before, Map<String, Seen> applied) {
        String name = name(event);
        if (isWhole(event)) {
            switch (op(event)) {
                case "added" -> {
                    Seen made = Seen.nothing();
                    made.options().putAll(event.getDocument("after"));
                    if (what(event).equals("collection")) {
                        made.indexes().put("_id_", BsonDocument.parse("{v: 2, key: {_id: 1}, name: '_id_'}"));
                    }
                    applied.put(name, made);
                }
                case "renamed" ->
                    applied.put(name, copy(of(before, event.getString("from").getValue())));
                case "removed" -> {
                    Seen left = of(applied, "gone " + name);
                    assertThat(left.options()).isEqualTo(new TreeMap<>(event.getDocument("before")));
                    left.options().clear();
                    left.indexes().remove("_id_");
                }
                default -> applied.put(name, copy(of(applied, name)));
            }
            return;
        }
        Seen seen = of(applied, gone ? "gone " + name : name);
        if (!gone) {
            seen = copy(seen); // what was read stays as it is
            applied.put(name, seen);
        }
        if (what(event).equals("option")) {
            change(seen.options(), event.getString("name").getValue(), event);
        } else if (what(event).equals("index")) {
            change(seen.indexes(), event.getString("name").getValue(), event);
        } else {
            document(seen.documents(), event);
        }
    }

    @SuppressWarnings("unchecked") // both kinds of map hold BSON values
    private static <V extends BsonValue> void change(Map<String, V> map, String key, BsonDocument event) {
        assertThat((Object) map.remove(key)).isEqualTo(event.get("before"));
        if (event.containsKey("after")) {
            map.put(key, (V) event.get("after"));
        }
    }

    private static void document(Map<Integer, BsonDocument> documents, BsonDocument event) {
        int id = event.getInt32("_id").getValue();
        BsonDocument before = documents.remove(id);
        if (event.containsKey("fields")) {
            Doc fields = Commander.encode(new BsonDocument("fields", event.getArray("fields")));
            Doc after = DocumentDiff.of(fields.first().value().asDoc()).apply(Commander.encode(requireNonNull(before)));
            documents.put(id, Commander.decode(after));
            return;
        }
        assertThat(before).isEqualTo(event.get("before"));
        if (event.containsKey("after")) {
            documents.put(id, event.getDocument("after"));
        }
    }

    private Map<String, Seen> read(String database) {
        Map<String, Seen> all = new TreeMap<>();
        for (BsonDocument collection : commander.list(database, "{listCollections: 1}")) {
            String name = collection.getString("name").getValue();
            Seen seen = Seen.nothing();
            seen.options().putAll(collection.getDocument("options"));
            if (collection.getString("type").getValue().equals("collection")) {
                for (BsonDocument index : commander.list(database, "{listIndexes: '" + name + "'}")) {
                    seen.indexes().put(index.getString("name").getValue(), index);
                }
                for (BsonDocument document : commander.list(database, "{find: '" + name + "', batchSize: 1000}")) {
                    seen.documents().put(document.getInt32("_id").getValue(), document);
                }
            }
            all.put(name, seen);
        }
        return all;
    }

    private static Seen of(Map<String, Seen> all, String name) {
        return requireNonNull(all.get(name), name);
    }

    private static Seen copy(Seen seen) {
        return new Seen(new TreeMap<>(seen.options()), new TreeMap<>(seen.indexes()), new TreeMap<>(seen.documents()));
    }

    private static boolean isWhole(BsonDocument event) {
        return what(event).equals("collection") || what(event).equals("view");
    }

    private static String name(BsonDocument event) {
        return event.getString("collection").getValue();
    }

    private static String what(BsonDocument event) {
        return event.getString("what").getValue();
    }

    private static String op(BsonDocument event) {
        return event.getString("op").getValue();
    }
}
