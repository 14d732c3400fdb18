package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.store.file.FileStoreOptions;
import dev.offshoot.store.file.SyncPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random histories of a few branches, and the laws that differences, merges, undos, resets and time travel have to keep in each of them. A
 * program is a project of its own. What a branch shows after each step is remembered by its position, and asked for again at the end, after
 * a restart.
 *
 * <p>Some branches are partial or masked. Of the documents of one collection, <code>k</code>, each is written once and never changed or removed, so no
 * merge may ever lose one, whatever a branch on its way left out; and nowhere but through a mask may one look different from what was
 * written.
 */
class GitAlgebraTest {
    private static final int PROGRAMS = Integer.getInteger("offshoot.test.programs", 120);
    private static final int FIRST_SEED = Integer.getInteger("offshoot.test.seed", 0);
    private static final int STEPS = 24;
    private static final int RESTART_EVERY = 20;
    private static final List<String> COLLECTIONS = List.of("c", "d");
    private static final String KEPT = "k";

    /** What a branch is made with. */
    private static final List<String> KINDS = List.of(
            "",
            "",
            "",
            ", collections: ['c']",
            ", collections: ['c', 'd']",
            ", schemaOnly: true",
            ", mask: {k: {s: 'redact'}, c: {a: 'hash', l: 'redact', 'n.x': 'null'}}");

    @Test
    void every_history_keeps_the_laws(@TempDir Path folder) {
        Counts counts = new Counts();
        FileStoreOptions files = FileStoreOptions.defaults().withSync(SyncPolicy.NEVER);
        try (Commander commander = Commander.open(folder, EngineOptions.DEFAULT, files)) {
            List<Program> programs = new ArrayList<>();
            for (int seed = FIRST_SEED; seed < FIRST_SEED + PROGRAMS; seed++) {
                Program program = new Program(commander, seed, counts);
                program.run();
                programs.add(program);
                if (programs.size() == RESTART_EVERY || seed == FIRST_SEED + PROGRAMS - 1) {
                    commander.restart();
                    programs.forEach(Program::checkHistory);
                    programs.forEach(Program::drop);
                    programs.clear();
                }
            }
        }
        assertThat(counts.seen.keySet())
                .as("what the programs did: %s", counts.seen)
                .contains(
                        "merged",
                        "fastForward",
                        "conflicts",
                        "upToDate",
                        "symmetric",
                        "undone",
                        "undo undone",
                        "reset",
                        "renamed",
                        "dropped",
                        "partial",
                        "without documents",
                        "masked",
                        "past");
    }

    /** How often something happened, so that it is seen that it did. */
    private static final class Counts {
        private final Map<String, Integer> seen = new TreeMap<>();

        void add(String what) {
            seen.merge(what, 1, Integer::sum);
        }
    }

    private static final class Program {
        private final Commander commander;
        private final String project;
        private final Random random;
        private final Counts counts;
        private final List<String> branches = new ArrayList<>(List.of("main"));
        private final Map<String, String> shown = new TreeMap<>();

        /** Branches that leave something out of {@link #KEPT}, and those that hide something, by themselves or since their parent does. */
        private final Set<String> partial = new HashSet<>();

        private final Set<String> masked = new HashSet<>();
        private int made;
        private int kept;

        Program(Commander commander, int seed, Counts counts) {
            this.commander = commander;
            this.project = "p" + seed;
            this.random = new Random(seed);
            this.counts = counts;
        }

        void run() {
            try {
                write(
                        "main",
                        "{insert: 'c', documents: [{_id: 0, a: 1, n: {x: 1, y: 1}, l: [1, 2, 3]}, {_id: 1, a: 1}]}");
                keep("main");
                remember("main");
                for (int step = 0; step < STEPS; step++) {
                    step();
                }
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "program " + project + " (-Doffshoot.test.seed=" + project.substring(1) + ")", e);
            }
        }

