package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Projects and branches in a folder that the command line opens itself. */
final class VerbsTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void a_project_is_created_listed_and_deleted() {
        assertThat(offshoot("project create shop").exits(ExitCodes.OK).out())
                .isEqualToIgnoringNewLines("created project shop with branch main");
        JsonNode projects = offshoot("project list -o json").exits(ExitCodes.OK).json();
        assertThat(projects).hasSize(1);
        assertThat(projects.get(0).get("name").asText()).isEqualTo("shop");
        assertThat(projects.get(0).get("id").asText()).isNotEmpty();
        assertThat(projects.get(0).get("head_lsn").isIntegralNumber()).isTrue();
        assertThat(projects.get(0).get("branches").asInt()).isEqualTo(1);
        assertThat(projects.get(0).get("created").asText()).matches("\\d{4}-\\d\\d-\\d\\dT.*Z");
        offshoot("project delete shop --yes").exits(ExitCodes.OK);
        assertThat(offshoot("project list -o json").json()).isEmpty();
    }

    @Test
    void a_project_that_exists_is_a_conflict() {
        offshoot("project create shop").exits(ExitCodes.OK);
        Run again = offshoot("project create shop").exits(ExitCodes.CONFLICT);
        assertThat(again.err()).contains("shop").doesNotContain("Exception");
    }

    @Test
    void bad_names_are_refused() {
        offshoot("project create shop~x").exits(ExitCodes.USAGE);
        offshoot("project create").exits(ExitCodes.USAGE);
        offshoot("project create shop").exits(ExitCodes.OK);
        Run slash = offshoot("branch create shop feature/login").exits(ExitCodes.USAGE);
        assertThat(slash.err()).contains("feature-login");
    }

    @Test
    void a_branch_begins_where_main_stands_and_can_be_renamed_and_deleted() {
        offshoot("project create shop").exits(ExitCodes.OK);
        JsonNode created = offshoot("branch create shop feature-x -o json")
                .exits(ExitCodes.OK)
                .json();
        assertThat(created.get("name").asText()).isEqualTo("feature-x");
        assertThat(created.get("parent").asText()).isEqualTo("main");
        assertThat(created.get("head_lsn")).isEqualTo(created.get("base_lsn"));

        offshoot("branch rename shop feature-x feature-y").exits(ExitCodes.OK);
        assertThat(branches()).containsExactlyInAnyOrder("main", "feature-y");
        JsonNode shown = offshoot("branch show shop feature-y -o json").json();
        assertThat(shown.get("base_lsn")).isEqualTo(created.get("base_lsn"));

        offshoot("branch delete shop feature-y --yes").exits(ExitCodes.OK);
        assertThat(branches()).containsExactly("main");
    }

    @Test
    void a_branch_can_begin_at_another_branch_or_at_an_lsn() {
        offshoot("project create shop").exits(ExitCodes.OK);
        offshoot("branch create shop a").exits(ExitCodes.OK);
        JsonNode b = offshoot("branch create shop b --from a -o json")
                .exits(ExitCodes.OK)
                .json();
        assertThat(b.get("parent").asText()).isEqualTo("a");
        JsonNode c = offshoot("branch create shop c --from " + b.get("base_lsn") + " -o json")
                .exits(ExitCodes.OK)
                .json();
        assertThat(c.get("base_lsn")).isEqualTo(b.get("base_lsn"));
    }

    @Test
    void a_branch_begins_at_the_default_branch_or_the_one_that_is_named() {
        offshoot("project create shop").exits(ExitCodes.OK);
        offshoot("branch create shop dev").exits(ExitCodes.OK);
        offshoot("branch create shop other").exits(ExitCodes.OK);
        offshoot("branch update shop dev --default").exits(ExitCodes.OK);
        assertThat(offshoot("branch create shop a -o json").json().get("parent").asText())
                .isEqualTo("dev");
        assertThat(offshoot("branch create shop~other b -o json")
                        .json()
                        .get("parent")
                        .asText())
                .isEqualTo("other");
        assertThat(offshoot("branch create shop c --from main -o json")
                        .json()
                        .get("parent")
                        .asText())
                .isEqualTo("main");
    }

    @Test
    void a_branch_is_created_with_what_is_said_about_it() {
        offshoot("project create shop").exits(ExitCodes.OK);
        offshoot("branch create shop dev --expires 2h --description why --label a --label b")
                .exits(ExitCodes.OK);
        JsonNode dev = offshoot("branch show shop dev -o json").json();
        assertThat(dev.get("description").asText()).isEqualTo("why");
        assertThat(dev.get("labels")).hasSize(2);
        assertThat(dev.has("expires")).isTrue();
        offshoot("branch create shop kept --protect").exits(ExitCodes.OK);
        offshoot("branch delete shop kept --yes").exits(ExitCodes.USAGE);
        offshoot("branch create shop bad --expires soon").exits(ExitCodes.USAGE);
    }

    @Test
    void what_is_not_there_is_not_found_and_near_names_are_said() {
        offshoot("branch list shop").exits(ExitCodes.NOT_FOUND);
        offshoot("project delete shop --yes").exits(ExitCodes.NOT_FOUND);
        offshoot("project create shop").exits(ExitCodes.OK);
        for (String words : List.of(
                "branch show shop exp",
                "branch delete shop exp --yes",
                "branch rename shop exp other",
                "branch create shop new --from exp")) {
            Run run = offshoot(words).exits(ExitCodes.NOT_FOUND);
            assertThat(run.err()).as(words).contains("exp").contains("main").contains("try: ");
        }
    }

    @Test
    void branches_are_described_protected_and_listed_with_that() {
        offshoot("project create shop").exits(ExitCodes.OK);
        offshoot("branch create shop dev").exits(ExitCodes.OK);
        Run said = offshoot("branch update shop dev --description Trial --label a --label b --protect --default")
                .exits(ExitCodes.OK);
        assertThat(said.out()).isEqualToIgnoringNewLines("branch dev of shop: default, protected, [a b], Trial");
        assertThat(offshoot("branch list shop").out()).contains("NOTES", "default, protected, [a b], Trial");
        JsonNode shown =
                offshoot("branch show shop dev -o json").exits(ExitCodes.OK).json();
        assertThat(shown.get("protected").asBoolean()).isTrue();
        assertThat(shown.get("labels")).hasSize(2);
        assertThat(offshoot("tag create shop v1").exits(ExitCodes.OK).out()).contains("shop~dev as v1");
        assertThat(offshoot("branch delete shop dev --yes")
                        .exits(ExitCodes.USAGE)
                        .err())
                .contains("protected");
        offshoot("branch update shop dev --no-protect --no-labels").exits(ExitCodes.OK);
        assertThat(offshoot("branch delete shop dev --yes")
                        .exits(ExitCodes.USAGE)
                        .err())
                .contains("default branch");
        offshoot("branch update shop dev").exits(ExitCodes.USAGE);
        offshoot("branch update shop dev --label x --no-labels").exits(ExitCodes.USAGE);
        JsonNode project = offshoot("project update shop --default main --protect release-* --protect x -o json")
                .exits(ExitCodes.OK)
                .json();
        assertThat(project.get("default").asText()).isEqualTo("main");
        assertThat(project.get("protect")).hasSize(2);
        offshoot("branch create shop release-1").exits(ExitCodes.OK);
        assertThat(offshoot("branch list shop").out()).contains("protected by release-*");
        offshoot("project update shop --no-protect").exits(ExitCodes.OK);
        offshoot("branch delete shop release-1 --yes").exits(ExitCodes.OK);
    }

    @Test
    void a_branch_that_expires_can_be_extended_kept_and_brought_back() {
        offshoot("project create shop").exits(ExitCodes.OK);
        offshoot("branch create shop dev").exits(ExitCodes.OK);
        assertThat(offshoot("branch extend shop dev 2h").exits(ExitCodes.OK).out())
                .contains("expires 2");
        assertThat(offshoot("branch update shop dev --expires 2001-01-01T00:00:00Z")
                        .exits(ExitCodes.USAGE)
                        .err())
                .contains("has passed");
        assertThat(offshoot("branch keep shop dev").exits(ExitCodes.OK).out()).contains("nothing special");
        assertThat(offshoot("branch list shop --dropped -o json").json()).isEmpty();
        offshoot("branch delete shop dev --yes").exits(ExitCodes.OK);
        JsonNode dropped = offshoot("branch list shop --dropped -o json").json();
        assertThat(dropped).hasSize(1);
        assertThat(offshoot("branch list shop --dropped").out()).contains("KEPT", "true");
        assertThat(offshoot("undrop shop dev --as dev-2").exits(ExitCodes.OK).out())
                .isEqualToIgnoringNewLines("branch dev-2 of shop is back");
        offshoot("branch delete shop dev-2 --yes").exits(ExitCodes.OK);
        offshoot("undrop shop " + dropped.get(0).get("id")).exits(ExitCodes.OK);
        assertThat(branches()).containsExactlyInAnyOrder("main", "dev-2");
        offshoot("undrop shop nix").exits(ExitCodes.NOT_FOUND);
        JsonNode counted = offshoot("branch list shop -v -o json").json();
        assertThat(counted.get(0).get("ahead").asLong()).isZero();
        assertThat(offshoot("branch list shop --against main").out()).contains("AGAINST", "main");
    }

    @Test
    void a_tag_is_a_position_that_is_listed_and_where_a_branch_can_begin() {
        offshoot("project create shop").exits(ExitCodes.OK);
        offshoot("branch create shop a").exits(ExitCodes.OK);
        JsonNode made =
                offshoot("tag create shop v1 a~1 -o json").exits(ExitCodes.OK).json();
        assertThat(made.get("branch").asText()).isEqualTo("a");
        assertThat(made.get("lsn").asLong()).isEqualTo(1);
        assertThat(offshoot("tag create shop v2").exits(ExitCodes.OK).out()).contains("shop~main as v2");
        offshoot("tag create shop V1").exits(ExitCodes.CONFLICT);
        offshoot("tag create shop a").exits(ExitCodes.CONFLICT);
        assertThat(offshoot("tag list shop").exits(ExitCodes.OK).out().lines())
                .satisfiesExactly(
                        head -> assertThat(head).startsWith("NAME  BRANCH  LSN  CREATED"),
                        first -> assertThat(first).startsWith("v1    a         1  "),
                        second -> assertThat(second).startsWith("v2    main      0  "));
        offshoot("branch delete shop a --yes").exits(ExitCodes.OK);
        JsonNode branch = offshoot("branch create shop b --from v1 -o json")
                .exits(ExitCodes.OK)
                .json();
        assertThat(branch.get("parent").asText()).isEqualTo("a");

        assertThat(offshoot("tag delete shop v1").exits(ExitCodes.OK).out()).contains("which was LSN 1 of a");
        offshoot("tag delete shop v1").exits(ExitCodes.NOT_FOUND);
        assertThat(offshoot("tag list shop -o json").json()).hasSize(1);
    }

    @Test
    void a_branch_that_exists_is_a_conflict_whatever_its_case() {
        offshoot("project create shop").exits(ExitCodes.OK);
        offshoot("branch create shop a").exits(ExitCodes.OK);
        offshoot("branch create shop a").exits(ExitCodes.CONFLICT);
        offshoot("branch create shop A").exits(ExitCodes.CONFLICT);
        offshoot("branch create shop b").exits(ExitCodes.OK);
        offshoot("branch rename shop b a").exits(ExitCodes.CONFLICT);
    }

    @Test
    void deleting_asks_for_the_name() {
        offshoot("project create shop").exits(ExitCodes.OK);
        offshoot("branch create shop a").exits(ExitCodes.OK);
        Run wrong = answering("yes", "branch delete shop a").exits(ExitCodes.USAGE);
        assertThat(wrong.err()).contains("Type the name").contains("nothing was deleted");
        assertThat(branches()).contains("a");
        answering("a", "branch delete shop a").exits(ExitCodes.OK);
        assertThat(branches()).containsExactly("main");

        answering("", "project delete shop").exits(ExitCodes.USAGE);
        answering("shop", "project delete shop").exits(ExitCodes.OK);
    }

    @Test
    void deleting_without_a_terminal_is_refused() {
        offshoot("project create shop").exits(ExitCodes.OK);
        offshoot("branch create shop a").exits(ExitCodes.OK);
        assertThat(offshoot("branch delete shop a").exits(ExitCodes.USAGE).err())
                .contains("--yes");
        assertThat(branches()).contains("a");
    }

    @Test
    void status_shows_projects_and_heads() {
        offshoot("project create shop").exits(ExitCodes.OK);
        offshoot("branch create shop a").exits(ExitCodes.OK);
        JsonNode status = offshoot("status -o json").exits(ExitCodes.OK).json();
        assertThat(status.get("uptime_seconds").isIntegralNumber()).isTrue();
        assertThat(status.get("mongodb_version").asText()).isNotEmpty();
        JsonNode branches = status.get("projects").get(0).get("branches");
        assertThat(branches).hasSize(2);
        assertThat(branches.get(1).get("head_lsn").isIntegralNumber()).isTrue();
        assertThat(offshoot("status").exits(ExitCodes.OK).out()).contains("UPTIME", "shop", "main");
    }

    @Test
    void text_is_a_table() {
        offshoot("project create shop").exits(ExitCodes.OK);
        offshoot("branch create shop a").exits(ExitCodes.OK);
        List<String> lines = offshoot("branch list shop").out().lines().toList();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).matches("NAME +ID +PARENT +BASE LSN +HEAD LSN +CREATED");
        assertThat(lines.subList(1, 3))
                .anyMatch(line -> line.matches("main +1 +- +\\d+ +\\d+ +\\S+Z"))
                .anyMatch(line -> line.matches("a +2 +main +\\d+ +\\d+ +\\S+Z"));
    }

    private List<String> branches() {
        List<String> names = new ArrayList<>();
        offshoot("branch list shop -o json")
                .exits(ExitCodes.OK)
                .json()
                .forEach(branch -> names.add(branch.get("name").asText()));
        return names;
    }

    private Run offshoot(String words) {
        return Run.of(onFolder(words));
    }

    private Run answering(String answer, String words) {
        return Run.answering(answer, onFolder(words));
    }

    private String[] onFolder(String words) {
        List<String> all = new ArrayList<>(Arrays.asList(words.split(" ")));
        all.addAll(List.of("--data", folder.toString()));
        return all.toArray(String[]::new);
    }
}
