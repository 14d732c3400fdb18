package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/** Commands for two engines, from a seed. */
final class TwinProgram {
    private static final int STEPS = 60;
    private static final int BRANCHES_MAX = 5;
    private static final List<String> COLLECTIONS = List.of("c", "d");
    private static final List<String> KINDS = List.of(
            "",
            "",
            "",
            ", collections: ['c']",
            ", collections: ['c', 'd']",
            ", schemaOnly: true",
            ", mask: {c: {a: 'redact'}, d: {b: 'null'}}");

    /** What differs between two engines whatever they do. */
    private static final Set<String> OWN = Set.of("operationTime", "$clusterTime", "created", "dropped", "at", "time");

    private final Commander whole;
    private final List<Commander> cleaned;
    private final Random turns;
    private final @Nullable TwinArchive archive;
    private final Random random;
    private final int seed;
    private final Map<String, Integer> counts;
    private final List<String> branches = new ArrayList<>(List.of("main"));
    private final List<String> tags = new ArrayList<>();
    private final List<String> trace = new ArrayList<>();
    private final List<String> droppedBranches = new ArrayList<>();
    private final List<String> merges = new ArrayList<>();

    /** Branches and tags that were made of a position from before a cleanup, which kept no base for them. */
    private final Set<String> late = new HashSet<>();

    private @Nullable BsonDocument clusterTime;
    private int made;
    private long horizon;

    TwinProgram(
            Commander whole,
            List<Commander> cleaned,
            @Nullable TwinArchive archive,
            int seed,
            Map<String, Integer> counts) {
        this.whole = whole;
        this.cleaned = cleaned;
        this.archive = archive;
        this.random = new Random(seed);
        this.turns = new Random(seed);
        this.seed = seed;
        this.counts = counts;
    }

