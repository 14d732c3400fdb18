package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.mongodb.client.MongoCollection;
import dev.offshoot.driver.OffshootClient;
import dev.offshoot.driver.OffshootClients;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.bson.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code reset}, {@code reflog}, {@code restore}, {@code undo}, {@code revert}, {@code cherry-pick} and {@code rebase} on a folder. */
final class MovingBackVerbsTest {
    @TempDir
    private Path folder = Path.of("");

    @BeforeEach
    void fill() {
        offshoot("project create shop").exits(ExitCodes.OK);
        change("shop", items -> items.insertMany(List.of(document(1, 1), document(2, 2))));
    }

    @Test
    void a_branch_is_reset_and_the_output_tells_the_way_back() {
        long then = head("main");
        change("shop", items -> items.insertOne(document(3, 3)));
        Run reset = offshoot("reset shop " + then).exits(ExitCodes.OK);
        assertThat(count("shop")).isEqualTo(2);
        String back =
                reset.out().replaceAll("(?s).*get back with: offshoot ", "").strip();
        assertThat(back).startsWith("reset shop main~");
        offshoot(back).exits(ExitCodes.OK);
        assertThat(count("shop")).isEqualTo(3);
        assertThat(offshoot("reset shop main -o json")
                        .exits(ExitCodes.OK)
                        .json()
                        .get("changed")
                        .asBoolean())
                .isFalse();
        JsonNode reflog = offshoot("reflog shop -o json").exits(ExitCodes.OK).json();
        assertThat(reflog).hasSize(3);
        assertThat(reflog.get(0).get("command").asText()).isEqualTo("resetBranch");
        offshoot("reset shop " + then + " --expect 1").exits(ExitCodes.CONFLICT);
        offshoot("reset shop nope").exits(ExitCodes.NOT_FOUND);
        offshoot("reset shop").exits(ExitCodes.USAGE);
    }

    @Test
    void documents_and_collections_are_restored() {
        long then = head("main");
        change("shop", items -> items.updateOne(new Document("_id", 1), set("n", 9)));
        change("shop", items -> items.deleteOne(new Document("_id", 2)));
        Run dry = offshoot("restore shop items --at " + then + " --dry-run").exits(ExitCodes.OK);
        assertThat(dry.out()).contains("1 inserted, 1 updated, 0 deleted");
        assertThat(count("shop")).isEqualTo(1);
        offshoot("restore shop items --at " + then + " --id 1").exits(ExitCodes.OK);
        assertThat(find("shop", 1).getInteger("n")).isEqualTo(1);
        assertThat(count("shop")).isEqualTo(1);
        Run.of("restore", "shop", "items", "--at", "" + then, "--filter", "{\"_id\": 2}", "--data", folder.toString())
                .exits(ExitCodes.OK);
        assertThat(count("shop")).isEqualTo(2);
        change("shop", MongoCollection::drop);
        offshoot("restore shop items").exits(ExitCodes.OK);
        assertThat(count("shop")).isEqualTo(2);
        offshoot("restore shop itens").exits(ExitCodes.NOT_FOUND);
        offshoot("restore shop items").exits(ExitCodes.USAGE);
    }

    @Test
    void what_is_refused_exits_with_2() {
        long then = head("main");
        change("shop", items -> items.insertOne(document(3, 3)));
        offshoot("commit shop~main~" + then + " -m x").exits(ExitCodes.USAGE);
        offshoot("commit shop -m " + "x".repeat(4097)).exits(ExitCodes.USAGE);
        offshoot("undo shop~main~" + then + " --from 0").exits(ExitCodes.USAGE);
        offshoot("undo shop --lsn -1").exits(ExitCodes.USAGE);
    }

