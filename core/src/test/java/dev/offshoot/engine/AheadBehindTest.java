package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many commits branches are ahead of and behind others. */
class AheadBehindTest {
    private static final int STEPS = 60;

    @AutoClose
    private final Commander commander;

    private int lastId;

    AheadBehindTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
        insert("main");
    }

    @Test
    void commits_on_both_sides_are_counted_against_the_parent() {
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop", "{createBranch: 'idle'}");
        insert("dev");
        insert("dev");
        commander.run("shop~dev", "{createBranch: 'deep'}");
        insert("deep");
        insert("main");

        assertThat(counts("true", "dev")).isEqualTo("2/1 main");
        assertThat(counts("true", "idle")).isEqualTo("0/1 main");
        assertThat(counts("true", "deep")).isEqualTo("1/0 dev");
        assertThat(counts("true", "main")).isEqualTo("none");
        assertThat(counts("'main'", "deep")).isEqualTo("3/1 main");
        assertThat(counts("'deep'", "main")).isEqualTo("1/3 deep");
        assertThat(counts("'main~3'", "dev")).isEqualTo("2/0 main~3");
        assertThat(counts("false", "dev")).isEqualTo("none");
        commander.restart();
        assertThat(counts("true", "dev")).isEqualTo("2/1 main");
        commander.run("shop", "{mergeBranch: 'dev', into: 'main'}");
        assertThat(counts("true", "dev")).as("main has a merge commit more").isEqualTo("0/2 main");
        commander.run("shop", "{dropBranch: 'dev'}");
        assertThat(counts("true", "deep"))
                .as("against the default branch, as the parent is gone")
                .isEqualTo("1/2 main");
        commander.fail(26, "shop", "{listBranches: 1, aheadBehind: 'nix'}");
        commander.fail(14, "shop", "{listBranches: 1, aheadBehind: {}}");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void any_history_counts_what_went_into_one_and_not_into_the_other(long seed) {
        Random random = new Random(seed);
        Map<String, Set<Integer>> model = new HashMap<>();
        model.put("main", new HashSet<>(Set.of(lastId)));
        Map<String, Integer> done = new HashMap<>();
        for (int step = 0; step < STEPS; step++) {
            List<String> names = new ArrayList<>(model.keySet());
            names.sort(null);
            String name = names.get(random.nextInt(names.size()));
            String other = names.get(random.nextInt(names.size()));
            int choice = random.nextInt(10);
            String what = "insert";
            if (choice < 2 && model.size() < 8) {
                commander.run("shop~" + name, "{createBranch: 'b" + step + "'}");
                model.put("b" + step, new HashSet<>(had(model, name)));
                what = "create";
            } else if (choice < 5 && !name.equals(other)) {
                what = merge(model, name, other, random.nextBoolean() ? "auto" : "never");
            } else if (choice < 6 && !name.equals(other)) {
                commander.run("shop", "{resetBranch: '" + name + "', to: '" + other + "'}");
                model.put(name, new HashSet<>(had(model, other)));
                what = "reset";
            } else {
                insert(name);
                had(model, name).add(lastId);
            }
            done.merge(what, 1, Integer::sum);
        }
        assertThat(done).containsKeys("insert", "create", "merged", "reset");
        for (String against : model.keySet()) {
            for (String name : model.keySet()) {
                Set<Integer> ahead = new HashSet<>(had(model, name));
                ahead.removeAll(had(model, against));
                Set<Integer> behind = new HashSet<>(had(model, against));
                behind.removeAll(had(model, name));
                assertThat(counts("'" + against + "'", name))
                        .as("%s against %s", name, against)
                        .isEqualTo(ahead.size() + "/" + behind.size() + " " + against);
            }
        }
    }

    private String merge(Map<String, Set<Integer>> model, String into, String from, String ff) {
        BsonDocument merged =
                commander.run("shop", "{mergeBranch: '" + from + "', into: '" + into + "', ff: '" + ff + "'}");
        String status = merged.getString("status").getValue();
        if (status.equals("fastForward")) {
            model.put(into, new HashSet<>(had(model, from)));
        } else if (status.equals("merged")) {
            had(model, into).addAll(had(model, from));
            had(model, into).add(++lastId);
        } else {
            assertThat(status).isEqualTo("upToDate");
        }
        return status;
    }

    private static Set<Integer> had(Map<String, Set<Integer>> model, String branch) {
        return Objects.requireNonNull(model.get(branch));
    }

    private void insert(String branch) {
        commander.run("shop~" + branch, "{insert: 'items', documents: [{_id: " + ++lastId + "}]}");
    }

    private String counts(String asked, String branch) {
        for (var entry : commander
                .run("shop", "{listBranches: 1, aheadBehind: " + asked + "}")
                .getArray("branches")) {
            BsonDocument found = entry.asDocument();
            if (found.getString("name").getValue().equals(branch)) {
                return found.containsKey("ahead")
                        ? found.getInt64("ahead").getValue() + "/"
                                + found.getInt64("behind").getValue() + " "
                                + found.getString("against").getValue()
                        : "none";
            }
        }
        throw new AssertionError("no branch " + branch);
    }
}
