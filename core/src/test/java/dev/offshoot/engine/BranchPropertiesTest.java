package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.state.Project;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people say about branches, which one is the default, and branches that expire. */
class BranchPropertiesTest {
    private static final long HOUR_MILLIS = 3_600_000;

    @AutoClose
    private final Commander commander;

    BranchPropertiesTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
        commander.run("shop", "{insert: 'items', documents: [{_id: 1}]}");
        commander.run("shop", "{createBranch: 'dev'}");
    }

    @Test
    void what_is_said_of_a_branch_stays_until_something_else_is_said() {
        BsonDocument said = commander.run(
                "shop~dev", "{updateBranch: 'DEV', description: 'Trial', labels: ['b', 'a', 'b'], protected: true}");
        assertThat(said.getString("name").getValue()).isEqualTo("dev");
        assertThat(shown("dev"))
                .isEqualTo(BsonDocument.parse("{description: 'Trial', labels: ['b', 'a'], protected: true}"));
        commander.restart();
        assertThat(shown("dev"))
                .isEqualTo(BsonDocument.parse("{description: 'Trial', labels: ['b', 'a'], protected: true}"));

        commander.run("shop", "{updateBranch: 'dev', labels: null, protected: false}");
        assertThat(shown("dev")).isEqualTo(BsonDocument.parse("{description: 'Trial'}"));
        commander.run("shop", "{updateBranch: 'dev', description: ''}");
        assertThat(shown("dev")).isEmpty();

        long before = project().lastLsn();
        commander.run("shop", "{updateBranch: 'dev', description: null, labels: [], expires: null}");
        assertThat(project().lastLsn()).as("nothing new was said").isEqualTo(before);
    }

    @Test
    void a_branch_is_made_with_its_properties() {
        long now = System.currentTimeMillis();
        BsonDocument made = commander.run(
                "shop", "{createBranch: 'trial', description: 'd', labels: ['x'], expires: '2h', comment: 'why'}");

        long expires = made.getDateTime("expires").getValue();
        assertThat(expires - now).isBetween(2 * HOUR_MILLIS, 2 * HOUR_MILLIS + 60_000);
        assertThat(made.getString("description").getValue()).isEqualTo("d");
        commander.restart();
        assertThat(shown("trial").getDateTime("expires").getValue()).isEqualTo(expires);
        assertThat(shown("trial").getArray("labels")).hasSize(1);
        commander.run("shop~trial", "{createBranch: 'child'}");
        assertThat(shown("child")).as("a branch of it has none of them").isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"90s, 90", "30m, 1800", "2h, 7200", "7d, 604800", "2w, 1209600"})
    void a_branch_expires_after_a_while(String text, long seconds) {
        long before = System.currentTimeMillis();
        commander.run("shop", "{updateBranch: 'dev', expires: '" + text + "'}");

        long expires = shown("dev").getDateTime("expires").getValue();
        assertThat(expires - before).isBetween(seconds * 1000, seconds * 1000 + 60_000);
        assertThat(commander.engine().expireBranches(expires - 1)).isZero();
        assertThat(commander.engine().expireBranches(expires)).isEqualTo(1);
        assertThat(names()).containsExactly("main");
        commander.fail(26, "shop~dev", "{count: 'items'}");
        commander.restart();
        assertThat(names()).containsExactly("main");
        BsonDocument last = commander
                .list("shop", "{walTail: 1}")
                .get(commander.list("shop", "{walTail: 1}").size() - 1);
        assertThat(last.toJson()).contains("\"offshoot\"", "dropBranch", "expired");
    }

    @Test
    void a_branch_expires_at_a_time_and_can_be_given_more_or_kept() {
        Instant time = Instant.ofEpochMilli(System.currentTimeMillis() + HOUR_MILLIS);
        commander.run("shop", "{updateBranch: 'dev', expires: '" + time + "'}");
        assertThat(shown("dev").getDateTime("expires").getValue()).isEqualTo(time.toEpochMilli());
        commander.run(
                "shop",
                "{updateBranch: 'dev', expires: {$date: {$numberLong: '" + (time.toEpochMilli() + HOUR_MILLIS)
                        + "'}}}");
        assertThat(commander.engine().expireBranches(time.toEpochMilli())).isZero();
        commander.run("shop", "{updateBranch: 'dev', expires: null}");
        assertThat(shown("dev")).isEmpty();
        assertThat(commander.engine().expireBranches(Long.MAX_VALUE)).isZero();
        assertThat(names()).containsExactly("dev", "main");
    }

    @Test
    void a_branch_that_came_to_be_protected_or_the_default_does_not_expire() {
        for (String name : List.of("release-1", "trial", "gone")) {
            commander.run("shop", "{createBranch: '" + name + "', expires: '1h'}");
        }
        commander.run("shop", "{updateProject: 1, protect: ['release-*']}");
        commander.fail(20, "shop", "{updateBranch: 'trial', default: true}");
        commander.run("shop", "{updateBranch: 'trial', default: true, expires: null}");

        assertThat(commander.engine().expireBranches(Long.MAX_VALUE)).isEqualTo(1);

        assertThat(names()).containsExactly("dev", "main", "release-1", "trial");
    }

    @Test
    void the_default_branch_is_where_new_branches_and_tags_begin_and_plain_names_still_mean_main() {
        commander.run("shop~dev", "{insert: 'items', documents: [{_id: 2}]}"); // LSN 5

        BsonDocument dev = commander.run("shop", "{updateBranch: 'dev', default: true}");

        assertThat(dev.getBoolean("default").getValue()).isTrue();
        BsonDocument list = commander.run("shop", "{listBranches: 1}");
        assertThat(list.getString("default").getValue()).isEqualTo("dev");
        assertThat(shown("main")).isEmpty();
        assertThat(parent("shop", "{createBranch: 'a'}")).isEqualTo("dev");
        assertThat(parent("shop", "{createBranch: 'b', from: 4}"))
                .as("an LSN alone is a position of the branch that the database names")
                .isEqualTo("main");
        assertThat(parent("shop~main", "{createBranch: 'c'}")).isEqualTo("main");
        assertThat(parent("shop", "{createBranch: 'd', from: 'main'}")).isEqualTo("main");
        assertThat(commander
                        .run("shop", "{createTag: 'v1'}")
                        .getString("branch")
                        .getValue())
                .isEqualTo("dev");
        assertThat(commander.run("shop", "{count: 'items'}").getInt32("n").getValue())
                .as("documents of plain shop are those of main")
                .isEqualTo(1);
        commander.run("shop", "{renameBranch: 'dev', to: 'develop'}");
        commander.restart();
        assertThat(commander
                        .run("shop", "{listBranches: 1}")
                        .getString("default")
                        .getValue())
                .isEqualTo("develop");
        commander.fail(20, "shop", "{dropBranch: 'develop'}");
        BsonDocument project = commander.run("shop", "{updateProject: 1, default: 'main'}");
        assertThat(project.getString("default").getValue()).isEqualTo("main");
        assertThat(parent("shop", "{createBranch: 'e'}")).isEqualTo("main");
        commander.run("shop", "{dropBranch: 'develop'}");
    }

    @Test
    void patterns_are_told_with_the_branches() {
        commander.run("shop", "{createBranch: 'release-1'}");
        BsonDocument project = commander.run("shop", "{updateProject: 1, protect: ['release-*', 'x']}");

        assertThat(project.getArray("protect").toString()).contains("release-*", "x");
        BsonDocument list = commander.run("shop", "{listBranches: 1}");
        assertThat(list.getArray("protect")).isEqualTo(project.getArray("protect"));
        assertThat(shown("release-1")).isEqualTo(BsonDocument.parse("{protected: true, protected_by: 'release-*'}"));
        assertThat(shown("dev")).isEmpty();
        long before = project().lastLsn();
        assertThat(commander.run("shop", "{updateProject: 1}").getArray("protect"))
                .hasSize(2);
        assertThat(project().lastLsn()).isEqualTo(before);
        commander.run("shop", "{createBranch: 'release-2'}");
        assertThat(shown("release-2").getBoolean("protected").getValue()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "26 | {updateBranch: 'devv', description: 'x'}    | did you mean 'dev'?",
                "26 | {updateBranch: '.offshoot', protected: true} | not found",
                "2  | {updateBranch: 'dev', expires: 'soon'}      | 'soon' does not say when",
                "2  | {updateBranch: 'dev', expires: '2'}         | such as 2h",
                "2  | {updateBranch: 'dev', expires: '0s'}        | which has passed",
                "2  | {updateBranch: 'dev', expires: '2001-01-01T00:00:00Z'} | which has passed",
                "14 | {updateBranch: 'dev', expires: 5}           | updateBranch.expires",
                "14 | {updateBranch: 'dev', labels: 'x'}          | updateBranch.labels",
                "14 | {updateBranch: 'dev', labels: [1]}          | updateBranch.labels.0",
                "2  | {updateBranch: 'dev', labels: [' ']}        | is no label",
                "14 | {updateBranch: 'dev', description: 5}       | updateBranch.description",
                "2  | {updateBranch: 'dev', default: false}       | there is always one default branch",
                "20 | {updateBranch: 'main', expires: '2h'}       | it is the first of the project",
                "20 | {updateBranch: 'dev', expires: '2h', default: true} | it is the default branch",
                "20 | {updateBranch: 'dev', expires: '2h', protected: true} | it is protected",
                "20 | {updateBranch: 'safe', expires: '2h'}       | it is protected",
                "20 | {createBranch: 'x', expires: '2h', protected: true} | it is protected",
                "20 | {createBranch: 'safe-x', expires: '2h'}     | it is protected",
                "2  | {createBranch: 'x', expires: 'soon'}        | 'soon' does not say when",
                "2  | {updateProject: 1, protect: ['a b']}        | is no pattern of branches",
                "2  | {updateProject: 1, protect: ['']}           | is no pattern of branches",
                "26 | {updateProject: 1, default: 'nix'}          | not found",
                "40415 | {updateBranch: 'dev', expire: '2h'}      | expire",
                "40415 | {updateProject: 1, patterns: []}         | patterns",
            })
    void what_cannot_be_is_refused_with_the_reason(int code, String command, String message) {
        project().internal(new dev.offshoot.wal.Origin("test", "test", "main", ""));
        commander.run("shop", "{createBranch: 'safe', protected: true}");
        commander.run("shop", "{updateProject: 1, protect: ['safe-*']}");
        long before = project().lastLsn();

        BsonDocument reply = commander.fail(code, "shop", command);

        assertThat(reply.getString("errmsg").getValue()).contains(message);
        assertThat(project().lastLsn()).isEqualTo(before);
    }

    /** What a list shows of a branch besides its positions. */
    private BsonDocument shown(String name) {
        for (var entry : commander.run("shop", "{listBranches: 1}").getArray("branches")) {
            BsonDocument branch = entry.asDocument();
            if (branch.getString("name").getValue().equals(name)) {
                List.of("name", "id", "parent", "base_lsn", "head_lsn", "created")
                        .forEach(branch::remove);
                return branch;
            }
        }
        throw new AssertionError("no branch " + name);
    }

    private String parent(String database, String command) {
        return commander.run(database, command).getString("parent").getValue();
    }

    private List<String> names() {
        return commander.run("shop", "{listBranches: 1}").getArray("branches").stream()
                .map(branch -> branch.asDocument().getString("name").getValue())
                .toList();
    }

    private Project project() {
        return Objects.requireNonNull(commander.engine().openProject("shop"));
    }
}
