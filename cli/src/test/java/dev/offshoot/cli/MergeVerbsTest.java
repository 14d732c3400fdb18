package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Branches merged from the command line. */
final class MergeVerbsTest {
    @TempDir
    private Path folder = Path.of("");

    @BeforeEach
    void twoBranchesThatChangedOneDocument() {
        offshoot("project create shop").exits(ExitCodes.OK);
        add("shop", "{\"_id\": 1, \"n\": 1}");
        offshoot("branch create shop dev").exits(ExitCodes.OK);
    }

    @Test
    void a_merge_says_what_it_did() {
        add("shop~dev", "{\"_id\": 2}");
        assertThat(offshoot("merge shop dev --dry-run --no-ff")
                        .exits(ExitCodes.OK)
                        .out())
                .startsWith("would merge dev~5 into main: 1 inserted (plan ");
        assertThat(offshoot("merge shop dev main --no-ff -m two")
                        .exits(ExitCodes.OK)
                        .out())
                .startsWith("merged dev~5 into main: 1 inserted, at LSN ");
        assertThat(offshoot("merge shop dev").exits(ExitCodes.OK).out())
                .isEqualToIgnoringNewLines("main has all of dev~5 already");
        JsonNode json =
                offshoot("merge shop~dev main -o json").exits(ExitCodes.OK).json();
        assertThat(json.get("status").asText()).isEqualTo("fastForward");
        assertThat(json.get("into").get("branch").asText()).isEqualTo("dev");
    }

    @Test
    void conflicts_are_listed_resolved_and_the_merge_goes_on() {
        add("shop~dev", "{\"_id\": 2, \"n\": \"dev\"}", "{\"_id\": 3, \"n\": \"dev\"}");
        add("shop", "{\"_id\": 2, \"n\": \"main\"}", "{\"_id\": 3, \"n\": \"main\"}");

        Run stopped = offshoot("merge shop dev").exits(ExitCodes.CONFLICT);
        assertThat(stopped.out()).startsWith("2 conflicts stop the merge of dev~6 into main, which is as it was");
        assertThat(stopped.err()).contains("offshoot conflicts shop main");
        offshoot("merge shop dev").exits(ExitCodes.CONFLICT);
        Run listed = offshoot("conflicts shop").exits(ExitCodes.OK);
        assertThat(listed.out().lines().toList().get(1)).contains("documentEdit", "things", "_id 2");
        List<String> json = offshoot("conflicts shop -o json")
                .exits(ExitCodes.OK)
                .out()
                .lines()
                .toList();
        assertThat(json).hasSize(2);
        String id = json.get(0).replaceAll("^\\{\"_id\": \"([^\"]+)\".*", "$1");
        assertThat(offshoot("conflicts shop --sides").exits(ExitCodes.OK).out())
                .contains("ours: {\"_id\": 2, \"n\": \"main\"}", "base: -");
        offshoot("resolve shop " + id + " --take nobody").exits(ExitCodes.USAGE);
        offshoot("resolve shop " + id + "9 --take ours").exits(ExitCodes.NOT_FOUND);
        offshoot("resolve shop " + id + " --value {\"_id\":2,\"n\":\"both\"}").exits(ExitCodes.OK);
        offshoot("merge shop --continue").exits(ExitCodes.CONFLICT);
        assertThat(offshoot("conflicts shop --open").exits(ExitCodes.OK).out().lines())
                .hasSize(2);
        offshoot("resolve shop --all --collection things --take theirs").exits(ExitCodes.OK);
        offshoot("merge shop --continue").exits(ExitCodes.OK);
        offshoot("conflicts shop").exits(ExitCodes.NOT_FOUND);
        offshoot("merge shop --abort").exits(ExitCodes.NOT_FOUND);
    }

    @Test
    void an_aborted_merge_can_be_begun_again_in_another_way() {
        add("shop~dev", "{\"_id\": 2, \"n\": \"dev\"}");
        add("shop", "{\"_id\": 2, \"n\": \"main\"}");
        offshoot("merge shop dev").exits(ExitCodes.CONFLICT);
        assertThat(offshoot("merge shop --abort main").exits(ExitCodes.OK).out())
                .isEqualToIgnoringNewLines("aborted; main is as it was");
        offshoot("merge shop dev --strategy theirs").exits(ExitCodes.OK);
    }

    @Test
    void what_makes_no_sense_is_refused() {
        for (String words : List.of(
                "merge shop",
                "merge shop dev --strategy sum",
                "merge shop dev --mode things=none",
                "merge shop dev --path things=sum",
                "merge shop dev --ff-only --no-ff",
                "merge shop dev main --continue",
                "merge shop --continue --strategy ours",
                "merge shop --continue --dry-run",
                "merge shop --abort -m no",
                "merge shop dev --path things.n",
                "undo shop --from 1 --path things=sum",
                "merge shop dev --plan 1",
                "resolve shop --take ours",
                "resolve shop 1-1 --all --take ours",
                "resolve shop 1-1")) {
            offshoot(words).exits(ExitCodes.USAGE);
        }
        offshoot("merge shop devv").exits(ExitCodes.NOT_FOUND);
    }

    @Test
    void rules_go_with_merges_and_requests_and_those_for_nothing_are_told() {
        add("shop~dev", "{\"_id\": 2, \"n\": 5}");
        add("shop", "{\"_id\": 2, \"n\": 7}");
        String rules = " --mode fieldDivergent --path things.n=max";
        Run typo = offshoot("merge shop dev --dry-run --mode fieldDivergent --path thigns.n=max")
                .exits(ExitCodes.CONFLICT);
        assertThat(typo.err()).contains("no side has a collection 'thigns'");
        assertThat(offshoot("merge shop dev --dry-run" + rules)
                        .exits(ExitCodes.OK)
                        .err())
                .doesNotContain("no side");

        offshoot("merge-request create shop dev --title t" + rules).exits(ExitCodes.OK);
        offshoot("merge-request merge shop 1").exits(ExitCodes.OK);
        assertThat(offshoot("merge shop dev").exits(ExitCodes.OK).out()).contains("has all of dev");
    }

    @Test
    void a_plan_is_refused_once_a_branch_has_moved() {
        add("shop~dev", "{\"_id\": 2}");
        String plan = offshoot("merge shop dev --dry-run -o json")
                .exits(ExitCodes.OK)
                .json()
                .get("plan")
                .asText();
        add("shop", "{\"_id\": 3}");
        Run stale = offshoot("merge shop dev --plan " + plan).exits(ExitCodes.CONFLICT);
        assertThat(stale.err()).contains("branch 'main', the target, moved from");
    }

    private void add(String database, String... documents) {
        byte[] lines = String.join("\n", documents).getBytes(StandardCharsets.UTF_8);
        Run.withInput(lines, "import", "--project", database, "--collection", "things", "--data", data(), "-")
                .exits(ExitCodes.OK);
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    private Run offshoot(String words) {
        List<String> all = new ArrayList<>(Arrays.asList(words.split(" ")));
        all.addAll(List.of("--data", data()));
        return Run.of(all.toArray(String[]::new));
    }
}
