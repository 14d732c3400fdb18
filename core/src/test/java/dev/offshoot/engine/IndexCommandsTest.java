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
import org.junit.jupiter.params.provider.ValueSource;

/** Indexes made, listed and dropped. */
class IndexCommandsTest {
    @AutoClose
    private final Commander commander;

    IndexCommandsTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
    }

    @Test
    void indexes_are_made_and_listed_in_order() {
        commander.run("shop", "{insert: 'items', documents: [{_id: 1, a: [1, 2], b: {c: 3}}, {_id: 2}]}");

        BsonDocument made = commander.run(
                "shop",
                "{createIndexes: 'items', commitQuorum: 'votingMembers', indexes: ["
                        + "{key: {a: 1}, name: 'a_1', background: true, sparse: false},"
                        + "{key: {'b.c': -1, a: 1}, name: 'compound'},"
                        + "{key: {_id: 1}, name: 'anything'},"
                        + "{v: 2, key: {b: 1.0}, name: 'b_1', unique: true}]}");

        assertThat(made.getInt32("numIndexesBefore").getValue()).isEqualTo(1);
        assertThat(made.getInt32("numIndexesAfter").getValue()).isEqualTo(4);
        assertThat(made.getBoolean("createdCollectionAutomatically").getValue()).isFalse();
        assertThat(made).doesNotContainKey("note");
        assertThat(commander.list("shop", "{listIndexes: 'items'}"))
                .containsExactly(
                        BsonDocument.parse("{v: 2, key: {_id: 1}, name: '_id_'}"),
                        BsonDocument.parse("{v: 2, key: {a: 1}, name: 'a_1'}"),
                        BsonDocument.parse("{v: 2, key: {'b.c': -1, a: 1}, name: 'compound'}"),
                        BsonDocument.parse("{v: 2, key: {b: 1.0}, name: 'b_1', unique: true}"));
        for (String hint : List.of("'a_1'", "'compound'", "{b: 1}")) {
            assertThat(commander.list("shop", "{find: 'items', filter: {a: 2, 'b.c': 3}, hint: " + hint + "}"))
                    .as("hint %s", hint)
                    .hasSize(1);
        }
    }

    @Test
    void a_missing_collection_and_database_are_made() {
        BsonDocument made = commander.run("shop", "{createIndexes: 'items', indexes: [{key: {a: 1}, name: 'a_1'}]}");

        assertThat(made.getInt32("numIndexesBefore").getValue()).isEqualTo(1);
        assertThat(made.getInt32("numIndexesAfter").getValue()).isEqualTo(2);
        assertThat(made.getBoolean("createdCollectionAutomatically").getValue()).isTrue();
        assertThat(commander.list("shop", "{listCollections: 1}")).hasSize(1);
    }

    @Test
    void an_index_that_is_there_is_not_made_again() {
        String command = "{createIndexes: 'items', indexes: [{key: {a: 1}, name: 'a_1', unique: true},"
                + " {key: {a: {$numberLong: '1'}}, name: 'a_1', unique: true}]}";
        commander.run("shop", command);
        BsonDocument before = commander.run("shop", "{listBranches: 1}");

        BsonDocument again = commander.run("shop", command);

        assertThat(again.getString("note").getValue()).isEqualTo("all indexes already exist");
        assertThat(again.getInt32("numIndexesBefore")).isEqualTo(again.getInt32("numIndexesAfter"));
        assertThat(commander.run("shop", "{listBranches: 1}").get("lsn")).isEqualTo(before.get("lsn"));
        assertThat(commander.list("shop", "{listIndexes: 'items'}")).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "86  | {key: {b: 1}, name: 'a_1'}                        | An existing index has the same name",
                "86  | {key: {a: 1}, name: 'a_1', unique: true}          | An existing index has the same name",
                "85  | {key: {a: 1}, name: 'other'}                      | Index already exists with a different name: a_1",
                "9   | {name: 'x'}                                       | The 'key' field is a required property",
                "9   | {key: {x: 1}}                                     | The 'name' field is a required property",
                "14  | {key: 'x', name: 'x'}                             | The field 'key' must be an object, but got string",
                "14  | {key: {x: 1}, name: 5}                            | The field 'name' must be a string, but got int",
                "14  | {key: {x: 1}, name: 'x', unique: 'yes'}           | The field 'unique' must be a boolean",
                "67  | {key: {}, name: 'x'}                              | Index keys cannot be empty",
                "67  | {key: {x: 0}, name: 'x'}                          | cannot be 0",
                "67  | {key: {x: 'text', y: '2d'}, name: 'x'}            | more than one index plugin",
                "67  | {key: {x: 'geoHaystack'}, name: 'x'}              | 'geoHaystack' are not supported",
                "16764 | {key: {x: 'hashed'}, name: 'x', unique: true}    | hashed indexes cannot guarantee uniqueness",
                "31303 | {key: {x: 'hashed', y: 'hashed'}, name: 'x'}     | maximum of one index field is allowed to be hashed",
                "67  | {key: {'$**': 1}, name: 'x', unique: true}        | does not support the unique option",
                "67  | {key: {'$**': 1, b: 1}, name: 'x'}                | Compound wildcard indexes on all fields must",
                "9   | {key: {'a.$**': 1}, name: 'x', wildcardProjection: {b: 1}} | only allowed when 'key' is",
                "9   | {key: {'$**': 1}, name: 'x', wildcardProjection: {}} | can't be an empty object",
                "2   | {key: {x: 1}, name: 'x', wildcardProjection: {b: 1}} | only allowed in an 'wildcard' index",
                "67  | {key: {x: 1}, name: 'x', sparse: true, partialFilterExpression: {a: 1}} | cannot mix",
                "2   | {key: {_id: 1}, name: '_id_', hidden: true}       | can't hide _id index",
                "67  | {key: {x: 1}, name: 'x', expireAfterSeconds: -1}  | cannot be less than 0",
                "67  | {key: {x: 1}, name: 'x', expireAfterSeconds: 'a'} | must be numeric",
                "67  | {key: {x: 1, y: 1}, name: 'x', expireAfterSeconds: 1} | TTL indexes are single-field indexes",
                "67  | {key: {x: 1}, name: 'x', partialFilterExpression: {a: {$ne: 1}}} | Expression not supported in partial index: $not",
                "14  | {key: {x: 1}, name: 'x', partialFilterExpression: 5} | must be an object, but got int",
                "14  | {key: {x: 1}, name: 'x', collation: 'de'}        | must be an object, but got string",
                "2   | {key: {x: 1}, name: 'x', collation: {locale: 'de_de'}} | is invalid",
                "67  | {key: {_id: 1}, name: '_id_', collation: {locale: 'de'}} | must have the same collation as the collection",
                "67  | {key: {x: 1}, name: 'x', v: 3}                    | v=3",
                "67  | {key: {x: 1}, name: ''}                           | index name cannot be empty",
                "2   | {key: {x: 1}, name: '*'}                          | The index name '*' is not valid",
                "2   | {key: {x: 1}, name: '_id_'}                       | reserved for the _id index",
                "197 | {key: {x: 1}, name: 'x', nonsense: 1}             | The field 'nonsense' is not valid",
                "197 | {key: {_id: 1}, name: '_id_', unique: true}       | 'unique' is not valid for an _id index",
            })
    void what_cannot_be_is_refused_as_mongodb_does(int code, String spec, String message) {
        commander.run("shop", "{createIndexes: 'items', indexes: [{key: {a: 1}, name: 'a_1'}]}");

        BsonDocument reply = commander.fail(
                code, "shop", "{createIndexes: 'items', indexes: [{key: {z: 1}, name: 'z_1'}, " + spec + "]}");

        assertThat(reply.getString("errmsg").getValue()).contains(message);
        assertThat(commander.list("shop", "{listIndexes: 'items'}")).hasSize(2);
    }

    @Test
    void a_collection_has_at_most_64_indexes_of_at_most_32_fields() {
        StringBuilder indexes = new StringBuilder();
        StringBuilder fields = new StringBuilder("f0: 1");
        for (int i = 0; i < 63; i++) {
            indexes.append(i == 0 ? "" : ", ")
                    .append("{key: {f")
                    .append(i)
                    .append(": 1}, name: 'f")
                    .append(i)
                    .append("'}");
        }
        for (int i = 1; i < 32; i++) {
            fields.append(", f").append(i).append(": 1");
        }

        commander.run("shop", "{createIndexes: 'items', indexes: [" + indexes + "]}");
        commander.fail(67, "shop", "{createIndexes: 'items', indexes: [{key: {z: 1}, name: 'z'}]}");
        commander.run("shop", "{createIndexes: 'wide', indexes: [{key: {" + fields + "}, name: 'w'}]}");
        commander.fail(13103, "shop", "{createIndexes: 'wide', indexes: [{key: {" + fields + ", z: 1}, name: 'z'}]}");
        commander.fail(2, "shop", "{createIndexes: 'wide', indexes: []}");
    }

    @Test
    void a_unique_index_over_duplicates_is_not_built() {
        commander.run("shop", "{insert: 'items', documents: [{_id: 1, a: 5}, {_id: 2, a: [6, 5.0]}]}");

        BsonDocument reply = commander.fail(
                11000, "shop", "{createIndexes: 'items', indexes: [{key: {a: 1}, name: 'a_1', unique: true}]}");

        assertThat(reply.getString("errmsg").getValue())
                .startsWith("E11000 duplicate key error collection: shop.items index: a_1 dup key: { a:");
        assertThat(reply.getDocument("keyPattern")).isEqualTo(BsonDocument.parse("{a: 1}"));
        assertThat(reply).containsKey("keyValue");
        assertThat(commander.list("shop", "{listIndexes: 'items'}")).hasSize(1);
    }

    @Test
    void a_document_may_hold_a_value_of_a_unique_index_twice() {
        commander.run("shop", "{insert: 'items', documents: [{_id: 1, a: [5, 5]}, {_id: 2, a: 6}, {_id: 3}]}");

        commander.run("shop", "{createIndexes: 'items', indexes: [{key: {a: 1}, name: 'a_1', unique: true}]}");

        assertThat(commander.list("shop", "{listIndexes: 'items'}")).hasSize(2);
    }

    @Test
    void a_compound_index_over_parallel_arrays_is_not_built() {
        commander.run("shop", "{insert: 'items', documents: [{_id: 1, a: [1], b: [2]}]}");

        commander.fail(171, "shop", "{createIndexes: 'items', indexes: [{key: {a: 1, b: 1}, name: 'ab'}]}");

        commander.restart();
        assertThat(commander.list("shop", "{listIndexes: 'items'}")).hasSize(1);
    }

    @Test
    void a_unique_index_holds_after_a_restart_and_only_where_it_was_made() {
        commander.run("shop", "{insert: 'items', documents: [{_id: 1, a: 5}]}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop~dev", "{createIndexes: 'items', indexes: [{key: {a: 1}, name: 'a_1', unique: true}]}");
        commander.restart();

        BsonDocument onMain = commander.run("shop", "{insert: 'items', documents: [{_id: 2, a: 5}]}");
        BsonDocument onDev = commander.run("shop~dev", "{insert: 'items', documents: [{_id: 2, a: 5}]}");

        assertThat(onMain.getInt32("n").getValue()).isEqualTo(1);
        assertThat(onDev.getInt32("n").getValue()).isZero();
        assertThat(onDev.getArray("writeErrors")
                        .get(0)
                        .asDocument()
                        .getInt32("code")
                        .getValue())
                .isEqualTo(11000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'a_1'                 | _id_,b_1,c_1",
                "['a_1', 'c_1']        | _id_,b_1",
                "{b: 1.0}              | _id_,a_1,c_1",
                "'*'                   | _id_",
                "[]                    | _id_,a_1,b_1,c_1",
            })
    void indexes_are_dropped_by_name_names_pattern_or_all(String index, String left) {
        makeThree();

        BsonDocument dropped = commander.run("shop", "{dropIndexes: 'items', index: " + index + "}");

        assertThat(dropped.getInt32("nIndexesWas").getValue()).isEqualTo(4);
        commander.restart();
        assertThat(indexNames()).containsExactly(left.split(","));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "27 | 'x'            | index not found with name [x]",
                "27 | ['a_1', 'x']   | index not found with name [x]",
                "27 | {a: -1}        | can't find index with key",
                "72 | '_id_'         | cannot drop _id index",
                "72 | {_id: 1}       | cannot drop _id index",
                "14 | 5              | dropIndexes.index",
                "14 | [5]            | must be a string",
            })
    void nothing_is_dropped_when_something_is_wrong(int code, String index, String message) {
        makeThree();

        BsonDocument reply = commander.fail(code, "shop", "{dropIndexes: 'items', index: " + index + "}");

        assertThat(reply.getString("errmsg").getValue()).contains(message);
        assertThat(indexNames()).hasSize(4);
    }

    @Test
    void two_indexes_of_one_pattern_are_told_apart_by_name() {
        commander.run(
                "shop",
                "{createIndexes: 'items', indexes: [{key: {a: 1}, name: 'plain'}, {key: {a: 1}, name: 'only', unique: true}]}");

        commander.fail(181, "shop", "{dropIndexes: 'items', index: {a: 1}}");
        commander.run("shop", "{dropIndexes: 'items', index: 'only'}");

        assertThat(indexNames()).containsExactly("_id_", "plain");
    }

    @Test
    void a_collection_that_is_missing_has_no_indexes_to_list_or_drop() {
        BsonDocument listed = commander.fail(26, "shop", "{listIndexes: 'items'}");
        commander.run("shop", "{create: 'other'}");
        BsonDocument dropped = commander.fail(26, "shop", "{dropIndexes: 'items', index: '*'}");

        assertThat(listed.getString("errmsg").getValue()).isEqualTo("ns does not exist: shop.items");
        assertThat(dropped.getString("errmsg").getValue()).isEqualTo("ns not found shop.items");
    }

    @Test
    void a_capped_collection_has_no_documents_that_expire() {
        commander.run("shop", "{create: 'recent', capped: true, size: 4096}");
        BsonDocument refused = commander.fail(
                67,
                "shop",
                "{createIndexes: 'recent', indexes: [{key: {at: 1}, name: 'at_1', expireAfterSeconds: 1}]}");

        assertThat(refused.getString("errmsg").getValue()).isEqualTo("Cannot create TTL index on a capped collection");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{_id: 1.0, b: 1}", "[{$set: {_id: 1.0}}]"})
    void an_id_that_becomes_an_equal_one_of_another_type_does_so_in_its_index_too(String update) {
        commander.run("shop", "{insert: 'items', documents: [{_id: 1, a: 1}]}");
        commander.run("shop", "{update: 'items', updates: [{q: {_id: 1}, u: " + update + "}]}");

        assertThat(commander.list("shop", "{find: 'items', filter: {_id: {$gt: 0}}, projection: {_id: 1}}"))
                .containsExactly(BsonDocument.parse("{_id: 1.0}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{a: 1}", "{a: -1}"})
    void a_write_takes_the_first_document_as_the_index_has_it_that_explain_tells_of(String sort) {
        commander.run("shop", "{createIndexes: 'items', indexes: [{key: {a: 1}, name: 'a_1'}]}");
        commander.run("shop", "{insert: 'items', documents: [{_id: 1, a: 5}, {_id: 2, a: 5}, {_id: 3, a: 5}]}");
        String modify = "{findAndModify: 'items', query: {}, sort: " + sort + ", update: {$set: {b: 1}}}";
        BsonDocument found = commander
                .list("shop", "{find: 'items', sort: " + sort + ", limit: 1}")
                .get(0);

        assertThat(commander.run("shop", "{explain: " + modify + "}").toJson())
                .contains("IXSCAN")
                .doesNotContain("SORT");
        assertThat(commander.run("shop", modify).getDocument("value")).isEqualTo(found);
        commander.run("shop", "{update: 'items', updates: [{q: {}, sort: " + sort + ", u: {$set: {c: 1}}}]}");
        assertThat(commander.list("shop", "{find: 'items', filter: {c: 1}}"))
                .extracting(document -> document.get("_id"))
                .containsExactly(found.get("_id"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.5", "{$binary: {base64: 'AAECAwQFBgcICQoLDA0ODw==', subType: '04'}}"})
    void a_later_field_of_an_index_is_found_behind_fractions_and_binaries(String first) {
        commander.run("shop", "{createIndexes: 'items', indexes: [{key: {a: 1, b: 1}, name: 'i'}]}");
        commander.run(
                "shop",
                "{insert: 'items', documents: [{_id: 1, a: " + first + ", b: 1}, {_id: 2, a: " + first + ", b: 2}]}");

        assertThat(commander.list("shop", "{find: 'items', filter: {a: {$gt: {$minKey: 1}}, b: {$ne: 1}}}"))
                .hasSize(1);
        assertThat(commander.list("shop", "{find: 'items', projection: {_id: 0, b: 1, a: 1}, hint: 'i'}"))
                .extracting(document -> document.getInt32("b").getValue())
                .containsExactly(1, 2);
    }

    private void makeThree() {
        commander.run(
                "shop",
                "{createIndexes: 'items', indexes: [{key: {a: 1}, name: 'a_1'}, {key: {b: 1}, name: 'b_1'},"
                        + " {key: {c: 1}, name: 'c_1'}]}");
    }

    private List<String> indexNames() {
        return commander.list("shop", "{listIndexes: 'items'}").stream()
                .map(index -> index.getString("name").getValue())
                .toList();
    }
}
