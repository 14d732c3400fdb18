package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.merge.CollectionDiff;
import dev.offshoot.merge.DocumentChange;
import dev.offshoot.merge.SnapshotDiff;
import dev.offshoot.mql.CommandException;
import dev.offshoot.state.Project;
import dev.offshoot.wal.Origin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What differs between two positions, as any driver asks for it. */
class DiffBranchesTest {
    @AutoClose
    private final Commander commander;

    DiffBranchesTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
    }

    @BeforeEach
    void fill() {
        commander.run("shop", "{create: 'items'}");
        commander.run(
                "shop", "{insert: 'items', documents: [{_id: 1, n: 1, tags: ['a', 'b']}, {_id: 2, n: 2}, {_id: 3}]}");
        commander.run("shop", "{createBranch: 'dev'}");
    }

    @Test
    void documents_are_added_removed_and_changed_field_by_field() {
        commander.run("shop~dev", "{insert: 'items', documents: [{_id: 4, n: 4}]}");
        commander.run("shop~dev", "{delete: 'items', deletes: [{q: {_id: 3}, limit: 1}]}");
        commander.run("shop~dev", "{update: 'items', updates: [{q: {_id: 1}, u: {$set: {n: 7}, $push: {tags: 'c'}}}]}");

        assertThat(events("shop", "{diffBranches: 1, from: 'main', to: 'dev'}"))
                .containsExactly(
                        "{collection: 'items', what: 'document', op: 'changed', _id: 1, fields: ["
                                + "{path: 'n', op: 'changed', before: 1, after: 7},"
                                + " {path: 'tags[2]', at: ['tags', 2], op: 'added', after: 'c', position: 2}]}",
                        "{collection: 'items', what: 'document', op: 'removed', _id: 3, before: {_id: 3}}",
                        "{collection: 'items', what: 'document', op: 'added', _id: 4, after: {_id: 4, n: 4}}");
        assertThat(events("shop", "{diffBranches: 1, from: 'dev', to: 'main', fields: false}"))
                .containsExactly(
                        "{collection: 'items', what: 'document', op: 'changed', _id: 1,"
                                + " before: {_id: 1, n: 7, tags: ['a', 'b', 'c']}, after: {_id: 1, n: 1, tags: ['a', 'b']}}",
                        "{collection: 'items', what: 'document', op: 'added', _id: 3, after: {_id: 3}}",
                        "{collection: 'items', what: 'document', op: 'removed', _id: 4, before: {_id: 4, n: 4}}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "shop      | from: 'main', to: 'dev'      | +9 -8",
                "shop      | from: 'dev', to: 'main'      | -9 +8",
                "shop~dev  | from: 'main'                 | +9 -8",
                "shop~dev  | to: 'main'                   | -9 +8",
                "shop      | to: 'dev'                    | +9 -8",
                "shop      | from: 'v1'                   | +8",
                "shop      | from: 'main', to: 'v1'       | -8",
                "shop      | from: 5                      | +8",
                "shop      | from: '5', to: 'dev'         | +9",
                "shop      | from: 'main~1', to: 'main~5' | create +1 +2 +3",
                "shop~dev  | from: 'empty'                | create +1 +2 +3 +9",
                "shop~dev  | ``                           | +9",
                "shop~dev~6 | ``                          | ``",
                "shop~v1   | to: 'dev'                    | +9",
                "shop      | from: 'main', to: 'main'     | ``",
                "shop      | from: 'main', to: 'dev', mergeBase: true | +9",
                "shop      | from: 'dev', to: 'main', mergeBase: true | +8",
                "shop      | from: 'dev', mergeBase: true | +8",
                "shop      | to: 'dev', mergeBase: true   | +9",
            })
    void the_reference_stands_for_the_side_that_is_missing(String database, String fields, String expected) {
        Project project = Objects.requireNonNull(commander.engine().projects().find("shop"));
        project.createTag(
                "v1", project.branch("main"), project.head("main").lsn(), new Origin("test", "test", "main", ""));
        commander.run("shop~dev", "{insert: 'items', documents: [{_id: 9}]}");
        commander.run("shop", "{insert: 'items', documents: [{_id: 8}]}");
        commander.run("shop", "{createBranch: 'empty', from: 0}");
        List<String> found = new ArrayList<>();
        for (BsonDocument event : list(database, "{diffBranches: 1" + (fields.isEmpty() ? "" : ", ") + fields + "}")) {
            String op = event.getString("op").getValue();
            found.add(
                    event.getString("what").getValue().equals("collection")
                            ? "create"
                            : (op.equals("added") ? "+" : "-")
                                    + event.getInt32("_id").getValue());
        }
        assertThat(String.join(" ", found)).isEqualTo(expected);
    }

    @Test
    void what_came_from_the_parent_by_a_merge_is_no_change_of_the_branch() {
        commander.run("shop~dev", "{insert: 'items', documents: [{_id: 9}]}");
        commander.run("shop", "{insert: 'items', documents: [{_id: 8}]}");
        commander.run("shop", "{mergeBranch: 'main', into: 'dev'}");
        String own = "{collection: 'items', what: 'document', op: 'added', _id: 9, after: {_id: 9}}";

        assertThat(events("shop~dev", "{diffBranches: 1}")).containsExactly(own);
        assertThat(events("shop", "{diffBranches: 1, to: 'dev', mergeBase: true}"))
                .containsExactly(own);
        assertThat(events("shop", "{diffBranches: 1, to: 'dev'}")).containsExactly(own);
        commander.run("shop", "{mergeBranch: 'dev', into: 'main'}");
        assertThat(events("shop~dev", "{diffBranches: 1}")).isEmpty();
    }

    @Test
    void a_branch_whose_parent_is_dropped_is_compared_with_what_it_was_made_from() {
        commander.run("shop~dev", "{insert: 'items', documents: [{_id: 9}]}");
        commander.run("shop~dev", "{createBranch: 'deep'}");
        commander.run("shop~deep", "{insert: 'items', documents: [{_id: 10}]}");
        commander.run("shop", "{dropBranch: 'dev'}");

        assertThat(events("shop~deep", "{diffBranches: 1}"))
                .containsExactly("{collection: 'items', what: 'document', op: 'added', _id: 10, after: {_id: 10}}");
    }

    @Test
    void metadata_comes_before_documents_and_field_by_field() {
        commander.run("shop", "{create: 'gone', capped: true, size: 4096}");
        commander.run("shop", "{create: 'ruled', validator: {n: {$gt: 0}}, validationLevel: 'strict'}");
        commander.run(
                "shop",
                "{createIndexes: 'ruled', indexes: [{key: {a: 1}, name: 'a'}, {key: {b: 1}, name: 'b'},"
                        + " {key: {at: 1}, name: 'at', expireAfterSeconds: 60}]}");
        commander.run("shop", "{create: 'old', viewOn: 'items', pipeline: []}");
        commander.run("shop", "{insert: 'gone', documents: [{_id: 1}]}");
        commander.run("shop", "{createBranch: 'later'}");
        commander.run("shop~later", "{drop: 'gone'}");
        commander.run("shop~later", "{create: 'fresh', collation: {locale: 'de'}}");
        commander.run("shop~later", "{createIndexes: 'fresh', indexes: [{key: {c: 1}, name: 'c', unique: true}]}");
        commander.run("shop~later", "{insert: 'fresh', documents: [{_id: 5}]}");
        commander.run("shop~later", "{collMod: 'ruled', validator: {n: {$gt: 1}}, validationAction: 'warn'}");
        commander.run("shop~later", "{dropIndexes: 'ruled', index: 'a'}");
        commander.run("shop~later", "{dropIndexes: 'ruled', index: 'b'}");
        commander.run("shop~later", "{createIndexes: 'ruled', indexes: [{key: {b: -1}, name: 'b'}]}");
        commander.run("shop~later", "{collMod: 'ruled', index: {name: 'at', expireAfterSeconds: 90}}");
        commander.run("shop~later", "{collMod: 'old', viewOn: 'ruled', pipeline: [{$match: {n: 1}}]}");
        commander.run("shop~later", "{create: 'new', viewOn: 'items', pipeline: []}");
        commander.run("admin", "{renameCollection: 'shop~later.items', to: 'shop~later.things'}");

        List<String> events = events("shop", "{diffBranches: 1, from: 'main', to: 'later'}");

        assertThat(events)
                .satisfiesExactly(
                        fresh -> assertThat(fresh)
                                .startsWith(
                                        "{collection: 'fresh', what: 'collection', op: 'added', after: {collation: {"),
                        index -> assertThat(index)
                                .startsWith(
                                        "{collection: 'fresh', what: 'index', op: 'added', name: 'c', after: {v: 2,"),
                        added -> assertThat(added)
                                .isEqualTo(
                                        "{collection: 'fresh', what: 'document', op: 'added', _id: 5, after: {_id: 5}}"),
                        gone -> assertThat(gone)
                                .isEqualTo("{collection: 'gone', what: 'collection', op: 'removed',"
                                        + " before: {capped: true, size: 4096}}"),
                        removed -> assertThat(removed)
                                .isEqualTo(
                                        "{collection: 'gone', what: 'document', op: 'removed', _id: 1, before: {_id: 1}}"),
                        made -> assertThat(made)
                                .isEqualTo("{collection: 'new', what: 'view', op: 'added',"
                                        + " after: {viewOn: 'items', pipeline: []}}"),
                        on -> assertThat(on)
                                .isEqualTo("{collection: 'old', what: 'option', op: 'changed', name: 'viewOn',"
                                        + " before: 'items', after: 'ruled'}"),
                        pipeline -> assertThat(pipeline)
                                .isEqualTo("{collection: 'old', what: 'option', op: 'changed', name: 'pipeline',"
                                        + " before: [], after: [{'$match': {n: 1}}]}"),
                        validator -> assertThat(validator)
                                .isEqualTo("{collection: 'ruled', what: 'option', op: 'changed', name: 'validator',"
                                        + " before: {n: {'$gt': 0}}, after: {n: {'$gt': 1}},"
                                        + " fields: [{path: 'n.$gt', op: 'changed', before: 0, after: 1}]}"),
                        action -> assertThat(action)
                                .startsWith("{collection: 'ruled', what: 'option', op: ")
                                .contains("name: 'validationAction'"),
                        a -> assertThat(a)
                                .isEqualTo("{collection: 'ruled', what: 'index', op: 'removed', name: 'a',"
                                        + " before: {v: 2, key: {a: 1}, name: 'a'}}"),
                        b -> assertThat(b)
                                .contains("op: 'changed', name: 'b'")
                                .contains("{path: 'key.b', op: 'changed', before: 1, after: -1}"),
                        at -> assertThat(at)
                                .contains("op: 'changed', name: 'at'")
                                .contains("{path: 'expireAfterSeconds', op: 'changed', before: 60, after: 90}"),
                        things -> assertThat(things)
                                .isEqualTo("{collection: 'things', what: 'collection', op: 'renamed', from: 'items'}"));
    }

    @Test
    void a_collection_made_again_is_compared_by_id_whatever_its_records() {
        commander.run("shop~dev", "{drop: 'items'}");
        commander.run("shop~dev", "{insert: 'items', documents: [{_id: 3}, {_id: 2, n: 9}, {_id: 7}]}");

        assertThat(events("shop", "{diffBranches: 1, from: 'main', to: 'dev'}"))
                .containsExactly(
                        "{collection: 'items', what: 'collection', op: 'replaced'}",
                        "{collection: 'items', what: 'document', op: 'removed', _id: 1,"
                                + " before: {_id: 1, n: 1, tags: ['a', 'b']}}",
                        "{collection: 'items', what: 'document', op: 'changed', _id: 2,"
                                + " fields: [{path: 'n', op: 'changed', before: 2, after: 9}]}",
                        "{collection: 'items', what: 'document', op: 'added', _id: 7, after: {_id: 7}}");
    }

    @Test
    void a_document_inserted_again_is_one_change_or_none() {
        commander.run("shop~dev", "{delete: 'items', deletes: [{q: {}, limit: 0}]}");
        commander.run(
                "shop~dev",
                "{insert: 'items', documents: [{_id: 3}, {_id: 2, n: 2, m: 1}, {_id: 1, n: 1, tags: ['a', 'b']}]}");
        String forward = "{collection: 'items', what: 'document', op: 'changed', _id: 2,"
                + " fields: [{path: 'm', op: 'added', after: 1, position: 2}]}";

        assertThat(events("shop", "{diffBranches: 1, from: 'main', to: 'dev'}")).containsExactly(forward);
        assertThat(events("shop", "{diffBranches: 1, from: 'dev', to: 'main'}"))
                .containsExactly("{collection: 'items', what: 'document', op: 'changed', _id: 2,"
                        + " fields: [{path: 'm', op: 'removed', before: 1}]}");
        assertThat(events("shop", "{diffBranches: 1, from: 'main', to: 'dev', stat: true}"))
                .containsExactly(
                        "{collection: 'items', what: 'stat', added: 0, removed: 0, changed: 1, metadata: false}");
    }

    @Test
    void ids_are_paired_the_same_way_from_both_sides_where_collations_differ() {
        commander.run("shop", "{create: 'names', collation: {locale: 'en', strength: 2}}");
        commander.run("shop", "{insert: 'names', documents: [{_id: 'A'}, {_id: 'B', n: 1}]}");
        commander.run("shop", "{createBranch: 'plain'}");
        commander.run("shop~plain", "{drop: 'names'}");
        commander.run("shop~plain", "{insert: 'names', documents: [{_id: 'a'}, {_id: 'A', n: 2}, {_id: 'b', n: 1}]}");

        assertThat(documents("shop", "{diffBranches: 1, from: 'main', to: 'plain', fields: false}"))
                .containsExactly(
                        "{collection: 'names', what: 'document', op: 'changed', _id: 'A',"
                                + " before: {_id: 'A'}, after: {_id: 'A', n: 2}}",
                        "{collection: 'names', what: 'document', op: 'removed', _id: 'B', before: {_id: 'B', n: 1}}",
                        "{collection: 'names', what: 'document', op: 'added', _id: 'a', after: {_id: 'a'}}",
                        "{collection: 'names', what: 'document', op: 'added', _id: 'b', after: {_id: 'b', n: 1}}");
        assertThat(documents("shop", "{diffBranches: 1, from: 'plain', to: 'main', fields: false}"))
                .containsExactly(
                        "{collection: 'names', what: 'document', op: 'added', _id: 'B', after: {_id: 'B', n: 1}}",
                        "{collection: 'names', what: 'document', op: 'removed', _id: 'a', before: {_id: 'a'}}",
                        "{collection: 'names', what: 'document', op: 'changed', _id: 'A',"
                                + " before: {_id: 'A', n: 2}, after: {_id: 'A'}}",
                        "{collection: 'names', what: 'document', op: 'removed', _id: 'b', before: {_id: 'b', n: 1}}");
    }

    @Test
    void collections_that_swapped_their_names_and_a_view_in_the_place_of_a_collection() {
        commander.run("shop", "{insert: 'a', documents: [{_id: 'a'}]}");
        commander.run("shop", "{insert: 'b', documents: [{_id: 'b'}]}");
        commander.run("shop", "{createBranch: 'swapped'}");
        commander.run("admin", "{renameCollection: 'shop~swapped.a', to: 'shop~swapped.c'}");
        commander.run("admin", "{renameCollection: 'shop~swapped.b', to: 'shop~swapped.a'}");
        commander.run("admin", "{renameCollection: 'shop~swapped.c', to: 'shop~swapped.b'}");
        commander.run("shop~swapped", "{drop: 'items'}");
        commander.run("shop~swapped", "{create: 'items', viewOn: 'a', pipeline: []}");

        assertThat(events("shop", "{diffBranches: 1, from: 'main', to: 'swapped', summary: true}"))
                .containsExactly(
                        "{collection: 'a', what: 'collection', op: 'renamed', from: 'b'}",
                        "{collection: 'b', what: 'collection', op: 'renamed', from: 'a'}",
                        "{collection: 'items', what: 'collection', op: 'removed', before: {}}",
                        "{collection: 'items', what: 'view', op: 'added', after: {viewOn: 'a', pipeline: []}}");
    }

    @Test
    void stat_counts_documents_and_summary_tells_metadata_alone() {
        commander.run("shop~dev", "{insert: 'items', documents: [{_id: 4}, {_id: 5}]}");
        commander.run("shop~dev", "{update: 'items', updates: [{q: {_id: 1}, u: {$set: {n: 7}}}]}");
        commander.run("shop~dev", "{delete: 'items', deletes: [{q: {_id: 2}, limit: 1}]}");
        commander.run("shop~dev", "{create: 'more'}");

        assertThat(events("shop", "{diffBranches: 1, to: 'dev', stat: true}"))
                .containsExactly(
                        "{collection: 'items', what: 'stat', added: 2, removed: 1, changed: 1, metadata: false}",
                        "{collection: 'more', what: 'stat', added: 0, removed: 0, changed: 0, metadata: true}");
        assertThat(events("shop", "{diffBranches: 1, to: 'dev', summary: true}"))
                .containsExactly("{collection: 'more', what: 'collection', op: 'added', after: {}}");
        assertThat(events("shop", "{diffBranches: 1, to: 'dev', summary: true, stat: true, collections: 'more'}"))
                .containsExactly(
                        "{collection: 'more', what: 'collection', op: 'added', after: {}}",
                        "{collection: 'more', what: 'stat', added: 0, removed: 0, changed: 0, metadata: true}");
    }

    @Test
    void only_the_collections_asked_for_are_told_by_their_name_before_or_after() {
        commander.run("shop~dev", "{insert: 'items', documents: [{_id: 4}]}");
        commander.run("shop~dev", "{insert: 'more', documents: [{_id: 1}]}");
        commander.run("admin", "{renameCollection: 'shop~dev.items', to: 'shop~dev.things'}");

        for (String name : List.of("'items'", "['things']", "['items', 'things']")) {
            assertThat(events("shop", "{diffBranches: 1, to: 'dev', collections: " + name + "}"))
                    .containsExactly(
                            "{collection: 'things', what: 'collection', op: 'renamed', from: 'items'}",
                            "{collection: 'things', what: 'document', op: 'added', _id: 4, after: {_id: 4}}");
        }
        assertThat(commander
                        .fail(26, "shop", "{diffBranches: 1, to: 'dev', collections: ['item']}")
                        .getString("errmsg")
                        .getValue())
                .contains("'item' is at neither");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "shop  | 40415 | to: 'dev', typo: 1",
                "shop  | 26    | to: 'nowhere'",
                "shop  | 2     | to: 4711",
                "shop  | 2     | ``",
                "shop  | 14    | from: true",
                "shop  | 14    | to: 'dev', collections: 7",
                "shop  | 14    | to: 'dev', collections: [7]",
                "shop  | 2     | to: 'dev', collections: []",
                "shop  | 14    | to: 'dev', stat: 'yes'",
                "shop  | 2     | to: 'dev', cursor: {batchSize: -1}",
                "admin | 73    | to: 'dev'",
                "nothing | 26  | to: 'dev'",
            })
    void what_cannot_be_compared_is_refused(String database, int code, String fields) {
        BsonDocument unused =
                commander.fail(code, database, "{diffBranches: 1" + (fields.isEmpty() ? "" : ", ") + fields + "}");
    }

    @Test
    void a_cursor_goes_on_in_the_states_it_began_with_and_keeps_them_from_cleanups() {
        for (int i = 0; i < 10; i++) { // 100 LSNs each, from 7 on
            commander.run("shop~dev", numbers("items", 100 + 100 * i, 100));
        }

        BsonDocument reply =
                commander.run("shop", "{diffBranches: 1, from: 'main~3', to: 'dev~506', cursor: {batchSize: 100}}");
        BsonDocument cursor = reply.getDocument("cursor");
        List<BsonValue> found = new ArrayList<>(cursor.getArray("firstBatch"));
        assertThat(found).hasSize(100);
        assertThat(cursor.getString("ns").getValue()).isEqualTo("shop.$cmd.diffBranches");
        assertThat(reply.getDocument("from").toJson()).isEqualTo("{\"branch\": \"main\", \"lsn\": 3}");
        assertThat(reply.getDocument("to").toJson()).isEqualTo("{\"branch\": \"dev\", \"lsn\": 506}");
        assertThat(commander.engine().cursors().list())
                .singleElement()
                .satisfies(open -> assertThat(open.positions).containsExactlyInAnyOrder(3L, 506L));
        commander.run("shop~dev", "{delete: 'items', deletes: [{q: {}, limit: 0}]}");
        commander.run("shop", "{walCheckpoint: 1}");
        commander.run("shop", "{walCleanup: 1, retainMillis: 0, graceMillis: 0}");
        while (cursor.getInt64("id").getValue() != 0) {
            cursor = commander.run("shop", more(cursor, 250)).getDocument("cursor");
            found.addAll(cursor.getArray("nextBatch"));
        }

        assertThat(found).hasSize(3 + 500); // main~3 is inside the commit of the first three
        assertThat(found.get(502).asDocument().getInt32("_id").getValue()).isEqualTo(599);
    }

    @Test
    void a_cursor_is_closed_by_the_name_that_it_was_answered_with() {
        commander.run("shop", "{create: 'other'}");
        for (String command : List.of(
                "{diffBranches: 1, from: 0, cursor: {batchSize: 1}}", "{listCollections: 1, cursor: {batchSize: 1}}")) {
            BsonDocument cursor = commander.run("shop", command).getDocument("cursor");
            String collection = cursor.getString("ns").getValue().substring("shop.".length());
            BsonDocument killed = commander.run(
                    "shop",
                    new BsonDocument("killCursors", new BsonString(collection))
                            .append("cursors", new BsonArray(List.of(cursor.getInt64("id")))));
            assertThat(killed.getArray("cursorsKilled")).as(command).hasSize(1);
        }
        assertThat(commander.engine().cursors().size()).isZero();
        commander.fail(73, "shop", "{killCursors: '$x', cursors: []}");
        commander.fail(73, "shop", "{killCursors: 1, cursors: []}");
    }

    @Test
    void kill_op_and_max_time_end_a_difference() {
        commander.run("shop~dev", numbers("items", 100, 1000));
        BsonDocument cursor = commander
                .run("shop", "{diffBranches: 1, to: 'dev', cursor: {batchSize: 1}}")
                .getDocument("cursor");
        commander.engine().cursors().list().forEach(open -> open.deadline.kill());
        assertThat(commander.reply("shop", more(cursor, 1000)).getInt32("code").getValue())
                .isEqualTo(11601);
        assertThat(commander.engine().cursors().size()).isZero();

        AtomicLong nanos = new AtomicLong();
        DiffEvents.Form form = new DiffEvents.Form(true, false, true);
        List<CollectionDiff> found = difference("main", "dev", () -> {});
        Deadline enough = Deadline.in(10_000, () -> nanos.addAndGet(5_000_000));
        assertThat(new DiffEvents(found, form, enough).hasNext()).isTrue();
        Deadline late = Deadline.in(3, () -> nanos.addAndGet(5_000_000));
        assertThatThrownBy(() -> new DiffEvents(found, form, late).hasNext())
                .isInstanceOfSatisfying(
                        CommandException.class,
                        e -> assertThat(e.code().number()).isEqualTo(50));
    }

    @Test
    void an_event_of_more_than_16_mib_comes_in_two_parts() {
        byte[] blob = new byte[16 * 1024 * 1024 - 100];
        insertBlob("shop~dev", new BsonInt32(9), blob);
        commander.run("shop", "{createBranch: 'later', from: 'dev'}");
        blob[5] = 1;
        commander.run("shop~later", "{delete: 'items', deletes: [{q: {_id: 9}, limit: 1}]}");
        insertBlob("shop~later", new BsonInt32(9), blob);

        for (boolean fields : new boolean[] {true, false}) {
            List<BsonDocument> parts =
                    all("shop", "{diffBranches: 1, from: 'dev', to: 'later', fields: " + fields + "}");
            assertThat(parts).hasSize(2);
            for (int i = 0; i < 2; i++) {
                BsonDocument part = parts.get(i);
                assertThat(part.keySet())
                        .containsExactly(
                                "collection", "what", "op", "_id", "part", "parts", i == 0 ? "before" : "after");
                assertThat(part.getString("op").getValue()).isEqualTo("changed");
                assertThat(part.getInt32("part").getValue()).isEqualTo(i + 1);
                assertThat(part.getInt32("parts").getValue()).isEqualTo(2);
                byte[] found = part.getDocument(i == 0 ? "before" : "after")
                        .getBinary("blob")
                        .getData();
                assertThat(found.length).isEqualTo(blob.length);
                assertThat(found[5]).isEqualTo((byte) i);
            }
        }
        List<BsonDocument> added = all("shop", "{diffBranches: 1, from: 'main', to: 'dev'}");
        assertThat(added).hasSize(1);
        assertThat(added.get(0).getDocument("after").getBinary("blob").getData())
                .hasSize(blob.length);
        assertThat(all("shop", "{diffBranches: 1, from: 'later', to: 'main'}")).hasSize(1);
    }

    @Test
    void a_large_id_is_in_the_document_alone_where_it_would_not_fit_twice() {
        BsonBinary id = new BsonBinary(new byte[9 << 20]);
        insertBlob("shop~dev", id, new byte[10]);

        List<BsonDocument> added = all("shop", "{diffBranches: 1, to: 'dev'}");

        assertThat(added).hasSize(1);
        assertThat(added.get(0).containsKey("_id")).isFalse();
        assertThat(added.get(0).getDocument("after").getBinary("_id")).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void the_cost_of_a_difference_follows_what_differs_whether_in_pages_or_in_memory(boolean restart) {
        for (int i = 0; i < 40; i++) {
            commander.run("shop", numbers("c" + i, 0, i == 7 ? 20_000 : 200));
        }
        commander.run("shop", "{createIndexes: 'c7', indexes: [{key: {n: 1}, name: 'n'}]}");
        commander.run("shop", "{createBranch: 'few'}");
        commander.run("shop", "{walCheckpoint: 1}");
        if (restart) {
            commander.restart();
        }
        String few =
                "{update: 'c7', updates: [{q: {_id: {$in: [5, 6, 9000, 19999]}}, u: {$set: {n: -1}}, multi: true}]}";
        commander.run("shop~few", few);
        assertCheap("one side changed since the checkpoint", 4);
        commander.run("shop", "{walCheckpoint: 1}");
        assertCheap("both sides in pages", 4);
        if (restart) {
            commander.restart();
        }
        assertCheap("both sides in pages again", 4);
        commander.run("shop", "{insert: 'c7', documents: [{_id: 30000}]}");
        commander.run("shop", "{delete: 'c7', deletes: [{q: {_id: 100}, limit: 1}]}");
        assertCheap("both sides went on", 6);
    }

    private void assertCheap(String when, int differences) {
        AtomicInteger nodes = new AtomicInteger();
        List<CollectionDiff> found = difference("main", "few", nodes::incrementAndGet);
        assertThat(found).as(when).hasSize(1);
        assertThat(found.get(0).name()).as(when).isEqualTo("c7");
        Iterator<DocumentChange> documents = found.get(0).documents(nodes::incrementAndGet);
        int count = 0;
        for (; documents.hasNext(); count++) {
            assertThat(documents.next().isSameAgain()).isFalse();
        }
        assertThat(count).as(when).isEqualTo(differences);
        // 20,000 documents are 4 levels of 24; the tree of 40 collections has 2
        assertThat(nodes.get()).as(when).isBetween(2, differences * 4 * 4 + 2 * 4);
    }

    private List<CollectionDiff> difference(String from, String to, Runnable eachNode) {
        Project project = Objects.requireNonNull(commander.engine().projects().find("shop"));
        return SnapshotDiff.collections(project.head(from), project.head(to), eachNode);
    }

    private void insertBlob(String database, BsonValue id, byte[] blob) {
        BsonDocument document = new BsonDocument("_id", id).append("blob", new BsonBinary(blob));
        commander.run(
                database,
                new BsonDocument("insert", new BsonString("items"))
                        .append("documents", new BsonArray(List.of(document))));
    }

    private static BsonDocument numbers(String collection, int from, int count) {
        BsonArray documents = new BsonArray();
        for (int i = from; i < from + count; i++) {
            documents.add(new BsonDocument("_id", new BsonInt32(i)).append("n", new BsonInt32(i)));
        }
        return new BsonDocument("insert", new BsonString(collection)).append("documents", documents);
    }

    private static BsonDocument more(BsonDocument cursor, int size) {
        return new BsonDocument("getMore", cursor.getInt64("id"))
                .append("collection", new BsonString("$cmd.diffBranches"))
                .append("batchSize", new BsonInt32(size));
    }

    /** All events, of as many batches as there are. */
    private List<BsonDocument> all(String database, String command) {
        BsonDocument cursor = commander.run(database, command).getDocument("cursor");
        List<BsonDocument> found = new ArrayList<>();
        cursor.getArray("firstBatch").forEach(event -> found.add(event.asDocument()));
        while (cursor.getInt64("id").getValue() != 0) {
            cursor = commander.run(database, more(cursor, 1000)).getDocument("cursor");
            cursor.getArray("nextBatch").forEach(event -> found.add(event.asDocument()));
        }
        return found;
    }

    private List<String> documents(String database, String command) {
        return events(database, command).stream()
                .filter(event -> event.contains("what: 'document'"))
                .toList();
    }

    private List<String> events(String database, String command) {
        return list(database, command).stream().map(DiffBranchesTest::text).toList();
    }

    private static String text(BsonDocument event) {
        return event.toJson().replace("\"", "'").replaceAll("'([a-zA-Z_]+)': ", "$1: ");
    }

    private List<BsonDocument> list(String database, String command) {
        return commander.list(database, command);
    }
}
