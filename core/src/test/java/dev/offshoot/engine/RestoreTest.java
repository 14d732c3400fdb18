package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.state.Project;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Collections and documents that are made what they were at a position. */
final class RestoreTest {
    @AutoClose
    private final Commander commander;

    RestoreTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
        commander.run("shop", "{insert: 'items', documents: [{_id: 1, n: 1}, {_id: 2, n: 2}, {_id: 3, n: 3}]}");
    }

    @Test
    void a_collection_becomes_what_it_was_and_what_came_since_stays_in_history() {
        long then = head();
        commander.run("shop", "{update: 'items', updates: [{q: {_id: 1}, u: {$set: {n: 9}}}]}");
        commander.run("shop", "{delete: 'items', deletes: [{q: {_id: 2}, limit: 1}]}");
        commander.run("shop", "{insert: 'items', documents: [{_id: 4, n: 4}]}");
        commander.run("shop", "{insert: 'others', documents: [{_id: 1}]}");
        long before = head();

        BsonDocument dry = commander.run("shop", "{restore: 'items', at: " + then + ", dryRun: true}");
        assertThat(head()).isEqualTo(before);
        BsonDocument reply = commander.run("shop", "{restore: 'items', at: " + then + "}");

        for (BsonDocument each : List.of(dry, reply)) {
            assertThat(number(each, "inserted")).isEqualTo(1);
            assertThat(number(each, "updated")).isEqualTo(1);
            assertThat(number(each, "deleted")).isEqualTo(1);
            assertThat(number(each, "altered")).isZero();
        }
        assertThat(number(reply, "head_lsn")).isEqualTo(before + 3).isEqualTo(head());
        assertThat(content("shop")).isEqualTo(content("shop~main~" + then));
        assertThat(commander.list("shop", "{find: 'others'}")).as("others stay").hasSize(1);
        assertThat(ids("shop~main~" + before)).containsExactly(1, 3, 4);
        commander.restart();
        assertThat(content("shop")).isEqualTo(content("shop~main~" + then));
        commander.run("shop", "{restore: 'items', at: " + before + "}");
        assertThat(ids("shop")).as("a restore is undone by a restore").containsExactly(1, 3, 4);
        long last = head();
        BsonDocument again = commander.run("shop", "{restore: 'items', at: " + before + "}");
        assertThat(again.getBoolean("changed").getValue()).isFalse();
        assertThat(number(again, "head_lsn")).isEqualTo(last);
        assertThat(head()).as("nothing to do").isEqualTo(last);
    }

    @Test
    void options_validators_and_indexes_come_back_with_it() {
        commander.run("shop", "{collMod: 'items', validator: {n: {$gt: 0}}}");
        commander.run(
                "shop",
                "{createIndexes: 'items', indexes: [{key: {n: 1}, name: 'n', unique: true}, {key: {t: 1}, name: 't',"
                        + " expireAfterSeconds: 500}, {key: {s: 1}, name: 's'}]}");
        long then = head();
        commander.run("shop", "{dropIndexes: 'items', index: 'n'}");
        commander.run("shop", "{dropIndexes: 'items', index: 's'}");
        commander.run("shop", "{createIndexes: 'items', indexes: [{key: {s: -1}, name: 's'}]}");
        commander.run("shop", "{createIndexes: 'items', indexes: [{key: {x: 1}, name: 'x'}]}");
        commander.run("shop", "{collMod: 'items', index: {name: 't', expireAfterSeconds: 7}}");
        commander.run("shop", "{collMod: 'items', validator: {}}");
        commander.run("shop", "{insert: 'items', documents: [{_id: 8, n: 1}, {_id: 9, n: -1}]}");

        BsonDocument reply = commander.run("shop", "{restore: 'items', at: " + then + "}");

        assertThat(number(reply, "altered")).isEqualTo(5);
        for (int pass = 0; pass < 2; pass++) {
            assertThat(content("shop")).isEqualTo(content("shop~main~" + then));
            assertThat(commander
                            .run("shop", "{validate: 'items', full: true}")
                            .getBoolean("valid")
                            .getValue())
                    .isTrue();
            assertThat(commander.run("shop", "{insert: 'items', documents: [{_id: 9, n: -1}]}"))
                    .containsKey("writeErrors");
            commander.restart();
        }
    }

    @Test
    void a_dropped_collection_comes_back_as_it_was_and_also_beside_its_successor() {
        commander.run("shop", "{createIndexes: 'items', indexes: [{key: {n: 1}, name: 'n', unique: true}]}");
        long then = head();
        String before = content("shop");
        commander.run("shop", "{drop: 'items'}");

        BsonDocument reply = commander.run("shop", "{restore: 'items', at: " + then + "}");

        assertThat(reply.getBoolean("created").getValue()).isTrue();
        assertThat(number(reply, "inserted")).isEqualTo(3);
        assertThat(content("shop")).isEqualTo(before);
        commander.run("shop", "{drop: 'items'}");
        commander.run("shop", "{insert: 'items', documents: [{_id: 7}]}");
        BsonDocument refused = commander.fail(48, "shop", "{restore: 'items', at: " + then + "}");
        assertThat(refused.getString("errmsg").getValue())
                .contains("was dropped, and this one made since", "as: 'NAME'");
        commander.run("shop", "{restore: 'items', at: " + then + ", as: 'old'}");
        for (int pass = 0; pass < 2; pass++) {
            assertThat(ids("shop")).containsExactly(7);
            assertThat(commander.list("shop", "{find: 'old', hint: 'n', filter: {n: 2}}"))
                    .containsExactly(BsonDocument.parse("{_id: 2, n: 2}"));
            commander.restart();
        }
        commander.fail(48, "shop", "{restore: 'items', at: " + then + ", as: 'old'}");
    }

    @Test
    void documents_of_then_can_be_restored_into_the_collection_that_has_the_name_now() {
        long then = head();
        commander.run("shop", "{drop: 'items'}");
        commander.run("shop", "{insert: 'items', documents: [{_id: 7, n: 7}, {_id: 2, n: 20}]}");

        BsonDocument reply = commander.run("shop", "{restore: 'items', at: " + then + ", filter: {n: {$lte: 2}}}");

        assertThat(number(reply, "inserted")).isEqualTo(1);
        assertThat(number(reply, "updated")).isEqualTo(1);
        assertThat(commander.list("shop", "{find: 'items'}"))
                .containsExactly(
                        BsonDocument.parse("{_id: 1, n: 1}"),
                        BsonDocument.parse("{_id: 2, n: 2}"),
                        BsonDocument.parse("{_id: 7, n: 7}"));
    }

    @Test
    void one_document_is_restored_whether_it_was_changed_removed_or_made_since() {
        long then = head();
        commander.run("shop", "{update: 'items', updates: [{q: {_id: 1}, u: {$set: {n: 9}}}]}");
        commander.run("shop", "{delete: 'items', deletes: [{q: {_id: 2}, limit: 1}]}");
        commander.run("shop", "{insert: 'items', documents: [{_id: 4, n: 4}]}");
        commander.run("shop", "{update: 'items', updates: [{q: {_id: 3}, u: {$set: {n: 30}}}]}");

        commander.run("shop", "{restore: 'items', at: " + then + ", _id: 1}");
        assertThat(values()).containsExactly(1, 30, 4);
        commander.run("shop", "{restore: 'items', at: " + then + ", _id: 2}");
        assertThat(values()).as("at its old place").containsExactly(1, 2, 30, 4);
        commander.run("shop", "{restore: 'items', at: " + then + ", _id: 4}");
        assertThat(values()).containsExactly(1, 2, 30);
        BsonDocument none = commander.run("shop", "{restore: 'items', at: " + then + ", _id: 5}");
        assertThat(none.getBoolean("changed").getValue()).isFalse();
        assertThat(values()).as("the others stay").containsExactly(1, 2, 30);
    }

    @Test
    void documents_that_swapped_a_unique_value_swap_it_back_and_what_would_collide_is_refused() {
        commander.run("shop", "{createIndexes: 'items', indexes: [{key: {n: 1}, name: 'n', unique: true}]}");
        long then = head();
        commander.run(
                "shop",
                "{update: 'items', updates: [{q: {_id: 1}, u: {$set: {n: 0}}}, {q: {_id: 2}, u: {$set: {n: 1}}},"
                        + " {q: {_id: 1}, u: {$set: {n: 2}}}]}");
        assertThat(values()).containsExactly(2, 1, 3);
        commander.fail(11000, "shop", "{restore: 'items', at: " + then + ", _id: 1}");
        assertThat(values()).containsExactly(2, 1, 3);

        commander.run("shop", "{restore: 'items', at: " + then + ", filter: {_id: {$lt: 3}}}");

        assertThat(values()).containsExactly(1, 2, 3);
        assertThat(commander.list("shop", "{find: 'items', filter: {n: 1}, hint: 'n'}"))
                .containsExactly(BsonDocument.parse("{_id: 1, n: 1}"));
        assertThat(commander
                        .run("shop", "{validate: 'items', full: true}")
                        .getBoolean("valid")
                        .getValue())
                .isTrue();
    }

    @Test
    void a_document_that_the_validator_of_now_does_not_take_is_refused() {
        long then = head();
        commander.run("shop", "{update: 'items', updates: [{q: {}, u: {$set: {ok: true}}, multi: true}]}");
        commander.run("shop", "{collMod: 'items', validator: {ok: true}}");

        commander.fail(121, "shop", "{restore: 'items', at: " + then + ", _id: 1}");
        commander.run("shop", "{restore: 'items', at: " + then + "}");

        assertThat(content("shop")).isEqualTo(content("shop~main~" + then));
    }

    @Test
    void a_renamed_collection_is_restored_under_its_name_of_now_or_copied() {
        long then = head();
        commander.run("admin", "{renameCollection: 'shop.items', to: 'shop.things'}");
        commander.run("shop", "{delete: 'things', deletes: [{q: {_id: 1}, limit: 1}]}");

        BsonDocument refused = commander.fail(26, "shop", "{restore: 'items', at: " + then + "}");
        assertThat(refused.getString("errmsg").getValue()).contains("is called 'things' now");
        commander.run("shop", "{restore: 'items', at: " + then + ", as: 'items'}");
        assertThat(ids("shop")).containsExactly(1, 2, 3);
        assertThat(commander.list("shop", "{find: 'things'}")).hasSize(2);
        commander.run("shop", "{drop: 'items'}");
        commander.run("shop", "{restore: 'things', at: " + then + "}");
        assertThat(commander.list("shop", "{find: 'things'}")).hasSize(3);
        commander.restart();
        assertThat(commander.list("shop", "{find: 'things'}")).hasSize(3);
    }

    @Test
    void a_view_is_restored_too() {
        commander.run("shop", "{create: 'v', viewOn: 'items', pipeline: [{$match: {n: {$gt: 1}}}]}");
        long then = head();
        commander.run("shop", "{collMod: 'v', viewOn: 'items', pipeline: []}");
        commander.run("shop", "{restore: 'v', at: " + then + "}");
        assertThat(commander.list("shop", "{find: 'v'}")).hasSize(2);
        commander.run("shop", "{drop: 'v'}");
        commander.run("shop", "{restore: 'v', at: " + then + "}");
        assertThat(commander.list("shop", "{find: 'v'}")).hasSize(2);
        commander.fail(166, "shop", "{restore: 'v', at: " + then + ", _id: 1}");
    }

    @Test
    void without_a_position_a_dropped_collection_comes_back_as_it_was_right_before_its_newest_drop() {
        commander.run("shop", "{drop: 'items'}");
        commander.run("shop", "{insert: 'items', documents: [{_id: 5, n: 5}]}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop", "{update: 'items', updates: [{q: {_id: 5}, u: {$set: {n: 6}}}]}");
        commander.run("shop", "{drop: 'items'}");
        commander.run("shop", "{insert: 'others', documents: [{_id: 1}]}");
        commander.run("shop~dev", "{drop: 'items'}");

        BsonDocument missing = commander.fail(26, "shop", "{restore: 'itens'}");
        assertThat(missing.getString("errmsg").getValue())
                .contains("no collection 'itens' was dropped on branch 'main'", "did you mean 'items'?");
        commander.fail(40414, "shop", "{restore: 'others'}");
        commander.fail(48, "shop", "{undrop: 1, collection: 'others'}");
        commander.fail(72, "shop", "{undrop: 'dev', dryRun: true}");
        BsonDocument dry = commander.run("shop", "{undrop: 1, collection: 'items', dryRun: true}");
        assertThat(number(dry, "inserted")).isEqualTo(1);
        commander.fail(26, "shop", "{restore: 'items', _id: 1, at: " + head() + "}");
        BsonDocument reply = commander.run("shop", "{undrop: 1, collection: 'items'}");

        assertThat(values()).containsExactly(6);
        assertThat(reply.getBoolean("created").getValue()).isTrue();
        commander.run("shop~dev", "{restore: 'items', as: 'back'}");
        assertThat(commander.list("shop~dev", "{find: 'back'}")).containsExactly(BsonDocument.parse("{_id: 5, n: 5}"));
        commander.restart();
        assertThat(values()).containsExactly(6);
    }

    @Test
    void collections_that_went_with_their_database_or_under_a_rename_come_back_too() {
        commander.run("shop", "{insert: 'a', documents: [{_id: 1}]}");
        commander.run("shop", "{insert: 'b', documents: [{_id: 2}]}");
        commander.run("admin", "{renameCollection: 'shop.a', to: 'shop.b', dropTarget: true}");
        commander.run("shop", "{dropDatabase: 1}");

        commander.run("shop", "{restore: 'items'}");
        commander.run("shop", "{restore: 'b'}");

        assertThat(ids("shop")).containsExactly(1, 2, 3);
        assertThat(commander.list("shop", "{find: 'b'}")).containsExactly(BsonDocument.parse("{_id: 1}"));
    }

    @Test
    void a_collection_is_brought_from_another_branch() {
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop~dev", "{insert: 'more', documents: [{_id: 1}]}");
        commander.run("shop~dev", "{update: 'items', updates: [{q: {_id: 1}, u: {$set: {n: 9}}}]}");

        commander.run("shop", "{restore: 'items', at: 'dev'}");
        commander.run("shop", "{restore: 'more', at: 'dev'}");

        assertThat(values()).containsExactly(9, 2, 3);
        assertThat(commander.list("shop", "{find: 'more'}")).hasSize(1);
    }

    @Test
    void what_cannot_be_is_refused_and_changes_nothing() {
        long then = head();
        commander.run("shop", "{insert: 'item', documents: [{_id: 1}]}");
        commander.run("shop", "{create: 'cap', capped: true, size: 1000, max: 1}");
        commander.run("shop", "{insert: 'cap', documents: [{_id: 1}]}");
        long capped = head();
        commander.run("shop", "{insert: 'cap', documents: [{_id: 2}]}");
        long last = project().lastLsn();
        commander.fail(40414, "shop", "{restore: 'items'}");
        BsonDocument missing = commander.fail(26, "shop", "{restore: 'item', at: " + then + "}");
        assertThat(missing.getString("errmsg").getValue()).contains("did you mean 'items'?", "drop it");
        commander.fail(26, "shop", "{restore: 'nope', at: " + then + "}");
        commander.fail(2, "shop", "{restore: 'items', at: " + then + ", _id: 1, filter: {}}");
        commander.fail(2, "shop", "{restore: 'items', at: " + then + ", _id: 1, as: 'x'}");
        commander.fail(2, "shop", "{restore: 'items', at: 99999}");
        commander.fail(73, "shop", "{restore: 'system.views', at: " + then + "}");
        commander.fail(115, "shop~main~" + then, "{restore: 'items', at: " + then + "}");
        commander.fail(20, "shop", "{restore: 'cap', at: " + capped + ", _id: 1}");
        commander.fail(40415, "shop", "{restore: 'items', at: " + then + ", force: true}");
        assertThat(project().lastLsn()).isEqualTo(last);
        commander.run("shop", "{restore: 'cap', at: " + capped + "}");
        assertThat(commander.list("shop", "{find: 'cap'}")).containsExactly(BsonDocument.parse("{_id: 1}"));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_restored_collection_is_what_it_was_at_any_position(long seed) {
        Random random = new Random(seed);
        commander.run("shop", "{createIndexes: 'items', indexes: [{key: {n: 1}, name: 'n'}]}");
        List<Long> positions = new ArrayList<>(List.of(head()));
        for (int i = 0; i < 120; i++) {
            int id = random.nextInt(30);
            int n = random.nextInt(9);
            switch (random.nextInt(8)) {
                case 0, 1, 2 ->
                    commander.run(
                            "shop",
                            "{update: 'items', updates: [{q: {_id: " + id + "}, u: {$set: {n: " + n
                                    + "}}, upsert: true}]}");
                case 3, 4 -> commander.run("shop", "{delete: 'items', deletes: [{q: {_id: " + id + "}, limit: 1}]}");
                case 5 -> commander.run("shop", "{collMod: 'items', validator: {n: {$lt: " + (100 + n) + "}}}");
                case 6 -> {
                    long at = positions.get(random.nextInt(positions.size()));
                    commander.run("shop", "{restore: 'items', at: " + at + "}");
                    assertThat(content("shop")).as("seed %d, at %d", seed, at).isEqualTo(content("shop~main~" + at));
                }
                default -> {
                    long at = positions.get(random.nextInt(positions.size()));
                    commander.reply(
                            "shop",
                            BsonDocument.parse("{restore: 'items', at: " + at + ", filter: {_id: {$lt: " + id + "}}}"));
                    assertThat(below(id, "shop"))
                            .as("seed %d, at %d", seed, at)
                            .isEqualTo(below(id, "shop~main~" + at));
                }
            }
            positions.add(head());
        }
        String live = content("shop");
        assertThat(commander
                        .run("shop", "{validate: 'items', full: true}")
                        .getBoolean("valid")
                        .getValue())
                .isTrue();
        commander.restart();
        assertThat(content("shop")).isEqualTo(live);
    }

    static LongStream seeds() {
        return LongStream.range(0, Long.getLong("seeds", 6));
    }

    private List<BsonDocument> below(int id, String database) {
        return commander.list(
                database, "{find: 'items', filter: {_id: {$lt: " + id + "}}, sort: {_id: 1}, batchSize: 500}");
    }

    /** All that a client can see of the collection, in natural order. */
    private String content(String database) {
        List<String> indexes = commander.list(database, "{listIndexes: 'items'}").stream()
                .map(BsonDocument::toJson)
                .sorted()
                .toList();
        return commander.list(database, "{find: 'items', showRecordId: true, batchSize: 500}") + "\n" + indexes + "\n"
                + commander.list(database, "{listCollections: 1, filter: {name: 'items'}}").stream()
                        .map(collection -> collection.get("options") + " "
                                + collection.getDocument("info").get("uuid"))
                        .toList();
    }

    private Project project() {
        return Objects.requireNonNull(commander.engine().projects().find("shop"));
    }

    private long head() {
        return project().head(project().branch("main")).lsn();
    }

    private List<Integer> values() {
        return ints("shop", "n");
    }

    private List<Integer> ids(String database) {
        return ints(database, "_id");
    }

    private List<Integer> ints(String database, String field) {
        return commander.list(database, "{find: 'items'}").stream()
                .map(document -> document.getInt32(field).getValue())
                .toList();
    }

    private static long number(BsonDocument reply, String field) {
        return reply.getNumber(field).longValue();
    }
}
