package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonValue;

/**
 * One client on a thread of its own, who remembers what it was told. Plain writes are sent once; retryable ones until there is an
 * answer, so of those it knows all.
 */
final class ConcurrentWriter {
    private static final int RETRIES_MAX = 500;
    private static final int UNKNOWN = 64;
    private static final int NOT_STORED = 6;
    private static final int EXISTS = 48;

    private final Engine engine;
    private final Client client;
    private final Random random;
    private final int number;
    private final List<String> branches;
    private final Map<String, Told> told = new HashMap<>();
    private final BsonDocument session;
    private long txnNumber;
    private int made;
    private long retried;
    private long forks;

    /** What was told of a branch. */
    private static final class Told {
        private long acknowledged;
        private long unknown;
        private long retryable;
        private long read;
        private final List<BsonValue> inserted = new ArrayList<>();
        private final List<BsonValue> perhaps = new ArrayList<>();
    }

    ConcurrentWriter(Engine engine, long seed, int number, List<String> branches) {
        this.engine = engine;
        this.client = engine.connect("writer-" + number);
        this.random = new Random(seed);
        this.number = number;
        this.branches = branches;
        this.session = new BsonDocument("id", new BsonBinary(new UUID(seed, number)));
        branches.forEach(branch -> told.put(branch, new Told()));
    }

    /** Makes the project, the counter and the branches, however often the store says no. */
    static void prepare(Engine engine, Collection<String> branches) {
        ConcurrentWriter writer = new ConcurrentWriter(engine, -1, -1, List.of());
        writer.untilOk("admin", "{createProject: 'shop'}");
        writer.untilOk("shop", "{insert: 'counters', documents: [{_id: 'c'}]}");
        for (String branch : branches) {
            if (!branch.equals("main")) {
                writer.untilOk("shop", "{createBranch: '" + branch + "'}");
            }
        }
    }

    boolean run(int operations) {
        for (int i = 0; i < operations; i++) {
            String branch = branches.get(random.nextInt(branches.size()));
            switch (random.nextInt(8)) {
                case 0, 1 -> increment(branch);
                case 2, 3 -> incrementRetryable(branch);
                case 4 -> insert(branch);
                case 5 -> insertRetryable(branch);
                case 6 -> read(branch);
                default -> fork(branch);
            }
        }
        return true;
    }

    String field() {
        return "w" + number;
    }

    String retryableField() {
        return "r" + number;
    }

    long acknowledged(String branch) {
        return of(branch).acknowledged;
    }

    long unknown(String branch) {
        return of(branch).unknown;
    }

    long retryable(String branch) {
        return of(branch).retryable;
    }

    List<BsonValue> inserted(String branch) {
        return of(branch).inserted;
    }

    List<BsonValue> perhapsInserted(String branch) {
        return of(branch).perhaps;
    }

    long unknowns() {
        return told.values().stream()
                .mapToLong(t -> t.unknown + t.perhaps.size())
                .sum();
    }

    long retried() {
        return retried;
    }

    long forks() {
        return forks;
    }

    private void increment(String branch) {
        BsonDocument reply = reply(branch, update(field()));
        switch (code(reply)) {
            case 0 -> of(branch).acknowledged += modified(reply);
            case UNKNOWN -> of(branch).unknown++;
            default -> {}
        }
    }

    private void incrementRetryable(String branch) {
        of(branch).retryable += modified(replyOfRetries(branch, update(retryableField())));
    }

    private void insert(String branch) {
        BsonDocument document = document();
        switch (code(reply(branch, insert(document)))) {
            case 0 -> of(branch).inserted.add(document.get("_id"));
            case UNKNOWN -> of(branch).perhaps.add(document.get("_id"));
            default -> {}
        }
    }

    private void insertRetryable(String branch) {
        BsonDocument document = document();
        BsonDocument reply = replyOfRetries(branch, insert(document));
        assertThat(reply.getNumber("n").intValue()).as(reply.toJson()).isEqualTo(1);
        of(branch).inserted.add(document.get("_id"));
    }

