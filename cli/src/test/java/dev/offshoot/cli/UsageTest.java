package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What needs no server and no data. */
final class UsageTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "quickstart --help",
                "serve --help",
                "project --help",
                "project create --help",
                "project list --help",
                "project delete --help",
                "branch --help",
                "branch list --help",
                "branch create --help",
                "branch delete --help",
                "branch rename --help",
                "branch show --help",
                "branch update --help",
                "branch extend --help",
                "branch keep --help",
                "project update --help",
                "undrop --help",
                "tag --help",
                "tag create --help",
                "tag list --help",
                "tag delete --help",
                "merge --help",
                "conflicts --help",
                "resolve --help",
                "reset --help",
                "reflog --help",
                "restore --help",
                "undo --help",
                "revert --help",
                "cherry-pick --help",
                "rebase --help",
                "log --help",
                "history --help",
                "blame --help",
                "commit --help",
                "import --help",
                "wal --help",
                "wal stats --help",
                "wal list-segments --help",
                "wal tail --help",
                "wal validate --help",
                "wal replay --help",
                "wal checkpoint --help",
                "wal list-checkpoints --help",
                "wal restore --help",
                "wal cleanup --help",
                "wal export --help",
                "wal import --help",
                "wal ship --help",
                "uri --help",
                "status --help",
                "completion --help"
            })
    void every_verb_explains_itself(String words) {
        Run run = Run.of(words.split(" ")).exits(ExitCodes.OK);
        assertThat(run.out())
                .startsWith("Usage: offshoot " + words.replace("--help", "").strip());
        assertThat(run.err()).isEmpty();
    }

    @Test
    void the_verbs_that_messages_lead_to_are_there() {
        FailureTexts.VERBS.forEach((command, verb) -> assertThat(Run.of((verb + " --help").split(" "))
                        .exits(ExitCodes.OK)
                        .out())
                .as(command)
                .startsWith("Usage: offshoot " + verb + " "));
    }

    @Test
    void the_version_is_one_line() {
        assertThat(Run.of("--version").exits(ExitCodes.OK).out()).matches("offshoot \\S+\\R");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "frobnicate",
                "--frobnicate",
                "project create",
                "project create a b",
                "project list -o yaml",
                "branch create shop",
                "history shop c",
                "blame shop",
                "commit shop",
                "log shop -o yaml",
                "branch list",
                "branch rename shop a",
                "branch show shop",
                "branch extend shop a",
                "branch keep shop",
                "undrop shop",
                "import --project shop --collection c",
                "import --collection c file.json",
                "uri",
                "uri a b c",
                "completion fish",
                "completion",
                "status --uri mongodb://127.0.0.1:1 --data somewhere",
                "serve --port http",
                "serve --data a --store mongodb://127.0.0.1"
            })
    void wrong_usage_says_what_and_where_to_read_on(String words) {
        Run run = Run.of(words.split(" ")).exits(ExitCodes.USAGE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("offshoot: ").contains("try: offshoot").contains("--help");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "project", "branch", "tag"})
    void a_group_without_a_verb_shows_its_verbs_as_an_error(String words) {
        Run run = Run.of(words.isEmpty() ? new String[0] : words.split(" ")).exits(ExitCodes.USAGE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("Usage: offshoot").contains("create");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "serve --host 0.0.0.0",
                "serve --sync",
                "serve --sync sometimes",
                "serve --sync interval",
                "serve --sync interval:0",
                "serve --sync interval:3600001",
                "serve --sync never --store mongodb://127.0.0.1:1",
                "quickstart --sync interval:x",
                "project list --sync never",
                "project list --sync never --uri mongodb://127.0.0.1:1",
                "serve --memory lots",
                "serve --memory 0m",
                "serve --memory 900000g",
                "serve --retain soon",
                "serve --retain 7",
                "wal cleanup shop",
                "wal cleanup shop --yes --no-grace",
                "wal cleanup shop --dry-run --retain 7w --uri mongodb://127.0.0.1:1",
                "log shop -n 0",
                "log shop --id 7",
                "history shop c 7 -n 0",
                "wal tail shop --limit 0",
                "wal tail shop --from -1",
                "serve --port 70000",
                "quickstart --port -2",
                "status --uri http://127.0.0.1",
                "uri shop feature/x",
                "uri shop~x",
                "branch delete shop feature-x",
                "project delete shop"
            })
    void what_is_refused_is_refused_before_anything_happens(String words) {
        Run run = Run.of(words.split(" ")).exits(ExitCodes.USAGE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("offshoot: ").contains("\n  try: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "project list",
                "project create shop",
                "project delete shop --yes",
                "branch list shop",
                "branch create shop x",
                "branch delete shop x --yes",
                "branch rename shop x y",
                "branch show shop x",
                "log shop",
                "history shop c 1",
                "blame shop c 1",
                "commit shop -m x",
                "wal stats shop",
                "wal list-segments shop",
                "wal tail shop",
                "wal validate shop",
                "wal replay shop --to 1",
                "wal checkpoint shop",
                "wal list-checkpoints shop",
                "wal restore shop --lsn 1 --as x",
                "wal cleanup shop --yes",
                "status"
            })
    void no_server_is_said_with_what_to_do(String words) {
        Run run = Run.of(words.split(" ")).exits(ExitCodes.UNREACHABLE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .startsWith("offshoot: no server answers at 127.0.0.1:1")
                .contains("try: offshoot serve")
                .doesNotContain("Exception");
    }

    @Test
    void debug_adds_the_stack_trace() {
        assertThat(Run.of("status", "--debug").exits(ExitCodes.UNREACHABLE).err())
                .contains("\tat dev.offshoot.cli.");
    }

    @Test
    void a_folder_that_is_not_there_is_not_made_by_looking() {
        Run run = Run.of("project", "list", "--data", "target/no-such-folder").exits(ExitCodes.NOT_FOUND);
        assertThat(run.err()).contains("there is no folder");
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "project list", "branch create shop x", "wal validate shop"})
    void a_folder_without_a_store_gets_none_by_looking(String words, @TempDir Path folder) throws IOException {
        Path foreign = Files.writeString(folder.resolve("letter.txt"), "Dear Ada");
        Run run = Run.of((words + " --data " + folder).split(" ")).exits(ExitCodes.NOT_FOUND);
        assertThat(run.err()).contains("there is no store in " + folder).contains("try: offshoot serve --data");
        assertThat(folder).isDirectoryContaining(foreign::equals);
        assertThat(folder.toFile().list()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "serve --data",
                "serve --host",
                "serve --store",
                "quickstart --data",
                "status --data",
                "project create shop --data"
            })
    void an_empty_name_of_a_place_is_refused(String words) {
        List<String> given = new ArrayList<>(List.of(words.split(" ")));
        given.add("");
        Run run = Run.of(given.toArray(String[]::new)).exits(ExitCodes.USAGE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("offshoot: ").contains("\n  try: ");
        assertThat(Path.of("offshoot.lock")).doesNotExist();
    }

    @Test
    void a_uri_names_the_branch_and_keeps_what_the_server_needs() {
        assertThat(Run.of("uri", "shop", "feature-x", "--uri", "mongodb://127.0.0.1:27018")
                        .out())
                .isEqualToIgnoringNewLines("mongodb://127.0.0.1:27018/shop~feature-x");
        assertThat(Run.of("uri", "shop", "--uri", "mongodb://h1,h2/?w=1").out())
                .isEqualToIgnoringNewLines("mongodb://h1,h2/shop?w=1");
        assertThat(Run.of("uri", "shop", "x", "--uri", "mongodb://h", "-o", "json")
                        .json()
                        .get("uri")
                        .asText())
                .isEqualTo("mongodb://h/shop~x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh"})
    void completion_knows_the_verbs(String shell) {
        assertThat(Run.of("completion", shell).exits(ExitCodes.OK).out())
                .contains("quickstart", "complete -F _complete_offshoot")
                .doesNotContain("warm-up");
    }
}