        private void step() {
            String branch = any();
            switch (random.nextInt(13)) {
                case 0 -> fork(branch);
                case 1, 2 -> merge(branch, any());
                case 3 -> reset(branch);
                case 4 -> undo(branch);
                case 5 -> laws(branch, any());
                case 6 -> ddl(branch);
                case 7 -> keep(branch);
                default -> change(branch);
            }
            remember(branch);
        }

        // ---- steps

        private void fork(String from) {
            if (branches.size() < 4) {
                String name = "b" + ++made;
                String kind = KINDS.get(random.nextInt(KINDS.size()));
                BsonDocument reply = commander.reply(
                        database(from), BsonDocument.parse("{createBranch: '" + name + "'" + kind + "}"));
                if (reply.getNumber("ok").doubleValue() != 1) {
                    return; // the mask names what the branch does not have
                }
                inherit(from, name);
                if (reply.containsKey("collections") || reply.containsKey("schemaOnly")) {
                    partial.add(name);
                    counts.add(reply.containsKey("schemaOnly") ? "without documents" : "partial");
                }
                if (reply.containsKey("masked")) {
                    masked.add(name);
                    counts.add("masked");
                }
                branches.add(name);
                remember(name);
            }
        }

        private void inherit(String from, String name) {
            if (partial.contains(from)) {
                partial.add(name);
            }
            if (masked.contains(from)) {
                masked.add(name);
            }
        }

        /** A document that nobody changes or removes. */
        private void keep(String branch) {
            int id = kept++;
            write(branch, "{insert: '" + KEPT + "', documents: [{_id: " + id + ", s: 'secret " + id + "'}]}");
        }

        /** The ids of those that a branch shows, which are as they were written, or masked. */
        private Set<Integer> kept(String branch) {
            Set<Integer> ids = new TreeSet<>();
            for (BsonDocument document : commander.list(database(branch), "{find: '" + KEPT + "'}")) {
                int id = document.getInt32("_id").getValue();
                ids.add(id);
                assertThat(document.getString("s").getValue())
                        .isEqualTo(masked.contains(branch) ? "***" : "secret " + id);
            }
            return ids;
        }

        private void change(String branch) {
            String collection = COLLECTIONS.get(random.nextInt(2));
            int id = random.nextInt(6);
            int value = random.nextInt(4);
            switch (random.nextInt(8)) {
                case 0, 1 ->
                    tried(
                            branch,
                            "{update: '" + collection + "', updates: [{q: {_id: " + id + "}, u: {_id: " + id + ", a: "
                                    + value + ", n: {x: " + value + "}, l: [{_id: 1, v: " + value
                                    + "}, {_id: 2}]}, upsert: true}]}",
                            "replaced");
                case 2 -> write(branch, "{delete: '" + collection + "', deletes: [{q: {_id: " + id + "}, limit: 1}]}");
                case 3 -> update(branch, collection, id, "{$push: {l: " + value + "}}");
                case 4 -> update(branch, collection, id, "{$unset: {a: 1}}");
                case 5 -> update(branch, collection, id, "{$set: {'n.y': " + value + "}}");
                case 6 -> update(branch, collection, id, "{$set: {f" + value + ": " + id + "}}");
                default -> update(branch, collection, id, "{$set: {a: " + value + "}}");
            }
        }

        private void update(String branch, String collection, int id, String update) {
            commander.reply(
                    database(branch),
                    BsonDocument.parse(
                            "{update: '" + collection + "', updates: [{q: {_id: " + id + "}, u: " + update + "}]}"));
        }

        private void ddl(String branch) {
            switch (random.nextInt(5)) {
                case 0 -> tried(branch, "{drop: 'd'}", "dropped");
                case 1 ->
                    tried(
                            "admin",
                            "{renameCollection: '" + database(branch) + ".d', to: '" + database(branch) + ".e'}",
                            "renamed");
                case 2 ->
                    tried(
                            "admin",
                            "{renameCollection: '" + database(branch) + ".e', to: '" + database(branch) + ".d'}",
                            "renamed");
                case 3 -> tried(branch, "{dropIndexes: 'c', index: 'a_1'}", "index");
                default -> tried(branch, "{createIndexes: 'c', indexes: [{key: {a: 1}, name: 'a_1'}]}", "index");
            }
        }