    void run() {
        try {
            same("main", "{insert: 'c', documents: [{_id: 0, a: 0, b: 0}, {_id: 1, a: 1, b: 1}]}");
            same("main", "{insert: 'd', documents: [{_id: 0, a: 0, b: 0}]}");
            for (int i = 0; i < STEPS; i++) {
                step();
            }
            clean();
            look();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "seed " + seed + " (-Doffshoot.test.seed=" + seed + "), horizon " + horizon + ":\n"
                            + String.join("\n", trace),
                    e);
        }
    }

    private void step() {
        switch (random.nextInt(29)) {
            case 0 -> fork();
            case 1 -> dropBranch();
            case 2, 3, 4 -> merge();
            case 5 -> goOn();
            case 6 -> goOn();
            case 7 -> maybe(any(), "{undoChanges: 1, from: '" + position() + "'}");
            case 8 -> maybe(any(), "{cherryPick: '" + any() + "', from: '" + position() + "'" + squash() + "}");
            case 9 -> maybe(any(), "{rebaseBranch: 1, onto: '" + any() + "'" + squash() + "}");
            case 10 -> maybe(any(), "{resetBranch: 1, to: '" + position() + "'}");
            case 11 -> maybe(any(), "{restore: '" + collection() + "', at: '" + position() + "'}");
            case 12 -> tag();
            case 13 -> clean();
            case 14 -> look();
            case 15 -> ddl();
            case 16 -> revert();
            case 17 -> maybe(any(), "{mergeBranch: '" + position() + "'}");
            case 18 -> undrop();
            case 19 -> maybe(any(), "{undrop: 1, collection: '" + collection() + "'}");
            case 20 -> rename();
            case 21 -> log();
            case 22 -> history();
            default -> write();
        }
    }

    // ---- steps

    private void write() {
        String c = collection();
        int id = random.nextInt(5);
        String command = switch (random.nextInt(4)) {
            case 0 -> "{insert: '" + c + "', documents: [{_id: " + id + ", a: " + made++ + ", b: 0}]}";
            case 1 -> "{delete: '" + c + "', deletes: [{q: {_id: " + id + "}, limit: 1}]}";
            case 2 -> "{update: '" + c + "', updates: [{q: {_id: " + id + "}, u: {$set: {a: " + made++ + "}}}]}";
            default -> "{update: '" + c + "', updates: [{q: {_id: " + id + "}, u: {$inc: {b: 1}}}]}";
        };
        same(any(), command);
    }

    private void ddl() {
        String branch = any();
        same(
                branch,
                switch (random.nextInt(4)) {
                    case 0 -> "{drop: 'd'}";
                    case 1 ->
                        "{createIndexes: 'c', indexes: [{key: {a: 1}, name: 'a', unique: " + random.nextBoolean()
                                + "}]}";
                    case 2 -> "{dropIndexes: 'c', index: 'a'}";
                    default -> "{collMod: 'c', validator: {b: {$lt: " + (5 + random.nextInt(5)) + "}}}";
                });
    }

    private void rename() {
        String at = "p~" + any();
        boolean there = random.nextBoolean();
        sameOn(
                "admin",
                "{renameCollection: '" + at + (there ? ".d" : ".e") + "', to: '" + at + (there ? ".e'}" : ".d'}"));
    }

    private void revert() {
        if (!merges.isEmpty()) {
            String merge = merges.get(random.nextInt(merges.size()));
            int at = merge.indexOf('~');
            if (branches.contains(merge.substring(0, at))) {
                maybe(merge.substring(0, at), "{revertMerge: " + merge.substring(at + 1) + "}");
            }
        }
    }

    private void undrop() {
        if (!droppedBranches.isEmpty() && branches.size() < BRANCHES_MAX) {
            String name = droppedBranches.get(random.nextInt(droppedBranches.size()));
            if (isOk(maybe("main", "{undrop: '" + name + "'}"))) {
                droppedBranches.remove(name);
                branches.add(name);
            }
        }
    }

    /** What is left of the log is as it was; counts of commits are right, or not there. */
    private void log() {
        String branch = any();
        BsonDocument sent = BsonDocument.parse(
                "{branchLog: 1, patch: true, graph: " + random.nextBoolean() + ", cursor: {batchSize: 1000}}");
        List<BsonValue> all = batch(whole.run("p~" + branch, sent));
        List<BsonValue> left = batch(run("p~" + branch, sent));
        assertThat(left.size()).isLessThanOrEqualTo(all.size());
        counts.merge(left.size() < all.size() ? "shorter log" : "whole log", 1, Integer::sum);
        for (int i = 0; i < left.size(); i++) {
            BsonDocument commit = left.get(i).asDocument();
            BsonDocument expected = all.get(i).asDocument();
            List<String> unknown = new ArrayList<>();
            if (commit.isNull("edits")) { // the state before it is gone, so nobody knows what was there before
                unknown.addAll(List.of("edits", "changes", "definitions"));
            }
            for (String field : List.of("edits", "changes", "definitions")) {
                if (commit.get(field) instanceof BsonArray named
                        && named.stream().anyMatch(TwinProgram::isNamedById)) {
                    unknown.add(field);
                }
            }
            if (commit.containsKey("parents")) { // of those that are left
                assertThat(expected.getArray("parents")).containsAll(commit.getArray("parents"));
                unknown.add("parents");
            }
            commit.keySet().removeAll(unknown);
            expected.keySet().removeAll(unknown);
            assertThat(plain(commit)).as("commit %s of %s", i, branch).isEqualTo(plain(expected));
        }
        BsonDocument list = BsonDocument.parse("{listBranches: 1, aheadBehind: 'main'}");
        List<BsonValue> here = whole.run("p", list).getArray("branches");
        List<BsonValue> there = run("p", list).getArray("branches");
        for (int i = 0; i < here.size(); i++) {
            BsonDocument found = there.get(i).asDocument();
            for (String name : List.of("ahead", "behind")) {
                if (found.isNull(name)) {
                    here.get(i).asDocument().put(name, found.get(name));
                }
            }
            assertThat(plain(found)).isEqualTo(plain(here.get(i)));
        }
    }

    /** What a collection was called is gone with the state before. */
    private static boolean isNamedById(BsonValue change) {
        return change.asDocument().getString("ns").getValue().startsWith("#");
    }

    /** What is left of the versions of a document is as it was, down to the one that was there when what is kept begins. */
    private void history() {
        String branch = any();
        String of = "'" + collection() + "', _id: " + random.nextInt(5) + ", cursor: {batchSize: 1000}}";
        BsonDocument sent = BsonDocument.parse("{documentHistory: " + of);
        List<BsonValue> all = batch(whole.run("p~" + branch, sent));
        List<BsonValue> left = batch(run("p~" + branch, sent));
        for (int i = 0; i < left.size(); i++) {
            BsonDocument version = left.get(i).asDocument();
            if (version.getString("op").getValue().equals("kept")) {
                assertThat(i).isEqualTo(left.size() - 1);
                assertThat(version.get("document"))
                        .isEqualTo(all.get(i).asDocument().get("document"));
            } else {
                assertThat(plain(version)).as("version %s on %s", i, branch).isEqualTo(plain(all.get(i)));
            }
        }
        if (!all.isEmpty() && all.get(0).asDocument().containsKey("document")) {
            BsonDocument blame = BsonDocument.parse("{documentBlame: " + of);
            assertThat(paths(run("p~" + branch, blame))).isEqualTo(paths(whole.run("p~" + branch, blame)));
        }
        counts.merge(left.isEmpty() ? "no version" : "versions", 1, Integer::sum);
    }

    private static List<BsonValue> paths(BsonDocument blamed) {
        return batch(blamed).stream().map(row -> row.asDocument().get("path")).toList();
    }

    private static List<BsonValue> batch(BsonDocument reply) {
        return reply.getDocument("cursor").getArray("firstBatch");
    }

    private void fork() {
        if (branches.size() < BRANCHES_MAX) {
            String name = "b" + ++made;
            String from = random.nextBoolean() ? any() : position();
            noteLate(name, from);
            String kind = KINDS.get(random.nextInt(KINDS.size()));
            BsonDocument reply = maybe("main", "{createBranch: '" + name + "', from: '" + from + "'" + kind + "}");
            if (isOk(reply)) {
                branches.add(name);
            }
        }
    }

    private void dropBranch() {
        String branch = any();
        if (!branch.equals("main") && isOk(same("main", "{dropBranch: '" + branch + "'}"))) {
            branches.remove(branch);
            droppedBranches.add(branch);
        }
    }

    private void tag() {
        String name = "t" + ++made;
        String at = position();
        noteLate(name, at);
        if (tags.size() < 3 && isOk(maybe("main", "{createTag: '" + name + "', at: '" + at + "'}"))) {
            tags.add(name);
        } else if (!tags.isEmpty()) {
            same("main", "{dropTag: '" + tags.remove(0) + "'}");
        }
    }

    private void merge() {
        String source = random.nextInt(4) == 0 && !tags.isEmpty() ? tags.get(0) : any();
        String more = switch (random.nextInt(6)) {
            case 0 -> ", squash: true";
            case 1 -> ", ff: 'never'";
            case 2 -> ", modes: {'*': 'documentTouched'}";
            case 3 -> ", strategy: 'theirs'";
            case 4 -> ", paths: {'*': {b: 'sum'}}";
            default -> "";
        };
        String into = any();
        BsonDocument reply = both(into, source, into, "{mergeBranch: '" + source + "'" + more + "}");
        count(reply);
        if (isOk(reply) && reply.getString("status").getValue().equals("merged")) {
            merges.add(into + "~" + reply.getInt64("head_lsn").getValue());
        }
    }

    /** With what waits. */
    private void goOn() {
        String branch = any();
        same(branch, "{listConflicts: 1, into: '" + branch + "'}");
        if (random.nextInt(4) == 0) {
            same(branch, "{mergeBranch: 1, into: '" + branch + "', abort: true}");
        } else {
            String side = List.of("ours", "theirs", "base", "drop").get(random.nextInt(4));
            same(branch, "{resolveConflict: {}, into: '" + branch + "', take: '" + side + "'}");
            count(same(branch, "{mergeBranch: 1, into: '" + branch + "', continue: true}"));
        }
    }

    private void clean() {
        if (random.nextBoolean()) {
            run("p", BsonDocument.parse("{walCheckpoint: 1}"));
        }
        if (archive != null) {
            for (String done : archive.round()) {
                trace.add(done);
                counts.merge(done.substring(0, done.indexOf(' ')), 1, Integer::sum);
            }
        }
        trace.add("restart");
        process().restart();
        if (random.nextInt(3) > 0) {
            run("p", BsonDocument.parse("{walCheckpoint: 1}"));
            cleaned.forEach(each -> each.engine().checkpointing().publishNeeds());
            BsonDocument reply = run("p", BsonDocument.parse("{walCleanup: 1, retainMillis: 0, graceMillis: 0}"));
            horizon = lsn();
            trace.add("cleaned at " + horizon + ": " + reply.toJson());
            counts.merge("cleaned", 1, Integer::sum);
        }
    }

    /** All that can be asked for without naming history. */
    private void look() {
        List<String> all = new ArrayList<>(branches);
        all.addAll(tags);
        for (String at : all) {
            for (String collection : COLLECTIONS) {
                same(at, "{find: '" + collection + "'}");
                same(at, "{listIndexes: '" + collection + "'}");
            }
            String other = all.get(random.nextInt(all.size()));
            same("main", "{diffBranches: 1, from: '" + at + "', to: '" + other + "'}");
            both(at, other, "main", "{diffBranches: 1, from: '" + at + "', to: '" + other + "', mergeBase: true}");
            if (branches.contains(at)) {
                count(both(at, other, at, "{mergeBranch: '" + other + "', dryRun: true}"));
            }
        }
        same("main", "{listBranches: 1}");
        same("main", "{listTags: 1}");
    }

    private void noteLate(String name, String from) {
        int at = from.indexOf('~');
        if (at < 0 ? late.contains(from) : Long.parseLong(from.substring(at + 1)) < horizon) {
            late.add(name);
        }
    }

    /** A command that needs what two have in common. */
    private BsonDocument both(String one, String other, String at, String command) {
        return late.contains(one) || late.contains(other) ? maybe(at, command) : same(at, command);
    }

    // ---- both

    private BsonDocument same(String at, String command) {
        return sameOn("p~" + at, command);
    }

    private BsonDocument sameOn(String at, String command) {
        BsonDocument sent = BsonDocument.parse(command);
        BsonDocument expected = whole.reply(at, sent);
        trace.add(at + " " + command + " -> " + expected.toJson());
        assertThat(plain(reply(at, sent))).as("%s %s", at, command).isEqualTo(plain(expected));
        return expected;
    }

    /** A command that may name history that is gone: then it has to say so. */
    private BsonDocument maybe(String at, String command) {
        BsonDocument sent = BsonDocument.parse(command);
        BsonDocument reply = reply("p~" + at, sent);
        if (!isOk(reply) && saysGone(reply)) {
            trace.add(at + " " + command + " -> gone: "
                    + reply.getString("errmsg").getValue());
            counts.merge("gone", 1, Integer::sum);
            assertThat(horizon).isPositive();
            return reply;
        }
        BsonDocument expected = whole.reply("p~" + at, sent);
        trace.add(at + " " + command + " -> " + expected.toJson());
        assertThat(plain(reply)).as("%s %s", at, command).isEqualTo(plain(expected));
        count(reply);
        return reply;
    }

    private static boolean saysGone(BsonDocument reply) {
        String message = reply.getString("errmsg").getValue();
        return message.contains("no longer kept")
                || message.contains("still keeps")
                || message.contains("where the log begins");
    }

    private void count(BsonDocument reply) {
        String what = isOk(reply) && reply.containsKey("status")
                ? reply.getString("status").getValue()
                : isOk(reply) ? "ok" : "refused";
        counts.merge(what, 1, Integer::sum);
    }

    private static BsonValue plain(BsonValue value) {
        if (value.isArray()) {
            value.asArray().replaceAll(TwinProgram::plain);
        } else if (value.isDocument()) {
            value.asDocument().keySet().removeIf(OWN::contains);
            value.asDocument().replaceAll((name, field) -> plain(field));
        }
        return value;
    }

    private static boolean isOk(BsonDocument reply) {
        return reply.getNumber("ok").doubleValue() == 1;
    }

    private Commander process() {
        return cleaned.get(turns.nextInt(cleaned.size()));
    }

    /** One of the processes answers, to a client that tells it what another one said before, as drivers do. */
    private BsonDocument reply(String database, BsonDocument command) {
        BsonDocument sent = command.clone();
        if (clusterTime != null) {
            sent.put("$clusterTime", clusterTime);
        }
        BsonDocument reply = process().reply(database, sent);
        clusterTime = reply.getDocument("$clusterTime", clusterTime);
        return reply;
    }

    private BsonDocument run(String database, BsonDocument command) {
        BsonDocument reply = reply(database, command);
        assertThat(isOk(reply)).as("%s: %s", command, reply).isTrue();
        return reply;
    }

    private String any() {
        return branches.get(random.nextInt(branches.size()));
    }

    private String collection() {
        return COLLECTIONS.get(random.nextInt(COLLECTIONS.size()));
    }

    private String squash() {
        return random.nextBoolean() ? ", squash: true" : "";
    }

    private long lsn() {
        return whole.run("p", "{listBranches: 1}").getInt64("lsn").getValue();
    }

    /** Mostly one that is kept. */
    private String position() {
        long end = lsn();
        long from = random.nextInt(4) == 0 ? 0 : Math.max(horizon, end - 30);
        return any() + "~" + (from + random.nextInt((int) (end - from) + 1));
    }
}
