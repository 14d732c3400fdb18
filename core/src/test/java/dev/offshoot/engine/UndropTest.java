package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Branches that come back after they were dropped. */
class UndropTest {
    @AutoClose
    private final Commander commander;

    UndropTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
        insert("shop", 1);
        commander.run("shop", "{createBranch: 'dev', description: 'first'}");
        insert("shop~dev", 2);
    }

    @Test
    void a_branch_comes_back_as_it_was_and_goes_on() {
        long id = commander.run("shop", "{dropBranch: 'dev'}").getInt64("id").getValue();
        insert("shop", 3);

        BsonDocument back = commander.run("shop", "{undrop: 'DEV'}");

        assertThat(back.getInt64("id").getValue()).isEqualTo(id);
        assertThat(back.getString("name").getValue()).isEqualTo("dev");
        assertThat(back.getString("description").getValue()).isEqualTo("first");
        assertThat(ids("shop~dev")).containsExactly(1, 2);
        insert("shop~dev", 4);
        commander.restart();
        assertThat(ids("shop~dev")).containsExactly(1, 2, 4);
        assertThat(dropped()).isEmpty();
        commander.run("shop", "{dropBranch: 'dev'}");
        commander.run("shop", "{undrop: 'dev'}");
        assertThat(ids("shop~dev")).containsExactly(1, 2, 4);
    }

    @Test
    void of_several_with_one_name_the_newest_comes_back_or_the_one_with_an_id() {
        long first = commander.run("shop", "{dropBranch: 'dev'}").getInt64("id").getValue();
        commander.run("shop", "{createBranch: 'dev'}");
        insert("shop~dev", 5);
        commander.run("shop", "{dropBranch: 'dev'}");
        assertThat(dropped()).hasSize(2);
        BsonDocument newest = dropped().get(0);
        assertThat(newest.getInt64("id").getValue()).isGreaterThan(first);
        assertThat(newest.getInt64("dropped_lsn").getValue())
                .isGreaterThan(dropped().get(1).getInt64("dropped_lsn").getValue());
        assertThat(newest.getDateTime("dropped").getValue()).isPositive();
        assertThat(newest.getBoolean("kept").getValue()).isTrue();

        commander.run("shop", "{undrop: 'dev'}");
        BsonDocument other = commander.run("shop", "{undrop: " + first + ", as: 'dev-1'}");

        assertThat(ids("shop~dev")).containsExactly(1, 5);
        assertThat(ids("shop~dev-1")).containsExactly(1, 2);
        assertThat(other.getString("name").getValue()).isEqualTo("dev-1");
        commander.restart();
        assertThat(ids("shop~dev")).containsExactly(1, 5);
        assertThat(ids("shop~dev-1")).containsExactly(1, 2);
    }

    @Test
    void a_branch_that_had_expired_comes_back_to_stay() {
        commander.run("shop", "{updateBranch: 'dev', expires: '2h'}");
        assertThat(commander.engine().expireBranches(Long.MAX_VALUE)).isEqualTo(1);

        BsonDocument back = commander.run("shop", "{undrop: 'dev'}");

        assertThat(back.containsKey("expires")).isFalse();
        assertThat(back.getString("description").getValue()).isEqualTo("first");
        assertThat(commander.engine().expireBranches(Long.MAX_VALUE)).isZero();
        commander.restart();
        assertThat(commander.engine().expireBranches(Long.MAX_VALUE)).isZero();
        assertThat(ids("shop~dev")).containsExactly(1, 2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "26 | {undrop: 'goen'}                | no branch 'goen' was dropped in 'shop'; did you mean 'gone'? dropped were: gone",
                "26 | {undrop: 'dev'}                 | it is there; dropped were: gone",
                "26 | {undrop: 99}                    | no branch with the id 99",
                "48 | {undrop: 'gone', as: 'dev'}     | branch 'dev' already exists",
                "48 | {undrop: 'gone', as: 'v1'}      | tag 'v1' already exists",
                "2  | {undrop: 'gone', as: 'a b'}     | try 'a-b'",
                "14 | {undrop: true}                  | undrop",
            })
    void what_cannot_be_is_refused_with_the_reason(int code, String command, String message) {
        commander.run("shop", "{createTag: 'v1'}");
        commander.run("shop", "{createBranch: 'gone'}");
        commander.run("shop", "{dropBranch: 'gone'}");

        assertThat(commander.fail(code, "shop", command).getString("errmsg").getValue())
                .contains(message);
        assertThat(dropped()).hasSize(1);
    }

    @Test
    void a_collection_comes_back_on_the_branch_that_the_database_names() {
        commander.run("shop~dev", "{drop: 'items'}");
        assertThat(commander
                        .run("shop~dev", "{undrop: 1, collection: 'items', dryRun: true}")
                        .getBoolean("dryRun")
                        .getValue())
                .isTrue();
        assertThat(ids("shop~dev")).isEmpty();

        commander.run("shop~dev", "{undrop: 1, collection: 'items'}");

        assertThat(ids("shop~dev")).containsExactly(1, 2);
        assertThat(ids("shop")).containsExactly(1);
        commander.fail(26, "shop", "{undrop: 1, collection: 'things'}");
        commander.fail(72, "shop", "{undrop: 'dev', dryRun: true}");
    }

    private List<BsonDocument> dropped() {
        return commander.run("shop", "{listBranches: 1, dropped: true}").getArray("branches").stream()
                .map(branch -> branch.asDocument())
                .toList();
    }

    private void insert(String database, int id) {
        commander.run(database, "{insert: 'items', documents: [{_id: " + id + "}]}");
    }

    private List<Integer> ids(String database) {
        return commander.list(database, "{find: 'items', sort: {_id: 1}}").stream()
                .map(document -> document.getInt32("_id").getValue())
                .toList();
    }
}
