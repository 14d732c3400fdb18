package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents that expire by a TTL index. Time is a number that the test gives. */
final class ExpiryTest {
    private static final long NOON = 1_795_000_000_000L;

    @AutoClose
    private final Commander commander;

    ExpiryTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
    }

    @BeforeEach
    void create() {
        commander.run("admin", "{setParameter: 1, ttlMonitorEnabled: false}");
        commander.run("shop", "{createIndexes: 'items', indexes: [{key: {at: 1}, name: 'at_1'}]}");
        commander.run("shop", "{collMod: 'items', index: {name: 'at_1', expireAfterSeconds: 10}}");
    }

    @Test
    void a_document_goes_when_its_date_is_long_enough_ago() {
        insert("shop", 1, new BsonDateTime(NOON));
        insert("shop", 2, new BsonDateTime(NOON + 1));
        assertThat(commander.engine().expire(NOON + 9_999)).isZero();
        assertThat(commander.engine().expire(NOON + 10_000)).isEqualTo(1);
        assertThat(ids("shop")).containsExactly(2);
        assertThat(commander.engine().expire(NOON + 10_001)).isEqualTo(1);
        assertThat(ids("shop")).isEmpty();
    }

    @Test
    void an_array_counts_with_its_earliest_date_and_what_is_no_date_stays() {
        insert("shop", 1, new BsonArray(List.of(new BsonDateTime(NOON + 60_000), new BsonDateTime(NOON))));
        insert("shop", 2, new BsonArray(List.of(new BsonDateTime(NOON + 60_000), new BsonString("x"))));
        insert("shop", 3, new BsonString("2020-01-01"));
        insert("shop", 4, BsonNull.VALUE);
        commander.run("shop", "{insert: 'items', documents: [{_id: 5}]}");
        assertThat(commander.engine().expire(NOON + 30_000)).isEqualTo(1);
        assertThat(ids("shop")).containsExactly(2, 3, 4, 5);
    }

    @Test
    void a_partial_index_says_by_its_own_collation_which_documents_expire() {
        commander.run("shop", "{create: 'names', collation: {locale: 'en', strength: 2}}");
        commander.run(
                "shop",
                "{createIndexes: 'names', indexes: [{key: {at: 1}, name: 'at_1', expireAfterSeconds: 10,"
                        + " partialFilterExpression: {kind: 'guest'}}]}");
        commander.run(
                "shop",
                "{insert: 'names', documents: [{_id: 1, kind: 'Guest', at: {$date: 0}}, {_id: 2, kind: 'user', at: {$date: 0}}]}");
        assertThat(commander.engine().expire(NOON)).isEqualTo(1);
        assertThat(commander.list("shop", "{find: 'names'}"))
                .extracting(document -> document.getInt32("_id").getValue())
                .containsExactly(2);
    }

    @Test
    void documents_expire_on_every_branch_and_never_in_the_past() {
        insert("shop", 1, new BsonDateTime(NOON));
        long lsn = commander.run("shop", "{listBranches: 1}").getNumber("lsn").longValue();
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop", "{createBranch: 'longer'}");
        commander.run("shop~longer", "{collMod: 'items', index: {name: 'at_1', expireAfterSeconds: 1000}}");

        assertThat(commander.engine().expire(NOON + 20_000)).isEqualTo(2);

        assertThat(ids("shop")).isEmpty();
        assertThat(ids("shop~dev")).isEmpty();
        assertThat(ids("shop~longer")).containsExactly(1);
        assertThat(ids("shop~main~" + lsn)).containsExactly(1);
        commander.restart();
        assertThat(ids("shop")).isEmpty();
        assertThat(ids("shop~longer")).containsExactly(1);
        assertThat(ids("shop~main~" + lsn)).containsExactly(1);
    }

    @Test
    void many_documents_go_in_several_commits_and_nothing_is_written_where_nothing_expires() {
        BsonArray documents = new BsonArray();
        for (int i = 0; i < 2500; i++) {
            documents.add(document(i, new BsonDateTime(NOON)));
        }
        commander.run("shop", new BsonDocument("insert", new BsonString("items")).append("documents", documents));
        assertThat(commander.engine().expire(NOON + 20_000)).isEqualTo(2500);
        BsonValue lsn = commander.run("shop", "{listBranches: 1}").get("lsn");
        assertThat(commander.engine().expire(NOON + 20_000)).isZero();
        assertThat(commander.run("shop", "{listBranches: 1}").get("lsn")).isEqualTo(lsn);
    }

    private void insert(String database, int id, BsonValue at) {
        commander.run(
                database,
                new BsonDocument("insert", new BsonString("items"))
                        .append("documents", new BsonArray(List.of(document(id, at)))));
    }

    private static BsonDocument document(int id, BsonValue at) {
        return new BsonDocument("_id", new BsonInt32(id)).append("at", at);
    }

    private List<Integer> ids(String database) {
        return commander.list(database, "{find: 'items', sort: {_id: 1}}").stream()
                .map(document -> document.getInt32("_id").getValue())
                .toList();
    }
}
