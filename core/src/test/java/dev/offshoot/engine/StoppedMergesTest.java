package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.state.Project;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code killOp} and {@code maxTimeMS} end long merges, rebases and diffs, and nothing of them is left. */
@Timeout(120)
final class StoppedMergesTest {
    private static final int DOCUMENTS = 8000;
    private static final int COMMITS = 8;
    private static final int ATTEMPTS_MAX = 20;
    private static final int INTERRUPTED = 11601;

    @AutoClose
    private final Commander commander;

    StoppedMergesTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
    }

    @BeforeEach
    void fill() {
        BsonArray documents = new BsonArray();
        for (int i = 0; i < DOCUMENTS; i++) {
            documents.add(new BsonDocument("_id", new BsonInt32(i)));
        }
        commander.run("shop", new BsonDocument("insert", new BsonString("items")).append("documents", documents));
        commander.run("shop", "{createBranch: 'dev'}");
        for (int i = 0; i < COMMITS; i++) {
            update("shop~dev", "n", i);
        }
        update("shop", "m", 1);
    }

    private void update(String database, String field, int value) {
        commander.run(
                database,
                "{update: 'items', updates: [{q: {}, u: {$set: {" + field + ": " + value + "}}, multi: true}]}");
    }

    static List<String> longOnes() {
        return List.of(
                "{mergeBranch: 'main', into: 'copy', squash: true}",
                "{rebaseBranch: 'copy', onto: 'main'}",
                "{cherryPick: 'main', from: 'main~BASE', into: 'copy'}",
                "{undoChanges: 1, from: 'main~BASE', into: 'copy'}",
                "{diffBranches: 1, from: 'main', to: 'copy', cursor: {batchSize: 9000}}");
    }

    @ParameterizedTest
    @MethodSource("longOnes")
    void what_takes_longer_than_it_may_is_ended_and_leaves_nothing(String template) {
        String command = command(template);
        copy();
        String before = content();
        commander.fail(50, "shop", command.replaceFirst("}$", ", maxTimeMS: 1}"));
        assertUntouched(before);
        goesOnWithout(command);
    }

    @ParameterizedTest
    @MethodSource("longOnes")
    void what_is_killed_ends_and_leaves_nothing(String template) throws Exception {
        String command = command(template);
        boolean killed = false;
        for (int attempt = 0;
                attempt < ATTEMPTS_MAX && !killed;
                attempt++) { // it may have been done before it was found
            copy();
            String before = content();
            killed = kill(command.replaceFirst("}$", ", comment: 'long'}"));
            if (killed) {
                assertUntouched(before);
                goesOnWithout(command);
            }
        }
        assertThat(killed).isTrue();
    }

    private String command(String template) {
        return template.replace("BASE", "" + base());
    }

    /** A new branch of what {@code dev} has, which a command is tried on. */
    private void copy() {
        if (project().catalog().branch("copy") != null) {
            commander.run("shop", "{dropBranch: 'copy'}");
        }
        commander.run("shop", "{createBranch: 'copy', from: 'dev'}");
    }

    private boolean kill(String command) throws Exception {
        Engine engine = commander.engine();
        Client other = engine.connect("127.0.0.1:50999");
        CompletableFuture<BsonDocument> reply = CompletableFuture.supplyAsync(
                () -> Commander.reply(engine, other, "shop", BsonDocument.parse(command)));
        while (!reply.isDone()) {
            commander.run("admin", "{currentOp: 1, 'command.comment': 'long'}").getArray("inprog").stream()
                    .map(operation -> operation.asDocument().getInt32("opid").getValue())
                    .forEach(id -> commander.run("admin", "{killOp: 1, op: " + id + "}"));
        }
        BsonDocument ended = reply.get(50, TimeUnit.SECONDS);
        boolean isKilled = ended.getNumber("ok").intValue() == 0;
        if (isKilled) {
            assertThat(ended.getInt32("code").getValue()).as("%s", ended).isEqualTo(INTERRUPTED);
        }
        return isKilled;
    }

    private void assertUntouched(String before) {
        for (int pass = 0; pass < 2; pass++) {
            assertThat(content()).isEqualTo(before);
            commander.fail("shop", "{listConflicts: 1, into: 'copy'}");
            commander.restart();
        }
    }

    private void goesOnWithout(String command) {
        String head = content();
        BsonDocument reply = commander.run("shop", command);
        if (!command.startsWith("{diff")) {
            assertThat(reply.getString("status").getValue()).isEqualTo("merged");
            assertThat(content()).isNotEqualTo(head);
        }
    }

    private Project project() {
        return Objects.requireNonNull(commander.engine().projects().find("shop"));
    }

    private long base() {
        return Objects.requireNonNull(project().catalog().branch("dev")).base();
    }

    /** The head of the branch, and what its documents are. */
    private String content() {
        List<BsonDocument> counted = commander.list(
                "shop~copy",
                "{aggregate: 'items', cursor: {}, pipeline: [{$group: {_id: ['$n', '$m'], c: {$sum: 1}}}]}");
        return project().head(project().branch("copy")).lsn() + " " + counted;
    }
}
