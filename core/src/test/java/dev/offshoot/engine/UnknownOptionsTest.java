package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An option either works or is refused, never ignored. */
class UnknownOptionsTest {
    @AutoClose
    private final Commander commander;

    UnknownOptionsTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
        commander.run("shop", "{insert: 'items', documents: [{_id: 1, n: 2}, {_id: 2, n: 1}, {_id: 3, n: 3}]}");
        commander.run("shop", "{createIndexes: 'items', indexes: [{key: {n: 1}, name: 'n_1'}]}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "51173 | {find: 'items', min: {n: 1}}",
                "51173 | {find: 'items', max: {n: 1}}",
                "2   | {find: 'items', hint: 'nothing'}",
                "9   | {find: 'items', hint: 5}",
                "2   | {find: 'items', sort: {$natural: 1, n: 1}}",
                "2   | {find: 'items', sort: {n: 1, $natural: 1}}",
                "2   | {find: 'items', sort: {$natural: 'up'}}",
                "2   | {find: 'items', sort: {$natural: 2}}",
                "2   | {find: 'items', hint: {$natural: 1, n: 1}}",
                "2   | {find: 'items', hint: {$natural: 7}}",
                "51024 | {find: 'items', limit: -1}",
                "51024 | {find: 'items', skip: -1}",
                "51024 | {find: 'items', batchSize: -1}",
                "2   | {find: 'items', maxTimeMS: -1}",
                "14  | {find: 'items', maxTimeMS: 'long'}",
                "9   | {find: 'items', maxTimeMS: 1.5}",
                "2   | {find: 'items', maxTimeMS: 3000000000}",
                "2   | {find: 'items', readConcern: {level: 'some'}}",
                "72  | {find: 'items', writeConcern: {w: 1}}",
                "73  | {explain: {find: 'items', $db: 'other'}}",
                "40415 | {find: 'items', lsid: {id: {$uuid: '00000000-0000-4000-8000-000000000001'}, other: 1}}",
                "72  | {find: 'items', lsid: {id: {$uuid: '00000000-0000-4000-8000-000000000001'}, txnNumber: 1}}",
                "40415 | {find: 'items', readConcern: {leve: 'local'}}",
                "14  | {find: 'items', readConcern: {afterClusterTime: 5}}",
                "14  | {find: 'items', $clusterTime: {clusterTime: 5}}",
                "79  | {insert: 'items', documents: [{}], writeConcern: {w: 'some'}}",
                "9   | {insert: 'items', documents: [{}], writeConcern: {w: 51}}",
                "9   | {insert: 'items', documents: [{}], writeConcern: {w: -1}}",
                "9   | {insert: 'items', documents: [{}], writeConcern: {w: []}}",
                "40415 | {insert: 'items', documents: [{}], writeConcern: {ww: 1}}",
                "2   | {count: 'items', collation: {locale: 'nowhere'}}",
                "2   | {count: 'items', hint: 'nothing'}",
                "2   | {distinct: 'items', key: 'n', hint: 'nothing'}",
                "2   | {aggregate: 'items', pipeline: [], cursor: {}, hint: 'nothing'}",
                "238 | {aggregate: 'items', pipeline: [], cursor: {}, needsMerge: true}",
                "238 | {aggregate: 'items', pipeline: [], cursor: {}, fromMongos: true}",
                "40415 | {aggregate: 'items', pipeline: [], cursor: {x: 1}}",
                "9 | {update: 'items', updates: [{q: {}, u: {$set: {a: 1}}, sort: {a: 1}, multi: true}]}",
                "40415 | {update: 'items', updates: [{q: {}, u: {$set: {a: 1}}, x: 1}]}",
                "40415 | {delete: 'items', deletes: [{q: {}, limit: 1, sort: {}}]}",
                "9 | {findAndModify: 'items', update: {$set: {a: 1}}, arrayFilters: [{a: 1}]}",
                "40415 | {explain: {find: 'items', nonsense: 1}}",
                "40415 | {explain: {update: 'items', updates: [{q: {}, u: {}, x: 1}]}}",
                "2   | {explain: {count: 'items', hint: 'nothing'}}",
                "40415 | {listCollections: 1, cursor: {x: 1}}",
                "40415 | {create: 'new', nonsense: 100}",
            })
    void an_option_that_does_not_work_is_refused(int code, String command) {
        commander.fail(code, "shop", command);

        assertThat(commander.list("shop", "{find: 'items', filter: {a: {$exists: false}}}"))
                .hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{find: 'items', returnKey: false, tailable: false, min: {}, collation: {locale: 'simple'}, let: {}}",
                "{find: 'items', noCursorTimeout: true, allowDiskUse: true, allowPartialResults: true}",
                "{find: 'items', sort: {$natural: -1}}",
                "{find: 'items', limit: 9223372036854775807, skip: 0, batchSize: 9223372036854775807, sort: {n: 1}}",
                "{find: 'items', limit: {$numberDecimal: 'NaN'}, maxTimeMS: 2147483647}",
                "{find: 'items', readConcern: {level: 'majority', afterClusterTime: {$timestamp: {t: 1, i: 1}}}}",
                "{aggregate: 'items', pipeline: [], cursor: {}, readConcern: {}, writeConcern: {w: 1, j: true, wtimeout: 100}}",
                "{find: 'items', hint: {n: 1}, batchSize: 100}",
                "{aggregate: 'items', pipeline: [], cursor: {}, allowDiskUse: true, bypassDocumentValidation: true}",
                "{aggregate: 'items', pipeline: [], cursor: {}, needsMerge: false, hint: 'n_1'}",
            })
    void an_option_that_says_nothing_new_or_works_is_taken(String command) {
        assertThat(commander.list("shop", command)).hasSize(3);
    }

    @Test
    void a_window_beyond_all_numbers_is_empty_or_everything() {
        assertThat(commander.list("shop", "{find: 'items', sort: {n: -1}, skip: 9223372036854775807, limit: 5}"))
                .isEmpty();
        assertThat(commander.list("shop", "{find: 'items', sort: {n: -1}, skip: 1, limit: 9223372036854775807}"))
                .hasSize(2);
        assertThat(commander
                        .run("shop", "{count: 'items', limit: {$numberLong: '-9223372036854775807'}}")
                        .getInt32("n")
                        .getValue())
                .isEqualTo(3);
    }

    @Test
    void explain_shows_the_plan_that_a_hint_gives() {
        Map<String, String> stages = Map.of(
                "{count: 'items', query: {}, hint: 'n_1'}", "COUNT",
                "{distinct: 'items', key: 'a', query: {}, hint: 'n_1'}", "FETCH",
                "{update: 'items', updates: [{q: {}, u: {$set: {a: 1}}, multi: true, hint: 'n_1'}]}", "UPDATE",
                "{delete: 'items', deletes: [{q: {}, limit: 0, hint: 'n_1'}]}", "DELETE",
                "{findAndModify: 'items', remove: true, hint: 'n_1'}", "DELETE");
        stages.forEach((command, stage) -> {
            BsonDocument plan = commander
                    .run("shop", "{explain: " + command + "}")
                    .getDocument("queryPlanner")
                    .getDocument("winningPlan");
            assertThat(plan.getString("stage").getValue()).as("%s", command).isEqualTo(stage);
            assertThat(plan.toJson()).contains("\"indexName\": \"n_1\"");
        });
    }

    @Test
    void a_cursor_that_waits_for_nothing_takes_no_time_limit_for_a_batch() {
        BsonDocument cursor =
                commander.run("shop", "{find: 'items', batchSize: 1}").getDocument("cursor");
        String id = "{$numberLong: '" + cursor.getInt64("id").getValue() + "'}";

        commander.fail(2, "shop", "{getMore: " + id + ", collection: 'items', maxTimeMS: 100}");
        BsonDocument more = commander.run("shop", "{getMore: " + id + ", collection: 'items'}");
        assertThat(more.getDocument("cursor").getArray("nextBatch")).hasSize(2);
    }

    @Test
    void a_cursor_stays_with_its_session() {
        String one = "lsid: {id: {$uuid: '7d1a1a2e-8a4c-4a30-8c6e-3e4f1f2a3b4c'}}";
        String other = "lsid: {id: {$uuid: '00000000-8a4c-4a30-8c6e-3e4f1f2a3b4c'}}";
        String inOne = id(commander.run("shop", "{find: 'items', batchSize: 1, " + one + "}"));
        String inNone = id(commander.run("shop", "{find: 'items', batchSize: 1}"));

        commander.fail(50738, "shop", "{getMore: " + inOne + ", collection: 'items', " + other + "}");
        commander.fail(50737, "shop", "{getMore: " + inOne + ", collection: 'items'}");
        commander.fail(50736, "shop", "{getMore: " + inNone + ", collection: 'items', " + one + "}");
        commander.run("shop", "{getMore: " + inOne + ", collection: 'items', " + one + "}");
        commander.run("shop", "{getMore: " + inNone + ", collection: 'items'}");
    }

    private static String id(BsonDocument reply) {
        return "{$numberLong: '" + reply.getDocument("cursor").getInt64("id").getValue() + "'}";
    }
}
