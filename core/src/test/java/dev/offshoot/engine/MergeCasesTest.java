package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.json.JsonWriterSettings;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every type of conflict and every mode: what base, ours and theirs have, and what comes of it. */
class MergeCasesTest {
    @AutoClose
    private final Commander commander;

    MergeCasesTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
    }

    // ---- documents

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // one side alone, in every mode
                "fieldTouched      | {n: 1}             | {n: 1}             | {n: 2}             | {n: 2}",
                "fieldDivergent    | {n: 1}             | {n: 1}             | -                  | -",
                "documentTouched   | {n: 1}             | {n: 2}             | {n: 1}             | {n: 2}",
                "documentDivergent | -                  | -                  | {n: 1}             | {n: 1}",
                // two fields
                "fieldTouched      | {a: 1, b: 1}       | {a: 2, b: 1}       | {a: 1, b: 2}       | {a: 2, b: 2}",
                "fieldDivergent    | {a: 1, b: 1}       | {a: 2, b: 1}       | {a: 1, b: 2}       | {a: 2, b: 2}",
                "documentTouched   | {a: 1, b: 1}       | {a: 2, b: 1}       | {a: 1, b: 2}       | documentEdit ",
                "documentDivergent | {a: 1, b: 1}       | {a: 2, b: 1}       | {a: 1, b: 2}       | documentEdit ",
                // one field, to the same value and to different ones
                "fieldTouched      | {n: 5}             | {n: 4}             | {n: 4}             | documentEdit n",
                "fieldDivergent    | {n: 5}             | {n: 4}             | {n: 4}             | {n: 4}",
                "documentTouched   | {n: 5}             | {n: 4}             | {n: 4}             | documentEdit ",
                "documentDivergent | {n: 5}             | {n: 4}             | {n: 4}             | {n: 4}",
                "fieldDivergent    | {n: 5}             | {n: 4}             | {n: 3}             | documentEdit n",
                // nested fields
                "fieldTouched      | {a: {b: 1, c: 1}}  | {a: {b: 2, c: 1}}  | {a: {b: 1, c: 2}}  | {a: {b: 2, c: 2}}",
                "fieldTouched      | {a: {b: 1, c: 1}}  | {a: {b: 2, c: 1}}  | {a: {b: 3, c: 2}}  | documentEdit a.b",
                // arrays of documents, by _id and by position
                "fieldTouched | {a: [{_id: 1, q: 1}, {_id: 2, q: 1}]} | {a: [{_id: 1, q: 2}, {_id: 2, q: 1}]} | {a: [{_id: 1, q: 1}, {_id: 2, q: 2}, {_id: 3}]} | {a: [{_id: 1, q: 2}, {_id: 2, q: 2}, {_id: 3}]}",
                "fieldTouched | {a: [{_id: 1, q: 1}]} | {a: [{_id: 1, q: 2}]} | {a: [{_id: 1, q: 3}]} | documentEdit a[_id:1].q",
                "fieldTouched | {a: [{q: 1}, {q: 2}]} | {a: [{q: 9}, {q: 2}]} | {a: [{q: 1}, {q: 8}]} | {a: [{q: 9}, {q: 8}]}",
                // removed fields and other types
                "fieldTouched      | {a: 1, b: 1}       | {b: 1}             | {a: 1, b: 2}       | {b: 2}",
                "fieldTouched      | {a: 1, b: 1}       | {b: 1}             | {a: 2, b: 1}       | documentEdit a",
                "fieldTouched      | {a: 1}             | {a: true}          | {a: 2}             | documentEdit a",
                "fieldTouched      | {a: 1}             | {a: {b: 1}}        | {a: 1, c: 1}       | {a: {b: 1}, c: 1}",
                "fieldTouched      | {a: {b: 1}}        | {a: 1}             | {a: {b: 2}}        | documentEdit a",
                // deleted against edited
                "fieldTouched      | {n: 1}             | -                  | {n: 2}             | deleteVersusEdit",
                "fieldDivergent    | {n: 1}             | {n: 2}             | -                  | deleteVersusEdit",
                "documentTouched   | {n: 1}             | -                  | -                  | -",
                "documentDivergent | {n: 1}             | -                  | {n: 2}             | deleteVersusEdit",
                // two inserts with the same _id
                "fieldTouched      | -                  | {n: 1}             | {n: 1}             | documentEdit ",
                "documentTouched   | -                  | {n: 1}             | {n: 2}             | documentEdit ",
                "fieldDivergent    | -                  | {n: 1}             | {m: 1}             | {n: 1, m: 1}",
                "fieldDivergent    | -                  | {n: 1}             | {n: 2}             | documentEdit n",
                "documentDivergent | -                  | {n: 1}             | {n: 1}             | {n: 1}",
                "documentDivergent | -                  | {n: 1}             | {n: 1, m: 1}       | documentEdit ",
            })
    void a_document_becomes(String mode, String base, String ours, String theirs, String expected) {
        sides(base, ours, theirs);

        BsonDocument reply = merge("modes: {c: '" + mode + "'}");

        if (expected.startsWith("{") || expected.equals("-")) {
            assertThat(status(reply)).isIn("merged", "fastForward", "upToDate");
            assertThat(document("shop")).isEqualTo(expected);
            commander.restart();
            assertThat(document("shop")).isEqualTo(expected);
        } else {
            assertThat(status(reply)).isEqualTo("conflicts");
            BsonDocument conflict = conflicts().get(0);
            assertThat(told(conflict)).isEqualTo(expected.strip());
            assertThat(side(conflict, "base")).isEqualTo(base);
            assertThat(side(conflict, "ours")).isEqualTo(ours);
            assertThat(side(conflict, "theirs")).isEqualTo(theirs);
            assertThat(document("shop")).as("the branch stays as it is").isEqualTo(ours);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "ours   | {n: 5}       | {n: 4}             | {n: 2}       | {n: 4}",
                "theirs | {n: 5}       | {n: 4}             | {n: 2}       | {n: 2}",
                "base   | {n: 5}       | {n: 4}             | {n: 2}       | {n: 5}",
                "max    | {n: 5}       | {n: 4}             | {n: 2}       | {n: 4}",
                "min    | {n: 5}       | {n: 4}             | {n: 2}       | {n: 2}",
                "sum    | {n: 5}       | {n: 4}             | {n: 2}       | {n: 1}",
                "sum    | {n: 5}       | {n: 4}             | {n: 4}       | {n: 3}",
                "sum    | {n: 5}       | {n: 4}             | {n: 'x'}     | documentEdit n",
                "union  | {n: [1]}     | {n: [1, 2]}        | {n: [3]}     | {n: [2, 3]}",
            })
    void a_strategy_for_a_path_decides(String strategy, String base, String ours, String theirs, String expected) {
        sides(base, ours, theirs);

        BsonDocument reply = merge("paths: {c: {n: '" + strategy + "'}}");

        if (expected.startsWith("{")) {
            assertThat(status(reply)).isEqualTo("merged");
            assertThat(document("shop")).isEqualTo(expected);
        } else {
            assertThat(conflicts().stream().map(this::told)).containsExactly(expected);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // of both edits, what is not in conflict is merged all the same
                "{n: 5}  | {n: 4, a: 1} | {n: 2, b: 1} | take: 'ours'      | {n: 4, a: 1, b: 1}",
                "{n: 5}  | {n: 4, a: 1} | {n: 2, b: 1} | take: 'theirs'    | {n: 2, a: 1, b: 1}",
                "{n: 5}  | {n: 4, a: 1} | {n: 2, b: 1} | take: 'base'      | {n: 5, a: 1, b: 1}",
                "{n: 5}  | {n: 4, a: 1} | {n: 2, b: 1} | take: 'drop'      | -",
                "{n: 5}  | {n: 4, a: 1} | {n: 2, b: 1} | value: {_id: 1, x: 9} | {x: 9}",
                "{n: 5}  | -            | {n: 2}       | take: 'ours'      | -",
                "{n: 5}  | -            | {n: 2}       | take: 'theirs'    | {n: 2}",
                "{n: 5}  | -            | {n: 2}       | take: 'base'      | {n: 5}",
                "{n: 5}  | {n: 2}       | -            | take: 'ours'      | {n: 2}",
                "{n: 5}  | {n: 2}       | -            | take: 'theirs'    | -",
                "{n: 5}  | {n: 2}       | -            | value: {_id: 1}   | {}",
                "-       | {n: 2}       | {n: 3}       | take: 'theirs'    | {n: 3}",
                "-       | {n: 2}       | {n: 3}       | take: 'base'      | -",
            })
    void a_resolution_decides(String base, String ours, String theirs, String how, String expected) {
        sides(base, ours, theirs);
        merge("");
        resolve(how);
        commander.restart();

        assertThat(status(proceed())).isEqualTo("merged");

        assertThat(document("shop")).isEqualTo(expected);
        assertThat(status(merge(""))).isEqualTo("upToDate");
    }

    @Test
    void a_strategy_for_the_whole_merge_decides_whatever_would_be_a_conflict() {
        sides("{n: 5}", "{n: 4, a: 1}", "{n: 2, b: 1}");
        insert("shop", "{_id: 7, x: 'ours'}");
        insert("shop~dev", "{_id: 7, x: 'theirs'}");

        assertThat(status(merge("strategy: 'theirs'"))).isEqualTo("merged");

        assertThat(all("shop")).containsExactly("{_id: 0}", "{_id: 1, n: 2, a: 1, b: 1}", "{_id: 7, x: theirs}");
    }

    @Test
    void a_document_of_theirs_keeps_its_place_in_natural_order() {
        insert("shop", "{_id: 1}");
        commander.run("shop", "{createBranch: 'dev'}");
        insert("shop~dev", "{_id: 2}");
        insert("shop", "{_id: 3}");
        insert("shop~dev", "{_id: 4}");
        commander.run("shop~dev", "{delete: 'c', deletes: [{q: {_id: 1}, limit: 1}]}");
        insert("shop~dev", "{_id: 1}");

        merge("");

        assertThat(natural("shop")).containsExactly("{_id: 2}", "{_id: 3}", "{_id: 4}", "{_id: 1}");
    }

    // ---- unique keys

    @Test
    void documents_may_swap_a_unique_value() {
        commander.run("shop", "{createIndexes: 'c', indexes: [{key: {k: 1}, name: 'k', unique: true}]}");
        insert("shop", "{_id: 1, k: 'a'}", "{_id: 2, k: 'b'}");
        commander.run("shop", "{createBranch: 'dev'}");
        update("shop~dev", "{_id: 1}", "{$set: {k: 'x'}}");
        update("shop~dev", "{_id: 2}", "{$set: {k: 'a'}}");
        update("shop~dev", "{_id: 1}", "{$set: {k: 'b'}}");
        insert("shop", "{_id: 3, k: 'c'}");

        assertThat(status(merge(""))).isEqualTo("merged");

        assertThat(all("shop")).containsExactly("{_id: 1, k: b}", "{_id: 2, k: a}", "{_id: 3, k: c}");
        assertThat(commander.list("shop", "{find: 'c', filter: {k: 'a'}, hint: 'k'}"))
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "take: 'ours'                 | {_id: 1, k: a}, {_id: 2, k: x}",
                "take: 'theirs'               | {_id: 1, k: a}, {_id: 3, k: x}",
                "take: 'drop'                 | {_id: 1, k: a}",
                "value: {_id: 3, k: 'y'}      | {_id: 1, k: a}, {_id: 2, k: x}, {_id: 3, k: y}",
            })
    void a_key_that_both_sides_gave_away_is_a_collision_of_two_documents(String how, String expected) {
        commander.run("shop", "{createIndexes: 'c', indexes: [{key: {k: 1}, name: 'k', unique: true}]}");
        insert("shop", "{_id: 1, k: 'a'}");
        commander.run("shop", "{createBranch: 'dev'}");
        insert("shop", "{_id: 2, k: 'x'}");
        insert("shop~dev", "{_id: 3, k: 'x'}");

        assertThat(status(merge(""))).isEqualTo("conflicts");

        BsonDocument conflict = conflicts().get(0);
        assertThat(told(conflict)).isEqualTo("uniqueKeyCollision");
        assertThat(conflict.getString("path").getValue()).isEqualTo("k");
        assertThat(json(conflict.getDocument("ours"))).isEqualTo("{_id: 2, k: x}");
        assertThat(json(conflict.getDocument("theirs"))).isEqualTo("{_id: 3, k: x}");
        resolve(how);
        assertThat(status(proceed())).isEqualTo("merged");
        assertThat(String.join(", ", all("shop"))).isEqualTo(expected);
        assertThat(commander
                        .run("shop", "{validate: 'c', full: true}")
                        .getBoolean("valid")
                        .getValue())
                .isTrue();
    }

    @Test
    void a_collision_of_edits_goes_back_to_what_ours_has() {
        commander.run("shop", "{createIndexes: 'c', indexes: [{key: {k: 1}, name: 'k', unique: true}]}");
        insert("shop", "{_id: 1, k: 'a'}", "{_id: 2, k: 'b'}");
        commander.run("shop", "{createBranch: 'dev'}");
        update("shop", "{_id: 1}", "{$set: {k: 'x'}}");
        update("shop~dev", "{_id: 2}", "{$set: {k: 'x'}}");

        merge("");
        resolve("take: 'ours'");

        assertThat(status(proceed())).isEqualTo("merged");
        assertThat(all("shop")).containsExactly("{_id: 1, k: x}", "{_id: 2, k: b}");
    }

    @Test
    void a_unique_index_of_theirs_meets_all_documents_of_ours() {
        insert("shop", "{_id: 1, k: 1}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop~dev", "{createIndexes: 'c', indexes: [{key: {k: 1}, name: 'k', unique: true}]}");
        insert("shop", "{_id: 2, k: 1}", "{_id: 3, k: 3}");

        merge("");

        assertThat(conflicts().stream().map(this::told)).containsExactly("uniqueKeyCollision");
        resolve("value: {_id: 2, k: 2}");
        assertThat(status(proceed())).isEqualTo("merged");
        assertThat(all("shop")).containsExactly("{_id: 1, k: 1}", "{_id: 2, k: 2}", "{_id: 3, k: 3}");
        commander.run("shop", "{insert: 'c', documents: [{_id: 4, k: 4}]}");
        assertThat(indexes("shop")).containsExactly("_id_", "k");
    }

    @Test
    void a_unique_index_of_ours_meets_documents_of_theirs() {
        insert("shop", "{_id: 1, k: 1}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop", "{createIndexes: 'c', indexes: [{key: {k: 1}, name: 'k', unique: true}]}");
        insert("shop~dev", "{_id: 2, k: 1}", "{_id: 3, k: 2}", "{_id: 4, k: 2}");

        assertThat(status(merge(""))).isEqualTo("conflicts");

        assertThat(conflicts().stream().map(this::told)).containsExactly("uniqueKeyCollision", "uniqueKeyCollision");
        commander.run("shop", "{resolveConflict: {type: 'uniqueKeyCollision'}, into: 'main', take: 'ours'}");
        assertThat(status(proceed())).isEqualTo("merged");
        assertThat(all("shop")).containsExactly("{_id: 1, k: 1}", "{_id: 3, k: 2}");
    }

    @Test
    void an_index_that_is_about_to_become_unique_refuses_new_duplicates_and_keeps_old_ones() {
        commander.run("shop", "{createIndexes: 'c', indexes: [{key: {k: 1}, name: 'k'}]}");
        insert("shop", "{_id: 1, k: 1}", "{_id: 2, k: 1}", "{_id: 3, k: 3}");
        commander.run("shop", "{collMod: 'c', index: {name: 'k', prepareUnique: true}}");
        commander.run("shop", "{createBranch: 'dev'}");
        update("shop~dev", "{_id: 1}", "{$set: {a: 1}}");
        insert("shop", "{_id: 4, k: 4}");

        assertThat(status(merge(""))).isEqualTo("merged");

        insert("shop~dev", "{_id: 5, k: 5}");
        insert("shop", "{_id: 6, k: 5}");
        assertThat(status(merge(""))).isEqualTo("conflicts");
        assertThat(conflicts().stream().map(this::told)).containsExactly("uniqueKeyCollision");
    }

    @Test
    void what_theirs_has_under_the_same_validator_comes_as_it_is() {
        insert("shop", "{_id: 1, n: -1}");
        commander.run("shop", "{collMod: 'c', validator: {n: {$gte: 0}}}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop~dev", "{insert: 'c', documents: [{_id: 2, n: -2}], bypassDocumentValidation: true}");

        assertThat(status(merge(""))).isEqualTo("merged");

        assertThat(all("shop")).containsExactly("{_id: 1, n: -1}", "{_id: 2, n: -2}");
    }

    // ---- validators

    @Test
    void a_validator_of_theirs_meets_what_ours_stored_since() {
        insert("shop", "{_id: 1, n: 1}", "{_id: 9, old: true}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop~dev", "{collMod: 'c', validator: {n: {$gte: 0}}}");
        insert("shop", "{_id: 2, n: -1}");
        insert("shop", "{_id: 3, n: -2}");

        assertThat(status(merge(""))).isEqualTo("conflicts");

        assertThat(conflicts().stream().map(this::told)).containsExactly("validation", "validation");
        resolve("value: {_id: 2, n: 2}");
        assertThat(status(proceed())).isEqualTo("conflicts");
        List<BsonDocument> open = commander.list("shop", "{listConflicts: 1, open: true}");
        assertThat(open).hasSize(1);
        assertThat(json(open.get(0).getDocument("ours"))).isEqualTo("{_id: 3, n: -2}");
        commander.run("shop", "{resolveConflict: {type: 'validation', collection: 'c'}, take: 'ours'}");
        resolve("value: {_id: 2, n: 2}");
        assertThat(status(proceed())).isEqualTo("merged");
        assertThat(all("shop"))
                .containsExactly("{_id: 1, n: 1}", "{_id: 2, n: 2}", "{_id: 3, n: -2}", "{_id: 9, old: true}");
        commander.run("shop", "{insert: 'c', documents: [{_id: 10, n: -1}], ordered: true}");
        assertThat(all("shop")).as("refused").hasSize(4);
    }

    @Test
    void a_validator_of_ours_meets_what_theirs_stored_and_a_value_that_it_refuses_is_no_resolution() {
        insert("shop", "{_id: 1, n: 1}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop", "{collMod: 'c', validator: {n: {$gte: 0}}}");
        update("shop~dev", "{_id: 1}", "{$set: {n: -5}}");

        merge("");

        assertThat(conflicts().stream().map(this::told)).containsExactly("validation");
        resolve("value: {_id: 1, n: -7}");
        assertThat(status(proceed())).isEqualTo("conflicts");
        resolve("take: 'theirs'");
        assertThat(status(proceed())).isEqualTo("merged");
        assertThat(all("shop")).containsExactly("{_id: 1, n: -5}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "validationAction: 'warn'     | merged",
                "validationLevel: 'off'       | merged",
                "validationLevel: 'moderate'  | merged",
                "validationLevel: 'strict'    | conflicts"
            })
    void a_validator_counts_with_its_level_and_its_action(String level, String expected) {
        insert("shop", "{_id: 1, n: -1}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop", "{collMod: 'c', validator: {n: {$gte: 0}}, " + level + "}");
        update("shop~dev", "{_id: 1}", "{$set: {n: -5}}");

        assertThat(status(merge(""))).isEqualTo(expected);
    }

    @Test
    void documents_that_an_index_of_the_other_side_cannot_hold_are_a_conflict_of_validation() {
        insert("shop", "{_id: 1}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop", "{createIndexes: 'c', indexes: [{key: {a: 1, b: 1}, name: 'ab'}]}");
        insert("shop~dev", "{_id: 2, a: [1], b: [2]}");

        merge("");

        assertThat(conflicts().stream().map(this::told)).containsExactly("validation");
        resolve("take: 'theirs'");
        assertThat(status(proceed())).as("no index can hold it").isEqualTo("conflicts");
        resolve("take: 'drop'");
        assertThat(status(proceed())).isEqualTo("merged");
        assertThat(all("shop")).containsExactly("{_id: 1}");
    }

    // ---- collections, options, indexes

    @Test
    void collections_and_views_that_theirs_made_dropped_or_renamed_are_so() {
        insert("shop", "{_id: 1}");
        commander.run("shop", "{create: 'old'}");
        commander.run("shop", "{create: 'name'}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop~dev", "{insert: 'new', documents: [{_id: 1}, {_id: 2}]}");
        commander.run("shop~dev", "{createIndexes: 'new', indexes: [{key: {x: 1}, name: 'x'}]}");
        commander.run("shop~dev", "{drop: 'old'}");
        commander.run("admin", "{renameCollection: 'shop~dev.name', to: 'shop~dev.renamed'}");
        commander.run("shop~dev", "{create: 'view', viewOn: 'new', pipeline: [{$match: {_id: 1}}]}");
        insert("shop", "{_id: 2}");

        BsonDocument merged = merge("");

        assertThat(status(merged)).isEqualTo("merged");
        assertThat(collections("shop")).containsExactly("c", "new", "renamed", "view");
        assertThat(commander.list("shop", "{find: 'view'}")).hasSize(1);
        assertThat(commander.list("shop", "{find: 'new', hint: 'x'}")).hasSize(2);
        commander.restart();
        assertThat(commander.list("shop", "{find: 'view'}")).hasSize(1);
        assertThat(merged.getDocument("changes").getInt64("created").getValue()).isEqualTo(2);
    }

    @Test
    void collections_may_swap_their_names() {
        commander.run("shop", "{insert: 'a', documents: [{_id: 'a'}]}");
        commander.run("shop", "{insert: 'b', documents: [{_id: 'b'}]}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("admin", "{renameCollection: 'shop~dev.a', to: 'shop~dev.t'}");
        commander.run("admin", "{renameCollection: 'shop~dev.b', to: 'shop~dev.a'}");
        commander.run("admin", "{renameCollection: 'shop~dev.t', to: 'shop~dev.b'}");
        commander.run("shop", "{insert: 'a', documents: [{_id: 'more'}]}");

        assertThat(status(merge(""))).isEqualTo("merged");

        assertThat(commander.list("shop", "{find: 'a'}")).containsExactly(BsonDocument.parse("{_id: 'b'}"));
        assertThat(commander.list("shop", "{find: 'b'}")).hasSize(2);
        commander.restart();
        assertThat(commander.list("shop", "{find: 'b'}")).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "shop     | shop~dev | ours   | false",
                "shop     | shop~dev | theirs | true",
                "shop~dev | shop     | ours   | true",
                "shop~dev | shop     | theirs | false"
            })
    void a_collection_dropped_on_one_side_and_changed_on_the_other_is_a_conflict(
            String dropping, String changing, String take, boolean there) {
        insert("shop", "{_id: 1}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run(dropping, "{drop: 'c'}");
        insert(changing, "{_id: 2}");

        assertThat(status(merge(""))).isEqualTo("conflicts");

        assertThat(conflicts().stream().map(this::told)).containsExactly("deleteVersusEdit");
        resolve("take: '" + take + "'");
        assertThat(status(proceed())).isEqualTo("merged");
        assertThat(collections("shop")).isEqualTo(there ? List.of("c") : List.of());
        assertThat(all("shop")).hasSize(there ? 2 : 0);
    }

    @Test
    void a_collection_dropped_and_made_again_by_theirs_is_taken_where_ours_did_not_touch_it() {
        insert("shop", "{_id: 1}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop~dev", "{drop: 'c'}");
        insert("shop~dev", "{_id: 2}");
        commander.run("shop", "{create: 'other'}");

        assertThat(status(merge(""))).isEqualTo("merged");
        assertThat(all("shop")).containsExactly("{_id: 2}");
    }

    @Test
    void a_collection_that_both_sides_made_is_one() {
        commander.run("shop", "{create: 'other'}");
        commander.run("shop", "{createBranch: 'dev'}");
        insert("shop", "{_id: 1}");
        insert("shop~dev", "{_id: 2}");

        assertThat(status(merge(""))).isEqualTo("merged");
        assertThat(all("shop")).containsExactly("{_id: 1}", "{_id: 2}");
        assertThat(status(merge(""))).isEqualTo("upToDate");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "take: 'ours'     | mine",
                "take: 'theirs'   | yours",
                "take: 'base'     | c",
                "value: 'ours_2'  | ours_2"
            })
    void a_collection_that_both_sides_renamed_is_a_conflict(String how, String expected) {
        insert("shop", "{_id: 1}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("admin", "{renameCollection: 'shop.c', to: 'shop.mine'}");
        commander.run("admin", "{renameCollection: 'shop~dev.c', to: 'shop~dev.yours'}");

        merge("");

        assertThat(conflicts().stream().map(this::told)).containsExactly("metadata");
        assertThat(conflicts().get(0).getString("path").getValue()).isEqualTo("name");
        resolve(how);
        assertThat(status(proceed())).isEqualTo("merged");
        assertThat(collections("shop")).containsExactly(expected);
    }

    @Test
    void a_name_that_two_collections_would_have_is_a_conflict() {
        insert("shop", "{_id: 1}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("admin", "{renameCollection: 'shop.c', to: 'shop.taken'}");
        commander.run("shop~dev", "{insert: 'taken', documents: [{_id: 'theirs'}]}");

        merge("");

        assertThat(conflicts().stream().map(this::told)).containsExactly("metadata");
        resolve("value: 'free'");
        assertThat(status(proceed())).isEqualTo("merged");
        assertThat(collections("shop")).containsExactly("free", "taken");
        assertThat(commander.list("shop", "{find: 'free'}")).containsExactly(BsonDocument.parse("{_id: 'theirs'}"));
    }

    @Test
    void a_collection_on_one_side_and_a_view_of_that_name_on_the_other_are_a_conflict() {
        insert("shop", "{_id: 1}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop", "{create: 'x', viewOn: 'c', pipeline: []}");
        commander.run("shop~dev", "{insert: 'x', documents: [{_id: 'theirs'}]}");

        merge("");

        assertThat(conflicts().stream().map(this::told)).containsExactly("metadata");
        resolve("take: 'theirs'");
        assertThat(status(proceed())).isEqualTo("merged");
        assertThat(commander.list("shop", "{find: 'x'}")).containsExactly(BsonDocument.parse("{_id: 'theirs'}"));
    }

    @Test
    void options_are_merged_one_by_one() {
        insert("shop", "{_id: 1}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop", "{collMod: 'c', validator: {n: {$gte: 0}}}");
        commander.run("shop~dev", "{collMod: 'c', validationAction: 'warn'}");

        assertThat(status(merge(""))).isEqualTo("merged");

        BsonDocument options =
                commander.list("shop", "{listCollections: 1}").get(0).getDocument("options");
        assertThat(json(options)).contains("validator: {n: {$gte: 0}}", "validationAction: warn");
    }

    @Test
    void two_validators_are_a_conflict() {
        insert("shop", "{_id: 1}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop", "{collMod: 'c', validator: {n: {$gte: 0}}}");
        commander.run("shop~dev", "{collMod: 'c', validator: {n: {$gte: 1}}}");

        merge("");

        BsonDocument conflict = conflicts().get(0);
        assertThat(told(conflict)).isEqualTo("metadata");
        assertThat(conflict.getString("path").getValue()).isEqualTo("options.validator");
        assertThat(json(conflict.getDocument("theirs"))).isEqualTo("{n: {$gte: 1}}");
        resolve("value: {m: 1}");
        assertThat(status(proceed())).isEqualTo("merged");
        assertThat(json(commander.list("shop", "{listCollections: 1}").get(0).getDocument("options")))
                .contains("{m: 1}");
    }

    @Test
    void indexes_are_merged_by_name() {
        commander.run(
                "shop",
                "{createIndexes: 'c', indexes: [{key: {a: 1}, name: 'a'}, {key: {b: 1}, name: 'b'}, {key: {t: 1},"
                        + " name: 't', expireAfterSeconds: 100}]}");
        insert("shop", "{_id: 1, a: 1}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop", "{dropIndexes: 'c', index: 'a'}");
        commander.run("shop", "{createIndexes: 'c', indexes: [{key: {x: 1}, name: 'x'}, {key: {s: 1}, name: 's'}]}");
        commander.run("shop~dev", "{dropIndexes: 'c', index: 'b'}");
        commander.run(
                "shop~dev", "{createIndexes: 'c', indexes: [{key: {y: 1}, name: 'y'}, {key: {s: 1}, name: 'ss'}]}");
        commander.run("shop~dev", "{collMod: 'c', index: {name: 't', expireAfterSeconds: 200}}");

        assertThat(status(merge(""))).isEqualTo("merged");

        assertThat(indexes("shop")).containsExactly("_id_", "t", "x", "s", "y");
        assertThat(commander.list("shop", "{listIndexes: 'c'}").toString()).contains("200");
        assertThat(commander.list("shop", "{find: 'c', filter: {y: null}, hint: 'y'}"))
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"take: 'ours' | 1", "take: 'theirs' | -1", "take: 'drop' | 0"})
    void an_index_that_both_sides_made_each_in_its_way_is_a_conflict(String how, int direction) {
        insert("shop", "{_id: 1}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop", "{createIndexes: 'c', indexes: [{key: {x: 1}, name: 'i'}]}");
        commander.run("shop~dev", "{createIndexes: 'c', indexes: [{key: {x: -1}, name: 'i'}]}");

        merge("");

        assertThat(conflicts().stream().map(this::told)).containsExactly("metadata");
        assertThat(conflicts().get(0).getString("path").getValue()).isEqualTo("indexes.i");
        resolve(how);
        assertThat(status(proceed())).isEqualTo("merged");
        List<BsonDocument> indexes = commander.list("shop", "{listIndexes: 'c'}");
        assertThat(indexes).hasSize(direction == 0 ? 1 : 2);
        if (direction != 0) {
            assertThat(indexes.get(1).getDocument("key").getInt32("x").getValue())
                    .isEqualTo(direction);
        }
    }

    @Test
    void views_that_would_read_each_other_in_a_circle_are_a_conflict() {
        commander.run("shop", "{create: 'a', viewOn: 'c', pipeline: []}");
        commander.run("shop", "{create: 'b', viewOn: 'c', pipeline: []}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop", "{collMod: 'a', viewOn: 'b', pipeline: []}");
        commander.run("shop~dev", "{collMod: 'b', viewOn: 'a', pipeline: []}");

        assertThat(status(merge(""))).isEqualTo("conflicts");

        assertThat(conflicts().get(0).getString("path").getValue()).isEqualTo("options.viewOn");
    }

    @Test
    void a_capped_collection_keeps_the_newest_of_both_sides() {
        commander.run("shop", "{create: 'c', capped: true, size: 100000, max: 3}");
        insert("shop", "{_id: 1}");
        commander.run("shop", "{createBranch: 'dev'}");
        insert("shop", "{_id: 2}");
        insert("shop~dev", "{_id: 3}");
        insert("shop", "{_id: 4}");
        insert("shop~dev", "{_id: 5}");

        assertThat(status(merge(""))).isEqualTo("merged");

        assertThat(natural("shop")).containsExactly("{_id: 3}", "{_id: 4}", "{_id: 5}");
    }

    // ---- what the tests say and see

    /** One document in collection c: as the base has it, and as the sides do; without its _id, which is 1. */
    private void sides(String base, String ours, String theirs) {
        insert("shop", "{_id: 0}");
        become("shop", "-", base);
        commander.run("shop", "{createBranch: 'dev'}");
        become("shop", base, ours);
        become("shop~dev", base, theirs);
    }

    private void become(String database, String before, String after) {
        if (before.equals(after)) {
            return;
        }
        String with = "{_id: 1" + (after.equals("{}") ? "}" : ", " + after.substring(1));
        if (after.equals("-")) {
            commander.run(database, "{delete: 'c', deletes: [{q: {_id: 1}, limit: 1}]}");
        } else if (before.equals("-")) {
            insert(database, with);
        } else {
            update(database, "{_id: 1}", with);
        }
    }

    private String document(String database) {
        return commander.list(database, "{find: 'c', filter: {_id: 1}, projection: {_id: 0}}").stream()
                .map(MergeCasesTest::json)
                .collect(Collectors.joining())
                .transform(text -> text.isEmpty() ? "-" : text);
    }

    private static String side(BsonDocument conflict, String side) {
        BsonDocument found = conflict.getDocument(side, null);
        if (found == null) {
            return "-";
        }
        BsonDocument rest = found.clone();
        rest.remove("_id");
        return json(rest);
    }

    private String told(BsonDocument conflict) {
        String type = conflict.getString("type").getValue();
        String fields = conflict.containsKey("fields")
                ? conflict.getArray("fields").stream()
                        .map(field -> field.asString().getValue())
                        .collect(Collectors.joining(","))
                : "";
        return (type + " " + fields).strip();
    }

    private BsonDocument merge(String more) {
        return commander.run("shop", "{mergeBranch: 'dev', ff: 'never'" + (more.isEmpty() ? "" : ", " + more) + "}");
    }

    private BsonDocument proceed() {
        return commander.run("shop", "{mergeBranch: 1, continue: true}");
    }

    private void resolve(String how) {
        String id = conflicts().get(0).getString("_id").getValue();
        commander.run("shop", "{resolveConflict: '" + id + "', " + how + "}");
    }

    private List<BsonDocument> conflicts() {
        return commander.list("shop", "{listConflicts: 1}");
    }

    private static String status(BsonDocument reply) {
        return reply.getString("status").getValue();
    }

    private void insert(String database, String... documents) {
        commander.run(database, "{insert: 'c', documents: [" + String.join(", ", documents) + "]}");
    }

    private void update(String database, String filter, String change) {
        commander.run(database, "{update: 'c', updates: [{q: " + filter + ", u: " + change + "}]}");
    }

    private List<String> all(String database) {
        return commander.list(database, "{find: 'c', sort: {_id: 1}}").stream()
                .map(MergeCasesTest::json)
                .toList();
    }

    private List<String> natural(String database) {
        return commander.list(database, "{find: 'c'}").stream()
                .map(MergeCasesTest::json)
                .toList();
    }

    private List<String> collections(String database) {
        List<String> names = new ArrayList<>();
        for (BsonDocument collection : commander.list(database, "{listCollections: 1, nameOnly: true}")) {
            names.add(collection.getString("name").getValue());
        }
        names.sort(null);
        return names;
    }

    private List<String> indexes(String database) {
        return commander.list(database, "{listIndexes: 'c'}").stream()
                .map(index -> index.getString("name").getValue())
                .toList();
    }

    private static String json(BsonValue value) {
        return value.asDocument().toJson(JsonWriterSettings.builder().build()).replace("\"", "");
    }
}
