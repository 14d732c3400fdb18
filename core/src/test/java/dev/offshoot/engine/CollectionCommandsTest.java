package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Databases and collections: made, listed, measured and dropped. */
class CollectionCommandsTest {
    @AutoClose
    private final Commander commander;

    CollectionCommandsTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
    }

    @Test
    void databases_are_listed_as_projects_and_their_branches() {
        commander.run("shop", "{insert: 'items', documents: [{_id: 1, name: 'x'}]}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop~dev", "{insert: 'items', documents: [{_id: 2, name: 'x'}]}");
        commander.run("admin", "{createProject: 'blog'}");

        BsonDocument list = commander.run("admin", "{listDatabases: 1}");

        assertThat(names(list)).containsExactly("blog", "shop", "shop~dev");
        BsonDocument blog = list.getArray("databases").get(0).asDocument();
        BsonDocument dev = list.getArray("databases").get(2).asDocument();
        assertThat(blog).isEqualTo(BsonDocument.parse("{name: 'blog', sizeOnDisk: {$numberLong: '0'}, empty: true}"));
        assertThat(dev)
                .isEqualTo(BsonDocument.parse("{name: 'shop~dev', sizeOnDisk: {$numberLong: '52'}, empty: false}"));
        assertThat(list.getInt64("totalSize").getValue()).isEqualTo(26 + 52);
    }

    @Test
    void databases_are_filtered_and_reduced_to_names() {
        commander.run("shop", "{create: 'items'}");
        commander.run("admin", "{createProject: 'blog'}");

        assertThat(names(commander.run("admin", "{listDatabases: 1, filter: {name: /^s/}, nameOnly: true}")))
                .containsExactly("shop");
        assertThat(names(commander.run("admin", "{listDatabases: 1, filter: {empty: true}}")))
                .containsExactly("blog");
        assertThat(names(commander.run("admin", "{listDatabases: 1, filter: {empty: true}, nameOnly: true}")))
                .isEmpty();
        assertThat(commander.run("admin", "{listDatabases: 1, nameOnly: true}").getArray("databases"))
                .contains(BsonDocument.parse("{name: 'blog'}"));
        commander.fail(2, "admin", "{listDatabases: 1, filter: {$nonsense: 1}}");
    }

    @Test
    void a_created_collection_is_listed_with_its_uuid_and_id_index() {
        commander.run("shop", "{create: 'items'}");
        BsonDocument listed = commander.list("shop", "{listCollections: 1}").get(0);

        assertThat(listed.getString("name").getValue()).isEqualTo("items");
        assertThat(listed.getString("type").getValue()).isEqualTo("collection");
        assertThat(listed.getDocument("options")).isEmpty();
        assertThat(listed.getDocument("info").getBoolean("readOnly").getValue()).isFalse();
        assertThat(listed.getDocument("info").getBinary("uuid").getType()).isEqualTo((byte) 4);
        assertThat(listed.getDocument("idIndex")).isEqualTo(BsonDocument.parse("{v: 2, key: {_id: 1}, name: '_id_'}"));

        commander.run("shop", "{createBranch: 'dev'}");
        commander.restart();
        assertThat(commander.list("shop", "{listCollections: 1}")).containsExactly(listed);
        assertThat(commander.list("shop~dev", "{listCollections: 1}")).containsExactly(listed);
        assertThat(commander
                        .list("shop~main~2", "{listCollections: 1}")
                        .get(0)
                        .getDocument("info")
                        .getBoolean("readOnly")
                        .getValue())
                .isTrue();
    }

    @Test
    void collections_are_filtered_and_reduced_to_names() {
        for (String name : List.of("c", "a", "b")) {
            commander.run("shop", "{create: '" + name + "'}");
        }

        assertThat(commander.list("shop", "{listCollections: 1, nameOnly: true, authorizedCollections: true}"))
                .containsExactly(
                        BsonDocument.parse("{name: 'a', type: 'collection'}"),
                        BsonDocument.parse("{name: 'b', type: 'collection'}"),
                        BsonDocument.parse("{name: 'c', type: 'collection'}"));
        assertThat(commander.list(
                        "shop", "{listCollections: 1, filter: {name: {$in: ['b', 'x']}, type: 'collection'}}"))
                .hasSize(1);
        assertThat(commander.list("shop", "{listCollections: 1, filter: {'options.capped': true}}"))
                .isEmpty();
        assertThat(commander.list("nowhere", "{listCollections: 1}")).isEmpty();
        assertThat(commander.list("admin", "{listCollections: 1}")).isEmpty();
    }

    @Test
    void a_long_list_of_collections_comes_in_batches() {
        for (String name : List.of("a", "b", "c")) {
            commander.run("shop", "{create: '" + name + "'}");
        }

        BsonDocument first = commander
                .run("shop", "{listCollections: 1, cursor: {batchSize: 2}}")
                .getDocument("cursor");
        BsonDocument getMore = new BsonDocument(
                        "getMore", new BsonInt64(first.getInt64("id").getValue()))
                .append("collection", new BsonString("$cmd.listCollections"));
        commander.run("shop", "{drop: 'c'}");
        BsonDocument second = commander.run("shop", getMore).getDocument("cursor");

        assertThat(first.getArray("firstBatch")).hasSize(2);
        assertThat(first.getString("ns").getValue()).isEqualTo("shop.$cmd.listCollections");
        assertThat(second.getArray("nextBatch")).hasSize(1);
        assertThat(second.getInt64("id").getValue()).isZero();
        commander.fail(40415, "shop", "{listCollections: 1, cursor: {size: 2}}");
    }

    @Test
    void creating_a_collection_again_is_fine_and_writes_nothing() {
        commander.run("shop", "{create: 'items'}");
        BsonDocument before = commander.run("shop", "{listBranches: 1}");

        commander.run("shop", "{create: 'items'}");

        assertThat(commander.run("shop", "{listBranches: 1}").get("lsn")).isEqualTo(before.get("lsn"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "timeseries: {timeField: 't'}",
                "changeStreamPreAndPostImages: {enabled: true}",
            })
    void options_that_are_not_supported_are_refused(String options) {
        BsonDocument reply = commander.fail(238, "shop", "{create: 'items', " + options + "}");

        assertThat(reply.getString("errmsg").getValue())
                .contains(options.substring(0, options.indexOf(':')))
                .contains("not supported");
        assertThat(commander.list("shop", "{listCollections: 1}")).isEmpty();
    }

    @Test
    void options_that_ask_for_a_plain_collection_are_taken() {
        commander.run(
                "shop",
                "{create: 'items', capped: false, collation: {locale: 'simple'}, validator: {},"
                        + " changeStreamPreAndPostImages: {enabled: false},"
                        + " idIndex: {v: 2, key: {_id: 1}, name: '_id_'}}");
        commander.fail(40415, "shop", "{create: 'more', cappedd: false}");

        assertThat(commander.list("shop", "{listCollections: 1}")).hasSize(1);
    }

    @Test
    void a_dropped_collection_is_gone_with_its_indexes_and_only_here() {
        commander.run("shop", "{createIndexes: 'items', indexes: [{key: {a: 1}, name: 'a_1'}]}");
        commander.run("shop", "{createBranch: 'dev'}");

        BsonDocument dropped = commander.run("shop", "{drop: 'items'}");
        BsonDocument again = commander.run("shop", "{drop: 'items'}");

        assertThat(dropped.getString("ns").getValue()).isEqualTo("shop.items");
        assertThat(dropped.getInt32("nIndexesWas").getValue()).isEqualTo(2);
        assertThat(again).doesNotContainKeys("ns", "nIndexesWas");
        assertThat(commander.list("shop", "{listCollections: 1}")).isEmpty();
        assertThat(commander.list("shop~dev", "{listIndexes: 'items'}")).hasSize(2);
        commander.run("nowhere", "{drop: 'items'}");
        commander.run("shop", "{create: 'items'}");
        assertThat(commander.list("shop", "{listIndexes: 'items'}")).hasSize(1);
    }

    @Test
    void drop_database_empties_only_the_branch_it_names() {
        commander.run("shop", "{insert: 'items', documents: [{_id: 1}]}");
        commander.run("shop", "{insert: 'orders', documents: [{_id: 1}]}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop", "{createBranch: 'other'}");

        BsonDocument dropped = commander.run("shop~dev", "{dropDatabase: 1}");

        assertThat(dropped.getString("dropped").getValue()).isEqualTo("shop~dev");
        assertThat(commander.list("shop~dev", "{listCollections: 1}")).isEmpty();
        assertThat(commander.list("shop", "{listCollections: 1}")).hasSize(2);
        assertThat(commander.list("shop~other", "{find: 'items'}")).hasSize(1);

        commander.run("shop", "{dropDatabase: 1}");
        commander.restart();
        assertThat(commander.list("shop", "{listCollections: 1}")).isEmpty();
        assertThat(commander.list("shop~other", "{find: 'orders'}")).hasSize(1);
        assertThat(commander.run("shop", "{listBranches: 1}").getArray("branches"))
                .hasSize(3);
        assertThat(commander.run("nowhere", "{dropDatabase: 1}")).doesNotContainKey("dropped");
    }

    @Test
    void statistics_count_documents_and_bytes_and_take_a_scale() {
        commander.run("shop", "{createIndexes: 'items', indexes: [{key: {a: 1}, name: 'a_1'}]}");
        commander.run("shop", "{insert: 'items', documents: [{_id: 1, a: 2}, {_id: 2, a: 3}]}");

        BsonDocument database = commander.run("shop", "{dbStats: 1, freeStorage: 1}");
        BsonDocument collection = commander.run("shop", "{collStats: 'items'}");
        BsonDocument scaled = commander.run("shop", "{collStats: 'items', scale: 10}");

        int size = 2 * (5 + 9 + 7);
        assertThat(database.getString("db").getValue()).isEqualTo("shop");
        assertThat(database.getInt64("collections").getValue()).isEqualTo(1);
        assertThat(database.getInt64("objects").getValue()).isEqualTo(2);
        assertThat(database.getInt64("indexes").getValue()).isEqualTo(2);
        assertThat(database.getDouble("dataSize").getValue()).isEqualTo(size);
        assertThat(database.getDouble("avgObjSize").getValue()).isEqualTo(size / 2.0);
        assertThat(database.getDouble("indexSize").getValue()).isPositive();
        assertThat(database.getDouble("freeStorageSize").getValue()).isZero();
        assertThat(collection.getString("ns").getValue()).isEqualTo("shop.items");
        assertThat(collection.getInt32("count").getValue()).isEqualTo(2);
        assertThat(collection.getInt32("size").getValue()).isEqualTo(size);
        assertThat(collection.getInt32("nindexes").getValue()).isEqualTo(2);
        assertThat(collection.getDocument("indexSizes")).containsOnlyKeys("_id_", "a_1");
        assertThat(scaled.getInt32("size").getValue()).isEqualTo(size / 10);
        assertThat(commander
                        .run("nowhere", "{collStats: 'items'}")
                        .getInt32("count")
                        .getValue())
                .isZero();
        assertThat(commander.run("nowhere", "{dbStats: 1}").getInt64("objects").getValue())
                .isZero();
    }

    private static List<String> names(BsonDocument list) {
        return list.getArray("databases").stream()
                .map(database -> database.asDocument().getString("name").getValue())
                .toList();
    }
}
