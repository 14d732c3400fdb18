package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.engine.HostileModel.Content;
import dev.offshoot.engine.HostileModel.Documents;
import dev.offshoot.engine.HostileModel.Seen;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.CheckpointPolicy;
import dev.offshoot.store.Store;
import dev.offshoot.store.StoreException;
import dev.offshoot.wal.TestClocks;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/**
 * Commands on one project in a hostile world, some lives long, beside a model. What was acknowledged has to be there, what was refused
 * not, and what has an unknown outcome once or not at all: the model is the set of all states that the project may have.
 */
final class HostileProgram {
    private static final EngineOptions OPTIONS =
            new EngineOptions(1 << 20, 3_600_000).with(CheckpointPolicy.onDemand());
    private static final UUID SESSION = UUID.fromString("7d1a1a2e-8a4c-4a30-8c6e-3e4f1f2a3b4c");
    private static final List<String> COLLECTIONS = List.of("c", "d");
    private static final int IDS = 8;
    private static final int LIVES = 3;
    private static final int STEPS = 12;
    private static final int PATIENCE = 3;
    private static final int TRIES = 12;

    private final Random random;
    private final HostileWorld world;
    private final Map<String, Integer> counts = new TreeMap<>();
    private final List<String> trace = new ArrayList<>();

    private Set<HostileModel> possible = new LinkedHashSet<>(Set.of(HostileModel.NEW));
    /** What was possible at each point that a power cut may take the project back to; the last is {@link #possible}. */
    private final List<Set<HostileModel>> course = new ArrayList<>();

    /** What branches showed at positions. */
    private final Map<String, Content> shown = new TreeMap<>();

    private @Nullable Engine engine;
    private @Nullable Client client;
    private @Nullable Op retry;
    /** Whether it renames collections; otherwise it restores them, which goes by what they are and not by their names. */
    private final boolean renames;

    private boolean isOver;
    private boolean cleaned;
    private boolean rotten;
    private int made;
    private long number;

    HostileProgram(long seed, HostileWorld world) {
        this.random = HostileWorld.random(seed);
        this.renames = random.nextBoolean();
        this.world = world;
    }

    /** A command, and what it does to a model, in steps of which each happens as a whole or not at all. */
    private record Op(String kind, String database, BsonDocument command, List<UnaryOperator<HostileModel>> steps) {}

