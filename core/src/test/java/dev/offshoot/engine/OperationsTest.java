package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the server says about itself, and {@code killOp}. */
class OperationsTest {
    /** A pipeline that takes far longer than any test, and holds next to nothing. */
    private static final String ENDLESS = "{aggregate: 'items', cursor: {}, comment: 'endless', pipeline: ["
            + "{$lookup: {from: 'items', pipeline: [], as: 'a'}}, {$unwind: '$a'},"
            + "{$lookup: {from: 'items', pipeline: [], as: 'b'}}, {$unwind: '$b'},"
            + "{$lookup: {from: 'items', pipeline: [], as: 'c'}}, {$unwind: '$c'},"
            + "{$lookup: {from: 'items', pipeline: [], as: 'd'}}, {$unwind: '$d'},"
            + "{$group: {_id: null, n: {$sum: 1}}}]}";

    @AutoClose
    private final Commander commander;

    OperationsTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
        BsonArray documents = new BsonArray();
        for (int i = 0; i < 1000; i++) {
            documents.add(new BsonDocument("_id", new BsonInt32(i)));
        }
        commander.run("shop", new BsonDocument("insert", new BsonString("items")).append("documents", documents));
    }

    private List<BsonDocument> running(String filter) {
        BsonArray inprog =
                commander.run("admin", "{currentOp: 1, " + filter + "}").getArray("inprog");
        return inprog.stream().map(BsonValue::asDocument).toList();
    }

    @Test
    @Timeout(60)
    void kill_op_ends_an_aggregation() throws Exception {
        Engine engine = commander.engine();
        Client other = engine.connect("127.0.0.1:50999");
        CompletableFuture<BsonDocument> reply = CompletableFuture.supplyAsync(
                () -> Commander.reply(engine, other, "shop", BsonDocument.parse(ENDLESS)));
        List<BsonDocument> found = new ArrayList<>();
        while (found.isEmpty()) {
            found.addAll(running("'command.comment': 'endless'"));
        }
        assertThat(found.get(0).getString("ns").getValue()).isEqualTo("shop.items");
        assertThat(found.get(0).getString("client").getValue()).isEqualTo("127.0.0.1:50999");

        commander.run(
                "admin", "{killOp: 1, op: " + found.get(0).getInt32("opid").getValue() + "}");

        BsonDocument failed = reply.get(50, TimeUnit.SECONDS);
        assertThat(failed.getInt32("code").getValue()).as("%s", failed).isEqualTo(11601);
        assertThat(running("'command.comment': 'endless'")).isEmpty();
    }

    @Test
    void max_time_ends_a_pipeline_that_reads_nothing_any_more() {
        commander.fail(50, "shop", ENDLESS.replace("cursor: {}", "cursor: {}, maxTimeMS: 50"));
    }

    @Test
    void current_op_shows_itself() {
        assertThat(running("$all: true")).hasSize(1);
        assertThat(commander.list("admin", "{aggregate: 1, pipeline: [{$currentOp: {}}], cursor: {}}"))
                .hasSize(1);
    }

    @Test
    void current_op_shows_idle_connections_where_asked() {
        Client other = commander.engine().connect("127.0.0.1:50999");
        String stage =
                "{aggregate: 1, pipeline: [{$currentOp: {idleConnections: %s}}, {$match: {active: false}}], cursor: {}}";

        List<BsonDocument> idle = commander.list("admin", String.format(stage, true));
        assertThat(idle).hasSize(1);
        assertThat(idle.get(0).getString("client").getValue()).isEqualTo("127.0.0.1:50999");
        assertThat(idle.get(0).containsKey("opid")).isFalse();
        assertThat(running("$all: true")).hasSize(2);
        assertThat(commander.list("admin", String.format(stage, false))).isEmpty();

        commander.engine().disconnect(other);
        assertThat(commander.list("admin", String.format(stage, true))).isEmpty();
    }

    @Test
    void current_op_is_a_stage_of_the_admin_database_with_options_of_its_own() {
        commander.fail(73, "shop", "{aggregate: 1, pipeline: [{$currentOp: {}}], cursor: {}}");
        commander.fail(73, "admin", "{aggregate: 'items', pipeline: [{$currentOp: {}}], cursor: {}}");
        commander.fail(9, "admin", "{aggregate: 1, pipeline: [{$currentOp: {x: true}}], cursor: {}}");
        commander.fail(9, "admin", "{aggregate: 1, pipeline: [{$currentOp: {allUsers: 1}}], cursor: {}}");
        commander.fail(
                51047,
                "shop",
                "{aggregate: 'items', pipeline: [{$lookup: {from: 'x', as: 'r', pipeline: [{$currentOp: {}}]}}], cursor: {}}");
    }

    @Test
    void kill_op_of_what_is_not_running_is_no_error() {
        assertThat(commander
                        .run("admin", "{killOp: 1, op: 123456}")
                        .getString("info")
                        .getValue())
                .isEqualTo("attempting to kill op");
        commander.fail(4, "admin", "{killOp: 1}");
        commander.fail(13, "shop", "{killOp: 1, op: 1}");
    }

    @Test
    void top_counts_what_was_done() {
        commander.run("shop", "{find: 'items', limit: 1}");
        commander.run("shop", "{find: 'items', limit: 1}");
        commander.run("shop", "{delete: 'items', deletes: [{q: {_id: 1}, limit: 1}]}");

        BsonDocument items =
                commander.run("admin", "{top: 1}").getDocument("totals").getDocument("shop.items");

        assertThat(count(items, "queries")).isEqualTo(2);
        assertThat(count(items, "insert")).isEqualTo(1);
        assertThat(count(items, "remove")).isEqualTo(1);
        assertThat(count(items, "total")).isEqualTo(4);
        assertThat(count(items, "writeLock")).isEqualTo(2);
    }

    private static long count(BsonDocument item, String kind) {
        return item.getDocument(kind).getInt64("count").getValue();
    }

    @Test
    void sessions_are_listed_until_they_end() {
        String lsid = "{id: {$binary: {base64: 'AAAAAAAAAAAAAAAAAAAAAQ==', subType: '04'}}}";
        commander.run("shop", "{find: 'items', limit: 1, lsid: " + lsid + "}");

        List<BsonDocument> local =
                commander.list("admin", "{aggregate: 1, pipeline: [{$listLocalSessions: {}}], cursor: {}}");

        assertThat(local).hasSize(1);
        assertThat(local.get(0).getDocument("_id").get("id"))
                .isEqualTo(BsonDocument.parse(lsid).get("id"));
        assertThat(commander.list(
                        "config", "{aggregate: 'system.sessions', pipeline: [{$listSessions: {}}], cursor: {}}"))
                .isEqualTo(local);
        commander.run("admin", "{endSessions: [" + lsid + "]}");
        assertThat(commander.list("admin", "{aggregate: 1, pipeline: [{$listLocalSessions: {}}], cursor: {}}"))
                .isEmpty();
    }
}