        private void tried(String where, String command, String what) {
            String database = where.equals("admin") ? where : database(where);
            BsonDocument reply = commander.reply(database, BsonDocument.parse(command));
            if (reply.getNumber("ok").doubleValue() == 1) {
                counts.add(what);
            }
        }

        /** Conflicts are given up, or decided for one side. */
        private void merge(String source, String into) {
            String before = state(into);
            Set<Integer> all = kept(into);
            if (!partial.contains(into)) {
                all.addAll(kept(source));
            }
            BsonDocument merged = command(into, "{mergeBranch: '" + source + "'}");
            String status = merged.getString("status").getValue();
            counts.add(status);
            if (status.equals("upToDate")) {
                assertThat(state(into)).isEqualTo(before);
            } else if (status.equals("conflicts")) {
                assertThat(state(into)).as("nothing was merged").isEqualTo(before);
                if (random.nextBoolean()) {
                    command(into, "{mergeBranch: 1, abort: true}");
                    return;
                }
                String side = random.nextBoolean() ? "ours" : "theirs";
                command(into, "{resolveConflict: {}, take: '" + side + "'}");
                BsonDocument done = command(into, "{mergeBranch: 1, continue: true}");
                if (done.getString("status").getValue().equals("conflicts")) {
                    command(into, "{mergeBranch: 1, abort: true}");
                    return;
                }
                counts.add("resolved");
            }
            assertThat(command(into, "{mergeBranch: '" + source + "'}")
                            .getString("status")
                            .getValue())
                    .as("merging again")
                    .isEqualTo("upToDate");
            assertThat(kept(into)).as("after %s into %s", source, into).containsAll(all);
            if (!masked.contains(into)) {
                assertThat(state(into)).doesNotContain("***").doesNotContainPattern("[0-9a-f]{32}");
            }
            remember(into);
        }

        private void reset(String branch) {
            List<String> positions = new ArrayList<>(shown.keySet());
            String position = positions.get(random.nextInt(positions.size()));
            command(branch, "{resetBranch: 1, to: '" + position + "'}");
            String of = position.substring(0, position.indexOf('~'));
            if (of.equals(branch) || (isWhole(branch) && !masked.contains(of))) {
                assertThat(state(branch)).as("reset to %s", position).isEqualTo(shown.get(position));
            }
            kept(branch);
            counts.add("reset");
        }

        /** Of what a branch did since one of its positions, on a fork of it; and of the undo. */
        private void undo(String branch) {
            List<String> positions = shown.keySet().stream()
                    .filter(position -> position.startsWith(branch + "~"))
                    .toList();
            String since = positions.get(random.nextInt(positions.size()));
            String fork = scratch(branch);
            String before = state(fork);
            BsonDocument undone =
                    commander.reply(database(fork), BsonDocument.parse("{undoChanges: 1, from: '" + since + "'}"));
            if (undone.getNumber("ok").doubleValue() == 1
                    && undone.getString("status").getValue().equals("merged")) {
                assertThat(state(fork)).as("undo since %s", since).isEqualTo(shown.get(since));
                counts.add("undone");
                long lsn = undone.getInt64("head_lsn").getValue();
                command(fork, "{undoChanges: 1, lsn: " + lsn + "}");
                assertThat(state(fork)).as("undo of the undo").isEqualTo(before);
                counts.add("undo undone");
            }
            drop(fork);
        }