    /** A client sees its own writes, and a counter never goes back. */
    private void read(String branch) {
        Told mine = of(branch);
        BsonDocument reply = reply(branch, BsonDocument.parse("{find: 'counters', filter: {_id: 'c'}}"));
        if (code(reply) != 0) {
            return; // the tail could not be confirmed
        }
        BsonDocument counter =
                reply.getDocument("cursor").getArray("firstBatch").get(0).asDocument();
        long own = value(counter, field());
        long exact = value(counter, retryableField());
        long all = value(counter, "n");
        assertThat(own).as("%s in %s", field(), branch).isBetween(mine.acknowledged, mine.acknowledged + mine.unknown);
        assertThat(exact).as("%s in %s", retryableField(), branch).isEqualTo(mine.retryable);
        assertThat(all).as("n in %s", branch).isGreaterThanOrEqualTo(mine.read);
        mine.read = all;
    }

    private void fork(String branch) {
        String name = "f" + number + "-" + ++made;
        if (code(reply(branch, BsonDocument.parse("{createBranch: '" + name + "'}"))) == 0) {
            forks++;
        }
    }

    private BsonDocument update(String field) {
        return BsonDocument.parse(String.format(
                Locale.ROOT, "{update: 'counters', updates: [{q: {_id: 'c'}, u: {$inc: {n: 1, %s: 1}}}]}", field));
    }

    private static BsonDocument insert(BsonDocument document) {
        BsonDocument command = BsonDocument.parse("{insert: 'things', documents: []}");
        command.getArray("documents").add(document);
        return command;
    }

    private BsonDocument document() {
        return new BsonDocument("_id", new BsonString(number + "-" + ++made)).append("x", new BsonInt64(made));
    }

    private BsonDocument replyOfRetries(String branch, BsonDocument command) {
        command.append("lsid", session).append("txnNumber", new BsonInt64(++txnNumber));
        for (int i = 0; i < RETRIES_MAX; i++) {
            BsonDocument reply = reply(branch, command);
            if (code(reply) == 0) {
                retried += i > 0 ? 1 : 0;
                return reply;
            }
        }
        throw new AssertionError("never answered: " + command.toJson());
    }

    private void untilOk(String database, String command) {
        for (int i = 0; i < RETRIES_MAX; i++) {
            BsonDocument reply = run(database, BsonDocument.parse(command));
            int code = code(reply);
            if (code == EXISTS || (code == 0 && !reply.containsKey("writeErrors"))) {
                return;
            }
            if (reply.containsKey("writeErrors")) {
                return; // it was stored, and the answer lost
            }
        }
        throw new AssertionError("never done: " + command);
    }

    private BsonDocument reply(String branch, BsonDocument command) {
        BsonDocument reply = run("shop~" + branch, command);
        int code = code(reply);
        assertThat(code == 0 || code == UNKNOWN || code == NOT_STORED)
                .as("%s: %s", command, reply)
                .isTrue();
        assertThat(reply.containsKey("writeErrors"))
                .as("%s: %s", command, reply)
                .isFalse();
        return reply;
    }

    private BsonDocument run(String database, BsonDocument command) {
        return Commander.reply(engine, client, database, command);
    }

    private Told of(String branch) {
        Told found = told.get(branch);
        if (found == null) {
            throw new AssertionError(branch);
        }
        return found;
    }

    private static int code(BsonDocument reply) {
        return reply.getNumber("ok").intValue() == 1
                ? 0
                : reply.getNumber("code").intValue();
    }

    private static long modified(BsonDocument reply) {
        assertThat(reply.getNumber("nModified").intValue()).as(reply.toJson()).isEqualTo(1);
        return 1;
    }

    private static long value(BsonDocument document, String field) {
        return document.containsKey(field) ? document.getNumber(field).longValue() : 0;
    }
}
