package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code $indexStats} counts, beyond the cases of the stage. */
class IndexUsesTest {
    private static final String BY_A = "{createIndexes: 'c', indexes: [{key: {a: 1}, name: 'a'}]}";
    private static final String USE = "{find: 'c', filter: {a: 1}}";

    @AutoClose
    private final Commander commander;

    IndexUsesTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
        commander.run("shop", "{insert: 'c', documents: [{_id: 1, a: 1}]}");
        commander.run("shop", BY_A);
    }

    private BsonDocument accesses(String database) {
        List<BsonDocument> found = commander.list(
                database, "{aggregate: 'c', pipeline: [{$indexStats: {}}, {$match: {name: 'a'}}], cursor: {}}");
        return found.get(0).getDocument("accesses");
    }

    private long ops(String database) {
        return accesses(database).getInt64("ops").getValue();
    }

    @Test
    void each_branch_counts_for_itself() {
        commander.run("shop", USE);
        commander.run("shop", "{createBranch: 'exp'}");
        commander.run("shop~exp", USE);
        commander.run("shop~exp", USE);

        assertThat(ops("shop")).isEqualTo(1);
        assertThat(ops("shop~exp")).isEqualTo(2);
    }

    @Test
    void counts_from_when_the_index_was_made_or_the_server_started() {
        long made = accesses("shop").getDateTime("since").getValue();
        assertThat(made).isBetween(commander.engine().startedMillis(), System.currentTimeMillis());

        commander.run("shop", USE);
        commander.restart();

        assertThat(ops("shop")).isZero();
        assertThat(accesses("shop").getDateTime("since").getValue())
                .isGreaterThanOrEqualTo(made)
                .isEqualTo(commander.engine().startedMillis());
    }

    @Test
    void what_was_counted_of_indexes_that_are_gone_is_forgotten() {
        commander.run("shop", USE);
        commander.run("shop", "{createBranch: 'exp'}");
        commander.run("shop~exp", USE);
        commander.run("shop", "{dropIndexes: 'c', index: 'a'}");
        IndexUses uses = commander.engine().indexUses();
        assertThat(uses.size()).isEqualTo(2);

        uses.retain(commander.engine().projects().opened());
        assertThat(uses.size()).isEqualTo(1);
        assertThat(ops("shop~exp")).isEqualTo(1);

        commander.run("shop", "{dropBranch: 'exp'}");
        uses.retain(commander.engine().projects().opened());
        assertThat(uses.size()).isZero();
    }

    @Test
    void counts_what_many_threads_do() {
        IntStream.range(0, 400).parallel().forEach(i -> {
            Client client = commander.engine().connect("test");
            BsonDocument find = BsonDocument.parse(USE).append("$db", new org.bson.BsonString("shop"));
            commander.engine().run(client, new Request(Commander.encode(find), java.util.Map.of()));
        });
        assertThat(ops("shop")).isEqualTo(400);
    }
}
