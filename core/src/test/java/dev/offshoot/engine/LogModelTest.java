package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random writes, renames, forks, resets, checkpoints and restarts: log and histories are what a list kept by the test says. */
final class LogModelTest {
    private static final int SEEDS = 12;
    private static final int STEPS = 150;
    private static final int IDS = 4;
    private static final List<String> COLLECTIONS = List.of("a", "b");

    @Test
    void log_and_histories_are_what_was_done(@TempDir Path folder) throws IOException {
        Set<String> done = new HashSet<>();
        for (long seed = 1; seed <= SEEDS; seed++) {
            Path place = Files.createDirectory(folder.resolve("s" + seed));
            try (Commander commander = Commander.open(place)) {
                new Program(commander, seed, done).run();
            }
        }
        assertThat(done)
                .as("what happened at all")
                .contains(
                        "insert",
                        "update",
                        "deleteMany",
                        "rename",
                        "drop",
                        "fork",
                        "forkPast",
                        "reset",
                        "mark",
                        "checkpoint",
                        "restart",
                        "again");
    }

    /** What one position of a branch sees. Versions are their operation, message and value, the oldest first. */
    private static final class Seen {
        final List<String> messages = new ArrayList<>();
        final Map<String, Map<Integer, Integer>> documents = new HashMap<>();
        final Map<String, Map<Integer, List<String>>> versions = new HashMap<>();

        Seen copy() {
            Seen copy = new Seen();
            copy.messages.addAll(messages);
            documents.forEach((name, held) -> copy.documents.put(name, new HashMap<>(held)));
            versions.forEach((name, all) -> copy.versions.put(name, copied(all)));
            return copy;
        }

        static Map<Integer, List<String>> copied(Map<Integer, List<String>> all) {
            Map<Integer, List<String>> copy = new HashMap<>();
            all.forEach((id, list) -> copy.put(id, new ArrayList<>(list)));
            return copy;
        }

        List<String> versions(String collection, int id) {
            return versions.computeIfAbsent(collection, name -> new HashMap<>())
                    .computeIfAbsent(id, key -> new ArrayList<>());
        }
    }

    private static final class Program {
        private final Commander commander;
        private final Random random;
        private final long seed;
        private final Set<String> done;
        private final List<String> branches = new ArrayList<>(List.of("main"));

        /** What each branch saw once it had come to an LSN. */
        private final Map<String, NavigableMap<Long, Seen>> past = new HashMap<>();

        private int step;

        Program(Commander commander, long seed, Set<String> done) {
            this.commander = commander;
            this.random = new Random(seed);
            this.seed = seed;
            this.done = done;
        }

        void run() {
            commander.run("admin", "{createProject: 'shop'}");
            past.put("main", new TreeMap<>(Map.of(1L, new Seen())));
            for (step = 0; step < STEPS; step++) {
                step();
            }
            for (String branch : branches) {
                check("shop~" + branch, head(branch));
                long then = pick(lsns(branch));
                check("shop~" + branch + "~" + then, at(branch, then));
            }
        }

        private Seen head(String branch) {
            return past(branch).lastEntry().getValue();
        }

        private NavigableMap<Long, Seen> past(String branch) {
            return Objects.requireNonNull(past.get(branch));
        }

        private List<Long> lsns(String branch) {
            return List.copyOf(past(branch).keySet());
        }

        private Seen at(String branch, long lsn) {
            return Objects.requireNonNull(past(branch).get(lsn));
        }

        private void step() {
            String branch = branches.get(random.nextInt(branches.size()));
            switch (random.nextInt(20)) {
                case 0 -> fork(branch);
                case 1 -> reset(branch);
                case 2 -> rename(branch);
                case 3 -> drop(branch);
                case 4 -> {
                    done.add("mark");
                    commander.run("shop~" + branch, "{commitBranch: 'm" + step + "'}");
                    keep(branch, head(branch).copy());
                }
                case 5 -> {
                    done.add("checkpoint");
                    commander.run("shop", "{walCheckpoint: 1}");
                }
                case 6 -> {
                    if (random.nextInt(4) == 0) {
                        done.add("restart");
                        commander.restart();
                    }
                }
                case 7 -> deleteMany(branch);
                default -> write(branch);
            }
        }

        private void write(String branch) {
            String collection = pick(COLLECTIONS);
            int id = random.nextInt(IDS);
            Seen next = head(branch).copy();
            Map<Integer, Integer> held = next.documents.computeIfAbsent(collection, name -> new HashMap<>());
            String text = random.nextInt(3) == 0 ? "x".repeat(600) : "";
            if (!held.containsKey(id)) {
                done.add(next.versions(collection, id).isEmpty() ? "insert" : "again");
                run(
                        branch,
                        "{insert: '" + collection + "', documents: [{_id: " + id + ", n: " + step + ", t: '" + text
                                + "'}]}");
                next.versions(collection, id).add("inserted m" + step + " " + step);
            } else {
                done.add("update");
                run(
                        branch,
                        "{update: '" + collection + "', updates: [{q: {_id: " + id + "}, u: {$set: {n: " + step
                                + "}}}]}");
                next.versions(collection, id).add("updated m" + step + " " + step);
            }
            held.put(id, step);
            keep(branch, next);
        }

        private void deleteMany(String branch) {
            String collection = pick(COLLECTIONS);
            Seen next = head(branch).copy();
            if (next.documents.getOrDefault(collection, Map.of()).isEmpty()) {
                return;
            }
            done.add("deleteMany");
            run(branch, "{delete: '" + collection + "', deletes: [{q: {}, limit: 0}]}");
            forget(next, collection);
            keep(branch, next);
        }

