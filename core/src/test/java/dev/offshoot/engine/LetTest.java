package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The {@code let} of commands. */
class LetTest {
    @AutoClose
    private final Commander commander;

    LetTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
        commander.run("shop", "{insert: 'items', documents: [{_id: 1, n: 2}, {_id: 2, n: 1}, {_id: 3, n: 3}]}");
    }

    private void assertItems(String... documents) {
        assertThat(commander.list("shop", "{find: 'items'}"))
                .isEqualTo(List.of(documents).stream().map(BsonDocument::parse).toList());
    }

    @Test
    void find_sees_its_variables_in_filter_and_projection() {
        assertThat(commander.list(
                        "shop",
                        "{find: 'items', filter: {$expr: {$eq: ['$n', '$$wanted']}}, projection: {twice: {$add: ['$n',"
                                + " '$$wanted']}}, let: {wanted: {$add: [1, 2]}}}"))
                .containsExactly(BsonDocument.parse("{_id: 3, twice: 6}"));
    }

    @Test
    void aggregate_sees_its_variables_in_every_stage() {
        assertThat(commander.list(
                        "shop",
                        "{aggregate: 'items', cursor: {}, let: {least: 2, none: '$$REMOVE', last: 9}, pipeline: ["
                                + "{$match: {$expr: {$gte: ['$n', '$$least']}}}, {$set: {last: '$$last', none:"
                                + " '$$none'}}, {$sort: {_id: 1}}]}"))
                .containsExactly(
                        BsonDocument.parse("{_id: 1, n: 2, last: 9}"), BsonDocument.parse("{_id: 3, n: 3, last: 9}"));
    }

    @Test
    void a_variable_sees_those_before_it() {
        assertThat(commander.list(
                        "shop",
                        "{aggregate: 'items', cursor: {}, let: {a: 2, b: {$multiply: ['$$a', 5]}}, pipeline: ["
                                + "{$limit: 1}, {$project: {_id: 0, b: '$$b'}}]}"))
                .containsExactly(BsonDocument.parse("{b: 10}"));
    }

    @Test
    void update_sees_its_variables_in_filter_and_pipeline() {
        commander.run(
                "shop",
                "{update: 'items', let: {wanted: 1, value: 7}, updates: ["
                        + "{q: {$expr: {$eq: ['$n', '$$wanted']}}, u: [{$set: {n: '$$value'}}]}]}");

        assertItems("{_id: 1, n: 2}", "{_id: 2, n: 7}", "{_id: 3, n: 3}");
    }

    @Test
    void delete_sees_its_variables() {
        commander.run(
                "shop",
                "{delete: 'items', let: {wanted: 1}, deletes: [{q: {$expr: {$eq: ['$n', '$$wanted']}}, limit: 1}]}");

        assertItems("{_id: 1, n: 2}", "{_id: 3, n: 3}");
    }

    @Test
    void find_and_modify_sees_its_variables() {
        BsonDocument reply = commander.run(
                "shop",
                "{findAndModify: 'items', let: {wanted: 1}, query: {$expr: {$eq: ['$n', '$$wanted']}}, new: true,"
                        + " update: [{$set: {n: {$add: ['$$wanted', 5]}}}], fields: {n: 1, let: '$$wanted'}}");

        assertThat(reply.getDocument("value")).isEqualTo(BsonDocument.parse("{_id: 2, n: 6, let: 1}"));
        assertItems("{_id: 1, n: 2}", "{_id: 2, n: 6}", "{_id: 3, n: 3}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "17276 | {find: 'items', filter: {$expr: {$eq: ['$n', '$$other']}}, let: {a: 1}}",
                "17276 | {find: 'items', projection: {x: '$$other'}, let: {a: 1}}",
                "17276 | {aggregate: 'items', pipeline: [{$set: {x: '$$other'}}], cursor: {}, let: {a: 1}}",
                "17276 | {aggregate: 'items', pipeline: [], cursor: {}, let: {a: '$$b', b: 1}}",
                "4890500 | {aggregate: 'items', pipeline: [], cursor: {}, let: {a: '$n'}}",
                "4890500 | {find: 'items', let: {a: {$add: [1, '$$ROOT.n']}}}",
                "9 | {find: 'items', let: {Upper: 1}}",
                "9 | {find: 'items', let: {'a.b': 1}}",
                "9 | {find: 'items', let: {'': 1}}",
                "14 | {find: 'items', let: 1}",
                "17276 | {findAndModify: 'items', query: {$expr: '$$other'}, remove: true}",
            })
    void a_wrong_let_answers_the_error_of_mongodb(int code, String command) {
        commander.fail(code, "shop", command);
    }
}