    @Test
    void changes_are_undone_with_conflicts_as_exit_code_5() {
        long before = head("main");
        change("shop", items -> items.updateOne(new Document("_id", 1), set("n", 9)));
        long after = head("main");
        change("shop", items -> items.updateOne(new Document("_id", 1), set("n", 10)));
        Run conflicts =
                offshoot("undo shop --from " + before + " --to " + after).exits(ExitCodes.CONFLICT);
        assertThat(conflicts.out()).contains("1 conflict; shop is as it was");
        offshoot("undo shop --from " + before).exits(ExitCodes.CONFLICT);
        offshoot("undo shop --continue").exits(ExitCodes.CONFLICT);
        offshoot("undo shop --abort").exits(ExitCodes.OK);
        Run plan = offshoot("undo shop --from " + before + " --dry-run").exits(ExitCodes.OK);
        assertThat(plan.out()).contains("would change shop: 0 inserted, 1 updated, 0 deleted");
        offshoot("undo shop --from " + before + " -m oops").exits(ExitCodes.OK);
        assertThat(find("shop", 1).getInteger("n")).isEqualTo(1);
        offshoot("undo shop").exits(ExitCodes.USAGE);
    }

    @Test
    void commits_are_picked_merges_reverted_and_branches_rebased() {
        offshoot("branch create shop dev").exits(ExitCodes.OK);
        change("shop~dev", items -> items.insertOne(document(3, 3)));
        change("shop", items -> items.insertOne(document(4, 4)));
        offshoot("cherry-pick shop dev~" + head("dev")).exits(ExitCodes.OK);
        assertThat(count("shop")).isEqualTo(4);
        change("shop~dev", items -> items.insertOne(document(5, 5)));
        offshoot("rebase shop~dev main --mode fieldDivergent").exits(ExitCodes.OK);
        assertThat(count("shop~dev")).isEqualTo(5);
        assertThat(offshoot("rebase shop~dev main").exits(ExitCodes.OK).out()).contains("nothing to do");
        in(client -> client.mongo()
                .getDatabase("shop")
                .runCommand(new Document("mergeBranch", "dev").append("ff", "never")));
        assertThat(count("shop")).isEqualTo(5);
        offshoot("revert shop " + head("main")).exits(ExitCodes.OK);
        assertThat(count("shop")).isEqualTo(4);
        for (String words : List.of("revert shop", "cherry-pick shop", "rebase shop~dev", "cherry-pick shop dev")) {
            offshoot(words).exits(ExitCodes.USAGE);
        }
        offshoot("cherry-pick shop dev~1 --path items=sum").exits(ExitCodes.USAGE);
        assertThat(offshoot("history shop itens 1").exits(ExitCodes.NOT_FOUND).err())
                .contains("'itens' never had a document with _id 1");
        assertThat(offshoot("branch create shop x --mask nope.json")
                        .exits(ExitCodes.NOT_FOUND)
                        .err())
                .contains("there is no such file");
    }

    @Test
    void commits_that_are_there_already_are_named() {
        offshoot("branch create shop dev").exits(ExitCodes.OK);
        change("shop~dev", items -> items.updateOne(new Document("_id", 1), set("n", 9)));
        long first = head("dev");
        change("shop~dev", items -> items.updateOne(new Document("_id", 2), set("n", 9)));
        long from = head("main");
        assertThat(offshoot("cherry-pick shop dev~" + first + " -m nine")
                        .exits(ExitCodes.OK)
                        .out())
                .contains("changed shop by 1 commit:");
        long picked = head("main");
        String where = "left out dev~" + first + ": it is there as main~" + picked;

        Run again = offshoot("cherry-pick shop dev~" + first).exits(ExitCodes.OK);
        assertThat(again.out()).contains("nothing to do (1 commit is there already); shop is at LSN " + picked, where);
        Run range = offshoot("cherry-pick shop dev --from dev~" + from + " --dry-run")
                .exits(ExitCodes.OK);
        assertThat(range.out()).contains("by 1 commit (1 commit is there already)", where);
        Run rebased = offshoot("rebase shop~dev main").exits(ExitCodes.OK);
        assertThat(rebased.out()).contains("changed shop~dev by 1 commit (1 commit is there already)", where);
        JsonNode json = offshoot("cherry-pick shop dev~" + first + " -o json")
                .exits(ExitCodes.OK)
                .json();
        assertThat(json.get("already").get("count").asInt()).isEqualTo(1);
        assertThat(json.get("already").get("commits").get(0).get("last_lsn").asLong())
                .isEqualTo(first);
    }