    /** A reply that says that the store failed. */
    private static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unreadable(String message) {
            super(message);
        }
    }

    Map<String, Integer> counts() {
        return counts;
    }

    /** What happened, a line each. */
    List<String> trace() {
        return trace;
    }

    void run() {
        begin();
        for (int life = 0; life < LIVES; life++) {
            live(life == LIVES - 1);
        }
        lastLife();
        world.fired().forEach((what, times) -> counts.merge(what, times, Integer::sum));
    }

    private void begin() {
        open();
        answered("admin", "{createProject: 'shop'}");
        close();
    }

    private void live(boolean isLast) {
        trace.add("life");
        isOver = false;
        if (random.nextInt(4) == 0) {
            world.fail(random);
        }
        open();
        recovered();
        if (random.nextInt(4) > 0) {
            world.fail(random);
        }
        for (int step = random.nextInt(STEPS); step > 0 && !isOver; step--) {
            step();
            course.add(possible);
        }
        if (isLast) {
            world.calm();
        }
        trace.add("crash");
        world.crash(engine(), random);
        if (!cleaned && random.nextInt(4) == 0) {
            rotten = true;
            trace.add("rot");
            world.rot(random);
        }
    }

    private void open() {
        for (int attempt = 0; ; attempt++) {
            Store store = world.open();
            try {
                engine = Engine.open(store, OPTIONS);
                client = engine.connect("127.0.0.1:50123");
                return;
            } catch (StoreException e) {
                trace.add("not opened: " + e.getMessage());
                store.close();
                if (attempt == PATIENCE) {
                    throw e;
                }
                world.calm();
            }
        }
    }

    private Engine engine() {
        return Objects.requireNonNull(engine);
    }

    private void close() {
        engine().close();
    }

    /** After opening: the project is in one of the states that are possible. */
    private void recovered() {
        Set<HostileModel> candidates = new LinkedHashSet<>(possible);
        course.forEach(candidates::addAll);
        Seen seen = patiently(this::observe);
        long last = patiently(this::lastLsn);
        possible = matching(candidates, seen);
        assertThat(possible).as("what is there: %s\nof: %s", seen, candidates).isNotEmpty();
        course.clear();
        course.add(possible);
        boolean lost = shown.keySet().removeIf(position -> lsnOf(position) > last);
        assertThat(lost && world.isDurable())
                .as("acknowledged positions above %s", last)
                .isFalse();
        count(lost ? "end lost" : "recovered");
        shown.keySet().removeIf(position -> !seen.branches().containsKey(branchOf(position)));
    }

    private static Set<HostileModel> matching(Set<HostileModel> candidates, Seen seen) {
        Set<HostileModel> matching = new LinkedHashSet<>();
        for (HostileModel model : candidates) {
            if (model.isSeenAs(seen)) {
                matching.add(model.as(seen));
            }
        }
        return matching;
    }

    /** The world is calm from now on: all is right, and it can be tidied up. */
    private void lastLife() {
        trace.add("last life");
        open();
        recovered();
        checkAll();
        checkPositions();
        tidyUp();
        checkPositions();
        BsonDocument listed = answered("shop", "{walListCheckpoints: 1}");
        close();
        assertThat(world.garbage(checkpoints(listed))).isEmpty();
        open();
        course.clear();
        recovered();
        checkAll();
        close();
    }

    /** A page that was put about when a checkpoint began goes behind the next one that begins later. */
    private void tidyUp() {
        cleaned = true;
        long stored = -1;
        long reached = 0;
        for (int i = 0; i < PATIENCE && stored != reached; i++) {
            TestClocks.waitUntilAfter(System.currentTimeMillis() + 1);
            perform(findAndModify("main"));
            answered("shop", "{walCheckpoint: 1}");
            answered("shop", "{walCleanup: 1, retainMillis: 0, graceMillis: 0}");
            stored = answered("shop", "{walStats: 1}").getNumber("pages").longValue();
            reached = answered("shop", "{walValidate: 1}").getNumber("pages").longValue();
        }
        BsonDocument left = answered("shop", "{walCleanup: 1, retainMillis: 0, graceMillis: 0, dryRun: true}");
        assertThat(left.getNumber("checkpoints").longValue()).as("of %s", left).isZero();
        assertThat(rotten || stored == reached)
                .as("%s pages, %s of use", stored, reached)
                .isTrue();
    }

    private static int checkpoints(BsonDocument listed) {
        return listed.containsKey("cursor")
                ? listed.getDocument("cursor").getArray("firstBatch").size()
                : listed.getArray("checkpoints").size();
    }

    private void checkAll() {
        if (!rotten) {
            BsonDocument valid = answered("shop", "{walValidate: 1}");
            assertThat(valid.getBoolean("valid").getValue()).as("%s", valid).isTrue();
        }
        for (String branch : model().branches().keySet()) {
            BsonDocument replay = answered("shop~" + branch, "{walReplay: 1}");
            assertThat(replay.getBoolean("same").getValue()).as("%s", replay).isTrue();
        }
        Seen seen = patiently(this::observe);
        assertThat(matching(possible, seen)).as("%s", seen).isNotEmpty();
    }

    private void checkPositions() {
        for (String position : List.copyOf(shown.keySet())) {
            patiently(() -> {
                checkPosition(position);
                return position;
            });
        }
    }

    // ---- steps

    private void step() {
        if (retry != null && random.nextInt(3) > 0) {
            perform(retry);
            count("retried");
            return;
        }
        retry = null;
        if (possible.size() > 1) {
            perform(random.nextInt(3) == 0 ? update("main") : insert("main"));
            return;
        }
        String branch = any(List.copyOf(model().branches().keySet()));
        switch (random.nextInt(26)) {
            case 0 -> createIndex(branch);
            case 1 -> dropIndex(branch);
            case 2 -> dropCollection(branch);
            case 3 -> renameCollection(branch);
            case 4, 5 -> fork(branch);
            case 6 -> forkPast();
            case 7 -> dropBranch(branch);
            case 8 -> undrop();
            case 9 -> reset(branch);
            case 10, 11 -> merge(branch);
            case 12 -> tag(branch);
            case 13 -> untag();
            case 14 -> restore(branch);
            case 15, 16, 17 -> checkpoint();
            case 18 -> cleanup();
            case 19 -> check(branch);
            case 20 -> perform(update(branch));
            case 21 -> perform(delete(branch));
            case 22 -> perform(findAndModify(branch));
            default -> perform(insert(branch));
        }
    }

    private HostileModel model() {
        return possible.iterator().next();
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private Op insert(String branch) {
        String name = any(COLLECTIONS);
        List<UnaryOperator<HostileModel>> steps = new ArrayList<>();
        StringBuilder documents = new StringBuilder();
        for (int i = random.nextInt(4); i >= 0; i--) {
            int id = random.nextInt(IDS);
            int value = 100 * ++made;
            documents.append(documents.length() == 0 ? "" : ", ").append(document(id, value));
            steps.add(inCollection(
                    branch, name, true, before -> before.values().containsKey(id) ? before : before.with(id, value)));
        }
        return new Op(
                "insert",
                "shop~" + branch,
                BsonDocument.parse("{insert: '" + name + "', ordered: false, documents: [" + documents + "]}"),
                steps);
    }

    private static String document(int id, int value) {
        return "{_id: " + id + ", v: " + value + ", p: '" + "x".repeat(id * 83) + "'}";
    }

    /** A retryable one. */
    private Op update(String branch) {
        String name = any(COLLECTIONS);
        int id = random.nextInt(IDS);
        long txn = ++number;
        Op op = new Op(
                "update",
                "shop~" + branch,
                BsonDocument.parse("{update: '" + name + "', updates: [{q: {_id: " + id + "}, u: {$inc: {v: 1}}}]}")
                        .append("lsid", new BsonDocument("id", new BsonBinary(SESSION)))
                        .append("txnNumber", new BsonInt64(txn)),
                List.of(model -> {
                    Documents before = model.branch(branch).get(name);
                    Integer value = before == null ? null : before.values().get(id);
                    return value == null || before == null || model.executed().contains(txn)
                            ? model
                            : model.changed(branch, content -> content.with(name, before.with(id, value + 1)))
                                    .executed(txn);
                }));
        retry = branch.equals("main") ? op : null;
        return op;
    }

    private Op delete(String branch) {
        String name = any(COLLECTIONS);
        if (random.nextInt(4) == 0) {
            return new Op(
                    "deleteMany",
                    "shop~" + branch,
                    BsonDocument.parse("{delete: '" + name + "', deletes: [{q: {}, limit: 0}]}"),
                    List.of(inCollection(branch, name, false, before -> new Documents(Map.of(), before.indexed()))));
        }
        int id = random.nextInt(IDS);
        return new Op(
                "delete",
                "shop~" + branch,
                BsonDocument.parse("{delete: '" + name + "', deletes: [{q: {_id: " + id + "}, limit: 1}]}"),
                List.of(inCollection(branch, name, false, before -> before.without(id))));
    }

    private Op findAndModify(String branch) {
        String name = any(COLLECTIONS);
        int id = random.nextInt(IDS);
        int value = 100 * ++made;
        return new Op(
                "findAndModify",
                "shop~" + branch,
                BsonDocument.parse("{findAndModify: '" + name + "', query: {_id: " + id + "}, update: {$set: {v: "
                        + value + "}}, upsert: true, new: true}"),
                List.of(inCollection(branch, name, true, before -> before.with(id, value))));
    }

    private static UnaryOperator<HostileModel> inCollection(
            String branch, String name, boolean makes, UnaryOperator<Documents> change) {
        return model -> {
            Documents before = model.branch(branch).get(name);
            return before == null && !makes
                    ? model
                    : model.changed(
                            branch,
                            content -> content.with(name, change.apply(before == null ? Documents.NONE : before)));
        };
    }

    private void createIndex(String branch) {
        String name = any(COLLECTIONS);
        if (random.nextInt(3) == 0) {
            perform(new Op(
                    "update all",
                    "shop~" + branch,
                    BsonDocument.parse("{update: '" + name + "', updates: [{q: {}, u: {$inc: {v: 7}}, multi: true}]}"),
                    List.of(inCollection(branch, name, false, before -> {
                        Map<Integer, Integer> values = new TreeMap<>(before.values());
                        values.replaceAll((id, value) -> value + 7);
                        return new Documents(values, before.indexed());
                    }))));
            return;
        }
        perform(new Op(
                "createIndexes",
                "shop~" + branch,
                BsonDocument.parse("{createIndexes: '" + name + "', indexes: [{key: {v: 1}, name: 'v_1'}]}"),
                List.of(
                        inCollection(branch, name, true, before -> before),
                        inCollection(branch, name, true, before -> new Documents(before.values(), true)))));
    }

    private void dropIndex(String branch) {
        String name = any(COLLECTIONS);
        Documents documents = model().branch(branch).get(name);
        if (documents != null && documents.indexed()) {
            perform(new Op(
                    "dropIndexes",
                    "shop~" + branch,
                    BsonDocument.parse("{dropIndexes: '" + name + "', index: 'v_1'}"),
                    List.of(inCollection(branch, name, false, before -> new Documents(before.values(), false)))));
        }
    }

    private void dropCollection(String branch) {
        String name = any(COLLECTIONS);
        if (model().branch(branch).get(name) != null) {
            perform(new Op(
                    "drop",
                    "shop~" + branch,
                    BsonDocument.parse("{drop: '" + name + "'}"),
                    List.of(model -> model.changed(branch, content -> content.without(name)))));
        }
    }

    private void renameCollection(String branch) {
        String from = any(COLLECTIONS);
        String to = from.equals("c") ? "d" : "c";
        Documents documents = model().branch(branch).get(from);
        if (documents != null && renames) {
            String database = "shop~" + branch + ".";
            perform(new Op(
                    "renameCollection",
                    "admin",
                    BsonDocument.parse("{renameCollection: '" + database + from + "', to: '" + database + to
                            + "', dropTarget: true}"),
                    List.of(model -> model.changed(
                            branch, content -> content.without(from).with(to, documents)))));
        }
    }

    private void fork(String from) {
        if (model().branches().size() < 5) {
            String name = "b" + ++made;
            Content content = model().branch(from);
            perform(new Op(
                    "createBranch",
                    "shop~" + from,
                    BsonDocument.parse("{createBranch: '" + name + "'}"),
                    List.of(model -> model.with(name, content))));
        }
    }

    private void forkPast() {
        if (model().branches().size() < 5 && !shown.isEmpty()) {
            String position = any(List.copyOf(shown.keySet()));
            Content content = Objects.requireNonNull(shown.get(position));
            String name = "b" + ++made;
            perform(new Op(
                    "past createBranch",
                    "shop",
                    BsonDocument.parse("{createBranch: '" + name + "', from: '" + position + "'}"),
                    List.of(model -> model.with(name, content))));
        }
    }

    private void dropBranch(String branch) {
        if (!branch.equals("main") && random.nextBoolean()) {
            perform(new Op(
                    "dropBranch",
                    "shop",
                    BsonDocument.parse("{dropBranch: '" + branch + "'}"),
                    List.of(model -> model.withDropped(branch))));
            shown.keySet().removeIf(position -> branchOf(position).equals(branch));
        }
    }

    private void undrop() {
        if (!model().dropped().isEmpty()) {
            String name = any(List.copyOf(model().dropped().keySet()));
            perform(new Op(
                    "past undrop",
                    "shop",
                    BsonDocument.parse("{undrop: '" + name + "'}"),
                    List.of(model -> model.broughtBack(name))));
        }
    }

    private void reset(String branch) {
        if (!shown.isEmpty()) {
            String position = any(List.copyOf(shown.keySet()));
            Content content = Objects.requireNonNull(shown.get(position));
            perform(new Op(
                    "past resetBranch",
                    "shop~" + branch,
                    BsonDocument.parse("{resetBranch: 1, to: '" + position + "'}"),
                    List.of(model -> model.with(branch, content))));
        }
    }

    private void merge(String into) {
        String source = any(List.copyOf(model().branches().keySet()));
        BsonDocument dry = reply("shop~" + into, BsonDocument.parse("{mergeBranch: '" + source + "', dryRun: true}"));
        if (dry.getNumber("ok").doubleValue() == 0
                || !dry.containsKey("conflicts")
                || dry.getNumber("conflicts").longValue() > 0) {
            return;
        }
        Content theirs = model().branch(source);
        perform(new Op(
                "mergeBranch",
                "shop~" + into,
                BsonDocument.parse("{mergeBranch: '" + source + "'}"),
                List.of(model -> model.changed(into, content -> new Content(content.collections(), theirs)))));
        isOver |= possible.size() > 1;
        if (possible.size() == 1 && model().branch(into).theirs() != null) {
            refine();
        }
    }

    private void tag(String branch) {
        String name = "t" + ++made;
        Content content = model().branch(branch);
        perform(new Op(
                "createTag",
                "shop~" + branch,
                BsonDocument.parse("{createTag: '" + name + "'}"),
                List.of(model -> model.tagged(name, content))));
    }

    private void untag() {
        if (!model().tags().isEmpty()) {
            String name = any(List.copyOf(model().tags().keySet()));
            perform(new Op(
                    "dropTag",
                    "shop",
                    BsonDocument.parse("{dropTag: '" + name + "'}"),
                    List.of(model -> model.untagged(name))));
        }
    }

    private void restore(String branch) {
        List<String> positions = shown.keySet().stream()
                .filter(position -> branchOf(position).equals(branch))
                .toList();
        if (positions.isEmpty()) {
            return;
        }
        String position = any(positions);
        String name = any(COLLECTIONS);
        Documents then = Objects.requireNonNull(shown.get(position)).get(name);
        if (then != null && !renames) {
            perform(new Op(
                    "past restore",
                    "shop~" + branch,
                    BsonDocument.parse("{restore: '" + name + "', at: '" + position + "'}"),
                    List.of(model -> model.changed(branch, content -> content.with(name, then)))));
        }
    }

    private void checkpoint() {
        if (perform(new Op("walCheckpoint", "shop", BsonDocument.parse("{walCheckpoint: 1}"), List.of()))) {
            course.clear(); // the log is synced before the manifest is written
            course.add(possible);
        }
    }

    private void cleanup() {
        boolean all = random.nextInt(3) > 0;
        cleaned |= all;
        perform(new Op(
                "walCleanup",
                "shop",
                BsonDocument.parse(
                        all
                                ? "{walCleanup: 1, retainMillis: 0, graceMillis: 0}"
                                : "{walCleanup: 1, graceMillis: 0, dryRun: " + random.nextBoolean() + "}"),
                List.of()));
    }

    private void check(String branch) {
        try {
            Content seen = content("shop~" + branch);
            assertThat(seen).as(branch).isEqualTo(model().branch(branch));
            if (!shown.isEmpty()) {
                checkPosition(any(List.copyOf(shown.keySet())));
            }
            for (Map.Entry<String, Content> tag : model().tags().entrySet()) {
                assertThat(content("shop~" + tag.getKey())).as(tag.getKey()).isEqualTo(tag.getValue());
            }
        } catch (Unreadable e) {
            count("not read");
        }
    }

    private void checkPosition(String position) {
        BsonDocument reply = reply("shop~" + position, BsonDocument.parse("{listCollections: 1, nameOnly: true}"));
        if (isGone(reply)) {
            count("position gone");
            shown.remove(position);
            return;
        }
        assertThat(content("shop~" + position)).as(position).isEqualTo(shown.get(position));
        count("position read");
    }

    /** Whether a cleanup took the position that is asked for. */
    private boolean isGone(BsonDocument reply) {
        return cleaned
                && code(reply) == ErrorCode.BAD_VALUE.number()
                && message(reply).contains("no longer kept");
    }

    // ---- commands

    /** Answers whether it was acknowledged. */
    private boolean perform(Op op) {
        BsonDocument reply = reply(op.database(), op.command());
        int code = failure(reply);
        trace.add(op.kind() + " " + op.database() + " " + shortened(op.command()) + ": "
                + (code == 0 ? "ok" : shortened(reply)));
        boolean isPast = op.kind().startsWith("past ");
        if (code == 0) {
            boolean appended =
                    possible.stream().noneMatch(model -> after(op, model).equals(model));
            Set<HostileModel> before = possible;
            possible = after(op, op.steps().size(), op.steps().size());
            if (!appended) {
                possible.addAll(before); // what is unknown may come later, and this one changed nothing
            }
            count(op.kind());
            if (possible.size() > 1 && appended) {
                refine();
            }
            remember(op);
            return true;
        }
        if (code == ErrorCode.WRITE_CONCERN_FAILED.number()) {
            possible = after(op, 0, op.steps().size());
            count("unknown");
        } else if (code == ErrorCode.HOST_UNREACHABLE.number()
                || (rotten && code == ErrorCode.DATA_CORRUPTION.number())) {
            possible = after(op, 0, Math.max(0, op.steps().size() - 1));
            count("not stored");
        } else if (isPast && (isGone(reply) || message(reply).contains("drop or rename this one first"))) {
            count("refused as gone");
        } else {
            throw new AssertionError(op.kind() + " of " + op.command() + " on " + op.database() + ": " + reply);
        }
        return false;
    }

    private static String shortened(BsonDocument document) {
        return document.toJson().replaceAll("x{5,}", "x+");
    }

    private static HostileModel after(Op op, HostileModel model) {
        HostileModel next = model;
        for (UnaryOperator<HostileModel> step : op.steps()) {
            next = step.apply(next);
        }
        return next;
    }

    private Set<HostileModel> after(Op op, int fewest, int most) {
        Set<HostileModel> after = new LinkedHashSet<>();
        for (HostileModel model : possible) {
            HostileModel next = model;
            for (int i = 0; i <= most; i++) {
                if (i >= fewest) {
                    after.add(next);
                }
                next = i < most ? op.steps().get(i).apply(next) : next;
            }
        }
        return after;
    }

    /** What was acknowledged and is in the log settles what was unknown before. */
    private void refine() {
        try {
            Seen seen = observe();
            Set<HostileModel> left = matching(possible, seen);
            assertThat(left).as("what is there: %s\nof: %s", seen, possible).isNotEmpty();
            possible = left;
        } catch (Unreadable e) {
            isOver = true;
        }
    }

    /** What the branch of an acknowledged command shows, by the position it is at. */
    private void remember(Op op) {
        String branch = op.database().startsWith("shop~") ? op.database().substring("shop~".length()) : "main";
        Content content = model().branches().get(branch);
        if (possible.size() == 1 && content != null && content.theirs() == null) {
            try {
                shown.put(branch + "~" + lastLsn(), content);
            } catch (Unreadable e) {
                count("not read");
            }
        }
    }

    private static String branchOf(String position) {
        return position.substring(0, position.indexOf('~'));
    }

    private static long lsnOf(String position) {
        return Long.parseLong(position.substring(position.indexOf('~') + 1));
    }

    private Seen observe() {
        Map<String, Content> branches = new TreeMap<>();
        for (BsonValue branch : read("shop", "{listBranches: 1}").getArray("branches")) {
            String name = branch.asDocument().getString("name").getValue();
            branches.put(name, content("shop~" + name));
        }
        Map<String, Content> tags = new TreeMap<>();
        for (BsonValue tag : read("shop", "{listTags: 1}").getArray("tags")) {
            String name = tag.asDocument().getString("name").getValue();
            tags.put(name, content("shop~" + name));
        }
        return new Seen(branches, tags);
    }

    private long lastLsn() {
        return read("shop", "{listBranches: 1}").getInt64("lsn").getValue();
    }

    /** By a scan and by each index. */
    private Content content(String database) {
        Map<String, Documents> collections = new TreeMap<>();
        for (BsonDocument collection : list(database, "{listCollections: 1, nameOnly: true}")) {
            String name = collection.getString("name").getValue();
            boolean indexed = list(database, "{listIndexes: '" + name + "'}").size() > 1;
            Map<Integer, Integer> values = values(list(database, "{find: '" + name + "'}"));
            assertThat(values(list(database, "{find: '" + name + "', hint: {_id: 1}}")))
                    .isEqualTo(values);
            if (indexed) {
                assertThat(values(list(database, "{find: '" + name + "', hint: {v: 1}}")))
                        .isEqualTo(values);
            }
            collections.put(name, new Documents(values, indexed));
        }
        return new Content(collections, null);
    }

    private static Map<Integer, Integer> values(List<BsonDocument> documents) {
        Map<Integer, Integer> values = new TreeMap<>();
        for (BsonDocument document : documents) {
            Integer before = values.put(
                    document.getInt32("_id").getValue(), document.getInt32("v").getValue());
            assertThat(before).as("twice: %s", document).isNull();
        }
        return values;
    }

    private List<BsonDocument> list(String database, String command) {
        return read(database, command).getDocument("cursor").getArray("firstBatch").stream()
                .map(BsonValue::asDocument)
                .toList();
    }

    /** @throws Unreadable when the store failed */
    private BsonDocument read(String database, String command) {
        BsonDocument reply = reply(database, BsonDocument.parse(command));
        int code = failure(reply);
        if (code == ErrorCode.HOST_UNREACHABLE.number()
                || code == ErrorCode.WRITE_CONCERN_FAILED.number()
                || (rotten && code == ErrorCode.DATA_CORRUPTION.number())) {
            throw new Unreadable(message(reply));
        }
        assertThat(code).as("%s on %s: %s", command, database, reply).isZero();
        return reply;
    }

    /** What has to succeed once the world is calm, if perhaps not at once. */
    private BsonDocument answered(String database, String command) {
        return patiently(() -> read(database, command));
    }

    private <T> T patiently(Supplier<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return work.get();
            } catch (Unreadable e) {
                trace.add("not read: " + e.getMessage());
                if (attempt == TRIES) {
                    throw e;
                }
                if (attempt == PATIENCE) {
                    world.calm();
                }
            }
        }
    }

    private BsonDocument reply(String database, BsonDocument command) {
        BsonDocument sent = command.clone().append("$db", new BsonString(database));
        return Commander.decode(
                engine().run(Objects.requireNonNull(client), new Request(Commander.encode(sent), Map.of())));
    }

    /** The code of what went wrong, a key that is there twice apart; 0 when nothing did. */
    private static int failure(BsonDocument reply) {
        if (reply.getNumber("ok").doubleValue() == 0) {
            return code(reply);
        }
        if (reply.containsKey("writeErrors")) {
            for (BsonValue error : reply.getArray("writeErrors")) {
                int code = code(error.asDocument());
                if (code != ErrorCode.DUPLICATE_KEY.number()) {
                    return code;
                }
            }
        }
        return 0;
    }

    private static int code(BsonDocument reply) {
        return reply.containsKey("code") ? reply.getInt32("code").getValue() : 0;
    }

    private static String message(BsonDocument reply) {
        return reply.getString("errmsg", new BsonString("")).getValue();
    }

    private void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }
}
