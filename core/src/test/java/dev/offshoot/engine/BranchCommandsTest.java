package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.state.Project;
import dev.offshoot.wal.TestClocks;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonValue;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Branches made, listed, renamed and dropped by commands that any driver can send. */
class BranchCommandsTest {
    @AutoClose
    private final Commander commander;

    BranchCommandsTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
    }

    @Test
    void a_new_branch_starts_at_the_head_of_the_branch_that_the_database_names() {
        insert("shop", 1);
        BsonDocument dev = commander.run("shop", "{createBranch: 'dev'}");
        insert("shop~dev", 2);
        BsonDocument deep = commander.run("shop@dev", "{createBranch: 'deep'}");
        insert("shop", 3);

        assertThat(dev.getString("name").getValue()).isEqualTo("dev");
        assertThat(dev.getString("parent").getValue()).isEqualTo("main");
        assertThat(longs(dev, "id", "base_lsn", "head_lsn")).containsExactly(4L, 3L, 3L);
        assertThat(dev.getDateTime("created").getValue()).isPositive();
        assertThat(deep.getString("parent").getValue()).isEqualTo("dev");
        assertThat(longs(deep, "id", "base_lsn", "head_lsn")).containsExactly(6L, 5L, 5L);
        assertThat(ids("shop")).containsExactly(1, 3);
        assertThat(ids("shop~dev")).containsExactly(1, 2);
        assertThat(ids("shop~deep")).containsExactly(1, 2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "shop      | 'dev'                | 1,2   | dev",
                "shop      | 'DEV'                | 1,2   | dev",
                "shop      | 'main'               | 1,3,4 | main",
                "shop~dev  | 'main'               | 1,3,4 | main",
                "shop      | 6                    | 1,3   | main",
                "shop      | 6.0                  | 1,3   | main",
                "shop      | {$numberLong: '6'}   | 1,3   | main",
                "shop      | '6'                  | 1,3   | main",
                "shop      | 'main~3'             | 1     | main",
                "shop~dev  | 'main@6'             | 1,3   | main",
                "shop~dev  | 4                    | 1     | dev",
                "shop~dev  | 7                    | 1,2   | dev",
                "shop~main~6 | null               | 1,3   | main",
                "shop~dev~3  | null               | 1     | dev",
                "shop      | 0                    | ``    | main",
            })
    void a_new_branch_starts_at_any_branch_or_position(String database, String from, String ids, String parent) {
        insert("shop", 1);
        commander.run("shop", "{createBranch: 'dev'}");
        insert("shop~dev", 2);
        insert("shop", 3);
        insert("shop", 4);

        BsonDocument made = commander.run(database, "{createBranch: 'new', from: " + from + "}");

        assertThat(ids("shop~new")).isEqualTo(numbers(ids));
        assertThat(made.getString("parent").getValue()).isEqualTo(parent);
        insert("shop~new", 9);
        assertThat(ids("shop~new")).contains(9);
        assertThat(ids("shop")).containsExactly(1, 3, 4);
        commander.restart();
        assertThat(ids("shop~new")).hasSize(numbers(ids).size() + 1).contains(9);
    }

    @Test
    void a_new_branch_starts_at_a_time_given_as_a_date_or_in_iso_8601() {
        insert("shop", 1);
        long before = project("shop").lastMillis();
        TestClocks.waitUntilAfter(before);
        insert("shop", 2);

        commander.run("shop", "{createBranch: 'date', from: {$date: {$numberLong: '" + before + "'}}}");
        commander.run("shop", "{createBranch: 'iso', from: '" + Instant.ofEpochMilli(before) + "'}");
        commander.run("shop~main~" + Instant.ofEpochMilli(before), "{createBranch: 'reference'}");
        commander.run("shop", "{createBranch: 'ancient', from: '2001-01-01T00:00:00Z'}");

        assertThat(ids("shop~date")).containsExactly(1);
        assertThat(ids("shop~iso")).containsExactly(1);
        assertThat(ids("shop~reference")).containsExactly(1);
        assertThat(ids("shop~ancient")).isEmpty();
    }

    @Test
    void a_past_position_is_read_and_not_written() {
        insert("shop", 1);
        insert("shop", 2);

        assertThat(ids("shop~main~3")).containsExactly(1);
        BsonDocument refused = commander.fail(115, "shop~main~3", "{drop: 'items'}");
        assertThat(refused.getString("errmsg").getValue()).contains("createBranch");
        commander.fail(115, "shop~main~3", "{dropDatabase: 1}");
        commander.fail(115, "shop~main~3", "{create: 'x'}");
        commander.fail(2, "shop~main~999", "{listCollections: 1}");
        assertThat(ids("shop")).containsExactly(1, 2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "48 | {createBranch: 'Dev'}                   | already exists",
                "48 | {createBranch: 'MAIN'}                  | without regard to case",
                "2  | {createBranch: 'feature/login'}         | try 'feature-login'",
                "2  | {createBranch: 'v1.2'}                  | try 'v1-2'",
                "2  | {createBranch: '42'}                    | try 'b42'",
                "26 | {createBranch: 'x', from: 'devv'}       | did you mean 'dev'? it has: dev, main",
                "2  | {createBranch: 'x', from: 99}           | its positions are 0 to 4",
                "2  | {createBranch: 'x', from: -1}           | its positions are 0 to 4",
                "2  | {createBranch: 'x', from: 1.5}          | a whole number",
                "2  | {createBranch: 'x', from: '12:15'}      | is not a position",
                "14 | {createBranch: 'x', from: true}         | createBranch.from",
                "26 | {dropBranch: 'mian'}                    | did you mean 'main'?",
                "20 | {dropBranch: 'main'}                    | use dropProject",
                "26 | {renameBranch: 'gone', to: 'x'}         | branch 'gone' not found in 'shop'",
                "48 | {renameBranch: 'dev', to: 'Main'}       | already exists",
                "20 | {renameBranch: 'main', to: 'trunk'}     | plain 'shop' means it",
                "2  | {renameBranch: 'dev', to: 'a b'}        | try 'a-b'",
            })
    void what_cannot_be_is_refused_with_the_reason(int code, String command, String message) {
        insert("shop", 1);
        commander.run("shop", "{createBranch: 'dev'}");

        BsonDocument reply = commander.fail(code, "shop", command);

        assertThat(reply.getString("errmsg").getValue()).contains(message);
        assertThat(names("shop")).containsExactly("dev", "main");
    }

    @Test
    void a_branch_is_never_created_by_use() {
        insert("shop", 1);

        for (String command :
                List.of("{listCollections: 1}", "{create: 'x'}", "{count: 'items'}", "{dropDatabase: 1}")) {
            BsonDocument reply = commander.fail(26, "shop~feature", command);
            assertThat(reply.getString("errmsg").getValue())
                    .contains("branch 'feature' not found in 'shop'; it has: main");
        }
        assertThat(names("shop")).containsExactly("main");
    }

    @Test
    void a_branch_of_a_database_that_does_not_exist_is_an_error_that_says_so() {
        for (String command : List.of("{createBranch: 'dev'}", "{listBranches: 1}", "{dropBranch: 'dev'}")) {
            BsonDocument reply = commander.fail(26, "nowhere", command);
            assertThat(reply.getString("errmsg").getValue()).contains("database 'nowhere' is not a project here");
            commander.fail(73, "admin", command);
        }
        assertThat(commander.run("admin", "{listProjects: 1}").getArray("projects"))
                .isEmpty();
    }

    @Test
    void a_dropped_name_can_be_used_again_and_means_a_new_branch() {
        insert("shop", 1);
        long first =
                commander.run("shop", "{createBranch: 'dev'}").getInt64("id").getValue();
        insert("shop~dev", 2);
        BsonDocument dropped = commander.run("shop", "{dropBranch: 'DEV'}");
        commander.fail(26, "shop~dev", "{count: 'items'}");

        BsonDocument second = commander.run("shop", "{createBranch: 'dev'}");

        assertThat(longs(dropped, "id", "base_lsn", "head_lsn")).containsExactly(first, 3L, 5L);
        assertThat(second.getInt64("id").getValue()).isGreaterThan(first);
        assertThat(ids("shop~dev")).containsExactly(1);
        commander.restart();
        assertThat(ids("shop~dev")).containsExactly(1);
    }

    @Test
    void a_renamed_branch_keeps_id_and_documents() {
        insert("shop", 1);
        long id = commander.run("shop", "{createBranch: 'dev'}").getInt64("id").getValue();
        insert("shop~dev", 2);

        BsonDocument renamed = commander.run("shop~dev", "{renameBranch: 'dev', to: 'Trial'}");

        assertThat(renamed.getString("name").getValue()).isEqualTo("Trial");
        assertThat(renamed.getInt64("id").getValue()).isEqualTo(id);
        assertThat(ids("shop~trial")).containsExactly(1, 2);
        commander.fail(26, "shop~dev", "{count: 'items'}");
        commander.run("shop", "{renameBranch: 'trial', to: 'TRIAL'}");
        assertThat(names("shop")).containsExactly("main", "TRIAL");
    }

    @Test
    void a_name_means_the_branch_that_has_it_now_also_for_who_read_it_before() {
        insert("shop", 1);
        commander.run("shop", "{createBranch: 'one'}");
        commander.run("shop", "{createBranch: 'two'}");
        insert("shop~two", 2);
        assertThat(ids("shop~one")).containsExactly(1);
        assertThat(ids("shop~two")).containsExactly(1, 2);
        assertThat(ids("shop~TWO")).containsExactly(1, 2);

        commander.run("shop", "{renameBranch: 'one', to: 'other'}");
        commander.run("shop", "{renameBranch: 'two', to: 'one'}");

        assertThat(ids("shop~one")).containsExactly(1, 2);
        assertThat(ids("shop~other")).containsExactly(1);
        commander.fail(26, "shop~two", "{find: 'items'}");
        insert("shop~one", 3);
        assertThat(ids("shop~one")).containsExactly(1, 2, 3);
        commander.run("shop", "{dropBranch: 'one'}");
        commander.fail(26, "shop~one", "{find: 'items'}");
    }

    @Test
    void branches_are_listed_with_their_positions() {
        insert("shop", 1);
        commander.run("shop", "{createBranch: 'dev'}");
        insert("shop~dev", 2);

        BsonDocument list = commander.run("shop~dev", "{listBranches: 1}");

        BsonDocument dev = list.getArray("branches").get(0).asDocument();
        BsonDocument main = list.getArray("branches").get(1).asDocument();
        assertThat(list.getInt64("lsn").getValue()).isEqualTo(5);
        assertThat(list.getString("project").getValue()).isEqualTo("shop");
        assertThat(longs(dev, "id", "base_lsn", "head_lsn")).containsExactly(4L, 3L, 5L);
        assertThat(longs(main, "id", "base_lsn", "head_lsn")).containsExactly(1L, 0L, 3L);
        assertThat(main.isNull("parent")).isTrue();
        assertThat(list.getArray("branches")).hasSize(2);
    }

    @Test
    void of_many_who_make_a_branch_of_one_name_at_once_one_succeeds() throws Exception {
        insert("shop", 1);
        List<Callable<Integer>> racers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Client client = commander.engine().connect("127.0.0.1:" + (50_200 + i));
            Request request = Request.of(Commander.encode(
                    BsonDocument.parse("{createBranch: '" + (i % 2 == 0 ? "dev" : "DEV") + "', $db: 'shop'}")));
            racers.add(() -> {
                BsonDocument reply = Commander.decode(commander.engine().run(client, request));
                return reply.getInt32("code", new BsonInt32(0)).getValue();
            });
        }

        List<Integer> codes = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(racers.size());
        try {
            for (Future<Integer> outcome : threads.invokeAll(racers)) {
                codes.add(outcome.get());
            }
        } finally {
            threads.shutdown();
        }

        assertThat(codes).containsOnly(0, 48).containsOnlyOnce(0);
        assertThat(names("shop")).hasSize(2);
        commander.restart();
        assertThat(names("shop")).hasSize(2);
    }

    private Project project(String name) {
        return Objects.requireNonNull(commander.engine().openProject(name));
    }

    private void insert(String database, int id) {
        commander.run(database, "{insert: 'items', documents: [{_id: " + id + "}]}");
    }

    private List<Integer> ids(String database) {
        return commander.list(database, "{find: 'items', sort: {_id: 1}}").stream()
                .map(document -> document.getInt32("_id").getValue())
                .toList();
    }

    private List<String> names(String database) {
        return commander.run(database, "{listBranches: 1}").getArray("branches").stream()
                .map(branch -> branch.asDocument().getString("name").getValue())
                .toList();
    }

    private static List<Long> longs(BsonDocument document, String... fields) {
        return List.of(fields).stream()
                .map(document::get)
                .map(BsonValue::asInt64)
                .map(value -> value.getValue())
                .toList();
    }

    private static List<Integer> numbers(String list) {
        return list.isEmpty()
                ? List.of()
                : List.of(list.split(",")).stream().map(Integer::valueOf).toList();
    }
}
