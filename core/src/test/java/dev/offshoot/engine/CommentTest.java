package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.wal.Origin;
import java.nio.file.Path;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the {@code comment} of a command that writes becomes: the message of its commits. */
final class CommentTest {
    @AutoClose
    private final Commander commander;

    CommentTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
        commander.run("shop", "{insert: 'c', documents: [{_id: 1, n: 1}, {_id: 2, n: 2}]}");
        commander.run("shop", "{createIndexes: 'c', indexes: [{key: {n: 1}, name: 'n'}]}");
        commander.run("shop", "{createBranch: 'old'}");
    }

    /** The messages of what is in the log from an LSN on, where there is one, else the empty text. */
    private List<String> messages(long from) {
        return commander.list("shop", "{walTail: 1, from: " + from + "}").stream()
                .flatMap(row -> row.getArray("commits").stream())
                .map(commit -> commit.asDocument()
                        .getString("message", new BsonString(""))
                        .getValue())
                .toList();
    }

    private long lsn() {
        return commander.run("shop", "{listBranches: 1}").getInt64("lsn").getValue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{insert: 'c', documents: [{_id: 3}]}",
                "{update: 'c', updates: [{q: {_id: 1}, u: {$inc: {n: 1}}}]}",
                "{delete: 'c', deletes: [{q: {_id: 1}, limit: 1}]}",
                "{findAndModify: 'c', query: {_id: 1}, update: {$inc: {n: 1}}}",
                "{findAndModify: 'c', query: {_id: 1}, remove: true}",
                "{create: 'd'}",
                "{create: 'v', viewOn: 'c', pipeline: []}",
                "{drop: 'c'}",
                "{createIndexes: 'c', indexes: [{key: {m: 1}, name: 'm'}]}",
                "{createIndexes: 'new', indexes: [{key: {m: 1}, name: 'm'}]}",
                "{dropIndexes: 'c', index: 'n'}",
                "{collMod: 'c', validationLevel: 'moderate'}",
                "{collMod: 'c', index: {name: 'n', hidden: true}}",
                "{convertToCapped: 'c', size: 4096}",
                "{dropDatabase: 1}",
                "{aggregate: 'c', pipeline: [{$out: 'o'}], cursor: {}}",
                "{aggregate: 'c', pipeline: [{$merge: 'o'}], cursor: {}}",
                "{aggregate: 'c', pipeline: [{$merge: {into: {db: 'shop~old', coll: 'o'}}}], cursor: {}}",
                "{createBranch: 'exp'}",
                "{renameBranch: 'old', to: 'older'}",
                "{dropBranch: 'old'}"
            })
    void every_command_that_writes_keeps_its_comment(String command) {
        long before = lsn();
        commander.run("shop", BsonDocument.parse(command).append("comment", new BsonString("spring sale")));
        assertThat(lsn()).isGreaterThan(before);
        assertThat(messages(before + 1)).isNotEmpty().containsOnly("spring sale");
    }

    @Test
    void commands_of_the_admin_database_keep_their_comment() {
        long before = lsn();
        commander.run(
                "admin",
                "{bulkWrite: 1, ops: [{insert: 0, document: {_id: 9}}, {delete: 1, filter: {}}],"
                        + " nsInfo: [{ns: 'shop.c'}, {ns: 'shop~old.c'}], comment: 'many'}");
        commander.run("admin", "{renameCollection: 'shop.c', to: 'shop.d', comment: 'once'}");
        assertThat(messages(before + 1)).hasSize(3).containsSubsequence("many", "many", "once");
    }

    @Test
    void a_comment_that_is_no_string_is_kept_as_json() {
        long before = lsn();
        commander.run("shop", "{insert: 'c', documents: [{_id: 3}], comment: {ticket: 7, at: {$numberLong: '5'}}}");
        commander.run("shop", "{insert: 'c', documents: [{_id: 4}], comment: 42}");
        commander.run("shop", "{insert: 'c', documents: [{_id: 5}], comment: null}");
        commander.run("shop", "{insert: 'c', documents: [{_id: 6}]}");
        assertThat(messages(before + 1)).containsExactly("{\"ticket\": 7, \"at\": 5}", "42", "", "");
    }

    @Test
    void a_comment_of_many_megabytes_is_cut() {
        long before = lsn();
        BsonDocument command = new BsonDocument("insert", new BsonString("c"))
                .append("documents", new BsonArray(List.of(new BsonDocument())))
                .append("comment", new BsonString("x".repeat(15 << 20)));
        commander.run("shop", command);
        assertThat(messages(before + 1)).containsExactly("x".repeat(Origin.MESSAGE_CHARS_MAX - 3) + "...");
    }

    @Test
    void the_actor_is_the_application_and_where_it_comes_from() {
        commander.run(
                "admin",
                "{hello: 1, client: {application: {name: 'till'}, driver: {name: 'd', version: '1'},"
                        + " os: {type: 'linux'}}}");
        commander.run("shop", "{insert: 'c', documents: [{_id: 3}]}");
        BsonDocument row = commander.list("shop", "{walTail: 1, last: 1}").get(0);
        assertThat(row.getArray("commits")
                        .get(0)
                        .asDocument()
                        .getString("actor")
                        .getValue())
                .isEqualTo("till@127.0.0.1");
    }
}