        /** A difference to itself is empty; merges are the same from both sides. */
        private void laws(String one, String other) {
            assertThat(commander.list(database(one), "{diffBranches: 1, from: '" + one + "', to: '" + one + "'}"))
                    .isEmpty();
            assertThat(command(one, "{mergeBranch: '" + one + "'}")
                            .getString("status")
                            .getValue())
                    .isEqualTo("upToDate");
            if (!isWhole(one) || !isWhole(other)) {
                return; // what one leaves out does not get there
            }
            String left = scratch(one);
            String right = scratch(other);
            BsonDocument there = command(left, "{mergeBranch: '" + other + "', ff: 'never', dryRun: true}");
            BsonDocument back = command(right, "{mergeBranch: '" + one + "', ff: 'never', dryRun: true}");
            assertThat(back.getNumber("conflicts").longValue() == 0)
                    .as("conflicts of %s into %s, and the other way", other, one)
                    .isEqualTo(there.getNumber("conflicts").longValue() == 0);
            if (there.getNumber("conflicts").longValue() == 0) {
                command(left, "{mergeBranch: '" + other + "', ff: 'never'}");
                command(right, "{mergeBranch: '" + one + "', ff: 'never'}");
                assertThat(unordered(right)).isEqualTo(unordered(left));
                counts.add("symmetric");
            }
            drop(left);
            drop(right);
        }

        private boolean isWhole(String branch) {
            return !partial.contains(branch) && !masked.contains(branch);
        }

        private String scratch(String from) {
            String name = "s" + ++made;
            command(from, "{createBranch: '" + name + "'}");
            return name;
        }

        private void drop(String branch) {
            command("main", "{dropBranch: '" + branch + "'}");
        }

        // ---- what there is

        private void remember(String branch) {
            long lsn = command("main", "{listBranches: 1}").getInt64("lsn").getValue();
            shown.put(branch + "~" + lsn, state(branch));
        }

        /** After a restart everything is what it was, at the head and at each position. */
        void checkHistory() {
            shown.forEach((position, state) -> {
                assertThat(state(position)).as("%s~%s", project, position).isEqualTo(state);
                counts.add("past");
            });
        }

        void drop() {
            commander.run("admin", "{dropProject: '" + project + "'}");
        }

        /** Collections by name with their indexes, and their documents in natural order. */
        private String state(String at) {
            StringBuilder text = new StringBuilder();
            for (String collection : collections(at)) {
                text.append(collection).append(' ');
                commander
                        .list(database(at), "{listIndexes: '" + collection + "'}")
                        .forEach(index ->
                                text.append(index.getString("name").getValue()).append(' '));
                commander.list(database(at), "{find: '" + collection + "'}").forEach(text::append);
                text.append('\n');
            }
            return text.toString();
        }

        /** The same without the order of documents and fields. */
        private String unordered(String at) {
            StringBuilder text = new StringBuilder();
            for (String collection : collections(at)) {
                text.append(collection).append(' ');
                TreeSet<String> names = new TreeSet<>();
                commander
                        .list(database(at), "{listIndexes: '" + collection + "'}")
                        .forEach(index -> names.add(index.getString("name").getValue()));
                text.append(names);
                TreeSet<String> documents = new TreeSet<>();
                commander
                        .list(database(at), "{find: '" + collection + "'}")
                        .forEach(document -> documents.add(sorted(document)));
                text.append(documents).append('\n');
            }
            return text.toString();
        }

        private static String sorted(BsonValue value) {
            if (value.isArray()) {
                return value.asArray().stream().map(Program::sorted).toList().toString();
            }
            if (!value.isDocument()) {
                return value.toString();
            }
            Map<String, String> fields = new TreeMap<>();
            value.asDocument().forEach((name, field) -> fields.put(name, sorted(field)));
            return fields.toString();
        }

        private List<String> collections(String at) {
            return commander.list(database(at), "{listCollections: 1, nameOnly: true}").stream()
                    .map(collection -> collection.getString("name").getValue())
                    .sorted()
                    .toList();
        }

        private String any() {
            return branches.get(random.nextInt(branches.size()));
        }

        private String database(String at) {
            return project + "~" + at;
        }

        private BsonDocument command(String branch, String command) {
            return Objects.requireNonNull(commander.run(database(branch), command));
        }

        private void write(String branch, String command) {
            assertThat(command(branch, command).containsKey("writeErrors"))
                    .as(command)
                    .isFalse();
        }
    }
}