    @Test
    void a_rebase_keeps_commits_apart_and_tells_which_one_is_in_conflict() {
        offshoot("branch create shop dev").exits(ExitCodes.OK);
        change("shop~dev", items -> items.insertOne(document(3, 3)));
        change("shop~dev", items -> items.updateOne(new Document("_id", 1), set("n", 9)));
        long second = head("dev");
        change("shop", items -> items.updateOne(new Document("_id", 1), set("n", 10)));
        Run stopped = offshoot("rebase shop~dev main").exits(ExitCodes.CONFLICT);
        assertThat(stopped.out()).contains("1 conflict in commit 2 of 2, dev~" + second);
        assertThat(stopped.err()).contains("offshoot conflicts shop dev");
        offshoot("resolve shop~dev --all --take theirs").exits(ExitCodes.OK);
        Run done = offshoot("rebase shop~dev --continue").exits(ExitCodes.OK);
        assertThat(done.out()).contains("changed shop~dev by 2 commits: 1 inserted, 1 updated");
        assertThat(offshoot("log shop~dev -n 2").exits(ExitCodes.OK).out()).contains("picked dev~" + second);
        change("shop", items -> items.insertOne(document(7, 7)));
        JsonNode squashed = offshoot("rebase shop~dev main --squash -o json")
                .exits(ExitCodes.OK)
                .json();
        assertThat(squashed.has("picked")).isFalse();
        assertThat(find("shop~dev", 1).getInteger("n")).isEqualTo(9);
    }

    @Test
    void what_goes_on_with_nothing_says_so_in_its_own_words() {
        for (String verb : List.of("rebase", "undo", "revert", "cherry-pick")) {
            String command = Map.of(
                            "rebase", "{rebaseBranch: 'main', onto: ",
                            "undo", "{undoChanges: 1, ",
                            "revert", "{revertMerge: ",
                            "cherry-pick", "{cherryPick: ")
                    .get(verb);
            for (String end : List.of(" shop --continue", " shop --abort")) {
                assertThat(offshoot(verb + end).exits(ExitCodes.NOT_FOUND).err())
                        .contains("waits on branch 'main' of 'shop'", command, "offshoot " + verb + " --help")
                        .doesNotContain("mergeBranch");
            }
        }
        assertThat(offshoot("restore shop itens").exits(ExitCodes.NOT_FOUND).err())
                .contains("itens")
                .doesNotContain("project list");
        assertThat(offshoot("log shop~nope").exits(ExitCodes.NOT_FOUND).err()).contains("offshoot branch list");
    }

    private static Document document(int id, int n) {
        return new Document("_id", id).append("n", n);
    }

    private static Document set(String field, int value) {
        return new Document("$set", new Document(field, value));
    }

    private void change(String database, Consumer<MongoCollection<Document>> change) {
        in(client -> change.accept(client.mongo().getDatabase(database).getCollection("items")));
    }

    private void in(Consumer<OffshootClient> work) {
        try (OffshootClient client = OffshootClients.create(folder)) {
            work.accept(client);
        }
    }

    private long count(String database) {
        List<Long> counts = new ArrayList<>();
        change(database, items -> counts.add(items.countDocuments()));
        return counts.get(0);
    }

    private Document find(String database, int id) {
        List<Document> found = new ArrayList<>();
        change(database, items -> items.find(new Document("_id", id)).into(found));
        return found.get(0);
    }

    private long head(String branch) {
        return offshoot("branch show shop " + branch + " -o json")
                .json()
                .get("head_lsn")
                .asLong();
    }

    /** Runs words that are separated by single spaces, on the test's folder. */
    private Run offshoot(String words) {
        List<String> all = new ArrayList<>(Arrays.asList(words.split(" ", -1)));
        all.addAll(List.of("--data", folder.toString()));
        return Run.of(all.toArray(String[]::new));
    }
}