        private void drop(String branch) {
            String collection = pick(COLLECTIONS);
            Seen next = head(branch).copy();
            if (!next.documents.containsKey(collection)) {
                return;
            }
            done.add("drop");
            run(branch, "{drop: '" + collection + "'}");
            forget(next, collection);
            next.documents.remove(collection);
            keep(branch, next);
        }

        /** Its documents go. */
        private void forget(Seen seen, String collection) {
            Map<Integer, Integer> held = seen.documents.getOrDefault(collection, Map.of());
            held.keySet().forEach(id -> seen.versions(collection, id).add("deleted m" + step + " -"));
            held.clear();
        }

        private void rename(String branch) {
            String from = pick(COLLECTIONS);
            String to = from.equals("a") ? "b" : "a";
            Seen next = head(branch).copy();
            if (!next.documents.containsKey(from)) {
                return;
            }
            done.add("rename");
            runOn(
                    "admin",
                    "{renameCollection: 'shop~" + branch + "." + from + "', to: 'shop~" + branch + "." + to
                            + "', dropTarget: true}");
            next.versions.put(to, Seen.copied(next.versions.getOrDefault(from, Map.of())));
            next.documents.put(to, new HashMap<>(next.documents.getOrDefault(from, Map.of())));
            forget(next, from);
            next.documents.remove(from);
            keep(branch, next);
        }

        private void fork(String branch) {
            if (branches.size() == 6) {
                return;
            }
            String made = "b" + step;
            boolean back = random.nextBoolean();
            long at = back ? pick(lsns(branch)) : past(branch).lastKey();
            done.add(back ? "forkPast" : "fork");
            commander.run(
                    "shop~" + branch, "{createBranch: '" + made + "', from: " + (back ? at : "'" + branch + "'") + "}");
            branches.add(made);
            past.put(made, new TreeMap<>(Map.of(lsn(made), at(branch, at).copy())));
        }

        private void reset(String branch) {
            String from = pick(branches);
            long at = pick(lsns(from));
            BsonDocument reply = run(branch, "{resetBranch: '" + branch + "', to: '" + from + "~" + at + "'}");
            if (reply.getBoolean("changed").getValue()) {
                done.add("reset");
                keep(branch, at(from, at).copy());
            }
        }

        private BsonDocument run(String branch, String command) {
            return runOn("shop~" + branch, command);
        }

        private BsonDocument runOn(String database, String command) {
            return commander.run(database, BsonDocument.parse(command).append("comment", new BsonString("m" + step)));
        }

        /** Notes what the branch sees after a step that made a commit. */
        private void keep(String branch, Seen next) {
            next.messages.add("m" + step);
            past(branch).put(lsn(branch), next);
        }

        private long lsn(String branch) {
            return commander
                    .run("shop~" + branch, "{branchLog: 1, limit: 1}")
                    .getInt64("lsn")
                    .getValue();
        }

        private <T> T pick(List<T> all) {
            return all.get(random.nextInt(all.size()));
        }

        private void check(String database, Seen seen) {
            String what = "seed " + seed + ", " + database;
            List<BsonDocument> entries = commander.list(
                    database, "{branchLog: 1, patch: " + random.nextBoolean() + ", cursor: {batchSize: 100000}}");
            assertThat(entries.stream().map(Program::message).toList()).as(what).isEqualTo(reversed(seen.messages));
            entries.stream()
                    .filter(entry -> entry.containsKey("edits"))
                    .forEach(entry -> assertThat(edits(entry)).as(what).isEqualTo(counted(entry)));
            for (String collection : COLLECTIONS) {
                for (int id = 0; id < IDS; id++) {
                    assertThat(versions(database, collection, id))
                            .as("%s, %s %s", what, collection, id)
                            .isEqualTo(reversed(seen.versions(collection, id)));
                }
            }
        }

        /** How many documents the edits of an entry tell, by what became of them. */
        private static Map<String, Long> edits(BsonDocument entry) {
            Map<String, Long> count = new TreeMap<>();
            entry.getArray("edits")
                    .forEach(edit ->
                            count.merge(edit.asDocument().getString("op").getValue(), 1L, Long::sum));
            return count;
        }

        /** The same as its changes count them. */
        private static Map<String, Long> counted(BsonDocument entry) {
            Map<String, Long> count = new TreeMap<>();
            for (String op : List.of("inserted", "updated", "deleted")) {
                long n = entry.getArray("changes").stream()
                        .mapToLong(row -> row.asDocument().getInt64(op).getValue())
                        .sum();
                if (n > 0) {
                    count.put(op, n);
                }
            }
            return count;
        }

        private List<String> versions(String database, String collection, int id) {
            return commander
                    .list(
                            database,
                            "{documentHistory: '" + collection + "', _id: " + id + ", cursor: {batchSize: 100000}}")
                    .stream()
                    .map(version -> version.getString("op").getValue() + " " + message(version) + " "
                            + (version.containsKey("document")
                                    ? version.getDocument("document")
                                            .getInt32("n")
                                            .getValue()
                                    : "-"))
                    .toList();
        }

        private static String message(BsonDocument entry) {
            return entry.getString("message", new BsonString("")).getValue();
        }

        private static List<String> reversed(List<String> list) {
            List<String> reversed = new ArrayList<>(list);
            Collections.reverse(reversed);
            return reversed;
        }
    }
}
