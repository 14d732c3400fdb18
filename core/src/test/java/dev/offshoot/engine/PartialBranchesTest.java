package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Branch;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Project;
import dev.offshoot.state.Snapshot;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Branches that show only some collections of their parent, or no documents. */
class PartialBranchesTest {
    @AutoClose
    private final Commander commander;

    PartialBranchesTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
    }

    @Test
    void a_branch_of_some_collections_has_these_and_no_others() {
        shop();
        commander.run("shop", "{createBranch: 'part', collections: ['orders', 'customers_view']}");
        assertThat(names("shop~part")).containsExactly("customers_view", "orders");
        assertThat(ids("shop~part", "orders")).containsExactly(1, 2);
        assertThat(ids("shop~part", "customers")).isEmpty();
        assertThat(names("shop")).containsExactly("customers", "customers_view", "orders", "orders_old");
    }

    @Test
    void a_pattern_takes_all_collections_that_match() {
        shop();
        commander.run("shop", "{createBranch: 'part', collections: ['orders*']}");
        assertThat(names("shop~part")).containsExactly("orders", "orders_old");
    }

    @Test
    void a_branch_without_documents_keeps_options_validators_indexes_and_views() {
        shop();
        commander.run("shop", "{createBranch: 'schema', schemaOnly: true}");
        assertThat(names("shop~schema")).containsExactlyElementsOf(names("shop"));
        for (String collection : List.of("customers", "orders", "orders_old", "customers_view")) {
            assertThat(ids("shop~schema", collection)).isEmpty();
        }
        assertThat(commander.list("shop~schema", "{listCollections: 1}"))
                .isEqualTo(commander.list("shop", "{listCollections: 1}"));
        assertThat(commander.list("shop~schema", "{listIndexes: 'orders'}"))
                .isEqualTo(commander.list("shop", "{listIndexes: 'orders'}"));
        commander.fail(
                121, "shop~schema", "{findAndModify: 'customers', query: {_id: 9}, update: {name: 7}, upsert: true}");
        commander.run("shop~schema", "{insert: 'orders', documents: [{_id: 1, sku: 'a'}]}");
        assertThat(writeErrorCode("shop~schema", "{insert: 'orders', documents: [{_id: 2, sku: 'a'}]}"))
                .isEqualTo(11000);
        assertThat(ids("shop~schema", "orders")).containsExactly(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    26 | {createBranch: 'p', collections: ['order']}         | did you mean 'orders'?
                    26 | {createBranch: 'p', collections: ['orders', 'x*']}  | no collection matches 'x*'
                    2  | {createBranch: 'p', collections: []}                | names none
                    14 | {createBranch: 'p', collections: [1]}               | collections.0
                    14 | {createBranch: 'p', collections: 'orders'}          | collections
                    26 | {createBranch: 'p', mask: {order: {sku: 'hash'}}}   | did you mean 'orders'?
                    26 | {createBranch: 'p', collections: ['orders'], mask: {customers: {name: 'hash'}}} | does not have: 'customers'
                    2  | {createBranch: 'p', mask: {}}                       | names no collection
                    2  | {createBranch: 'p', mask: {orders: {}}}             | takes paths of fields
                    2  | {createBranch: 'p', mask: {orders: {_id: 'hash'}}}  | tell documents by their _id
                    166 | {createBranch: 'p', mask: {customers_view: {name: 'hash'}}} | is a view
                    """)
    void what_names_nothing_or_makes_no_sense_is_refused_and_makes_no_branch(int code, String command, String why) {
        shop();
        BsonDocument reply = commander.fail(code, "shop", command);
        assertThat(reply.getString("errmsg").getValue()).contains(why);
        assertThat(project().catalog().branches()).hasSize(1);
    }

    @Test
    void a_mask_that_names_a_collection_twice_is_refused_so_that_no_rule_is_lost() {
        shop();
        Doc command = new DocBuilder()
                .append("createBranch", "p")
                .startDocument("mask")
                .startDocument("orders")
                .append("sku", "hash")
                .end()
                .startDocument("orders")
                .append("n", "hash")
                .end()
                .end()
                .append("$db", "shop")
                .buildDoc();
        BsonDocument reply = Commander.decode(commander.engine().run(commander.client(), Request.of(command)));
        assertThat(reply.getString("errmsg").getValue()).contains("twice");
    }

    @Test
    void what_is_written_there_stays_and_is_there_after_a_restart_and_a_checkpoint() {
        shop();
        commander.run("shop", "{createBranch: 'part', collections: ['orders']}");
        commander.run("shop", "{createBranch: 'schema', schemaOnly: true}");
        commander.run("shop~part", "{insert: 'new', documents: [{_id: 1}]}");
        commander.run("shop~part", "{update: 'orders', updates: [{q: {_id: 1}, u: {$set: {n: 1}}}]}");
        commander.run("shop~schema", "{insert: 'orders', documents: [{_id: 7, sku: 'z'}]}");
        commander.run("shop", "{createBranch: 'late', collections: ['customers']}");
        checkParts();
        commander.restart();
        checkParts();
        commander.run("shop", "{walCheckpoint: 1}");
        checkParts();
        commander.restart();
        checkParts();
        for (String branch : List.of("part", "schema", "late")) {
            BsonDocument report = commander.run("shop~" + branch, "{walReplay: 1}");
            assertThat(report.getBoolean("same").getValue()).as(report.toJson()).isTrue();
        }
    }

    private void checkParts() {
        assertThat(names("shop~part")).containsExactly("new", "orders");
        assertThat(commander.list("shop~part", "{find: 'orders', filter: {n: 1}}"))
                .hasSize(1);
        assertThat(names("shop~late")).containsExactly("customers");
        assertThat(ids("shop~late", "customers")).containsExactly(1, 2);
        assertThat(ids("shop~schema", "orders")).containsExactly(7);
        assertThat(commander.list("shop~schema", "{find: 'orders', filter: {sku: 'z'}, hint: 'sku_1'}"))
                .hasSize(1);
        assertThat(names("shop")).containsExactly("customers", "customers_view", "orders", "orders_old");
    }

    @Test
    void a_past_position_of_a_partial_branch_shows_no_more_than_the_branch() {
        shop();
        long early = project().lastLsn();
        commander.run("shop", "{insert: 'orders', documents: [{_id: 3, sku: 'c'}]}");
        commander.run("shop", "{createBranch: 'part', collections: ['orders']}");
        commander.run("shop", "{createBranch: 'schema', schemaOnly: true}");
        commander.run("shop~part", "{insert: 'orders', documents: [{_id: 4, sku: 'd'}]}");
        long middle = project().lastLsn();
        commander.run("shop~part", "{insert: 'orders', documents: [{_id: 5, sku: 'e'}]}");
        commander.run("shop~schema", "{insert: 'orders', documents: [{_id: 9, sku: 'x'}]}");
        long late = project().lastLsn();
        commander.run("shop~schema", "{insert: 'orders', documents: [{_id: 10, sku: 'y'}]}");
        for (int round = 0; round < 4; round++) {
            assertThat(ids("shop~part~" + early, "orders")).containsExactly(1, 2);
            assertThat(names("shop~part~" + early)).containsExactly("orders");
            assertThat(ids("shop~part~" + middle, "orders")).containsExactly(1, 2, 3, 4);
            assertThat(names("shop~part~" + middle)).containsExactly("orders");
            assertThat(ids("shop~schema~" + early, "orders")).isEmpty();
            assertThat(names("shop~schema~" + early)).hasSize(4);
            assertThat(ids("shop~schema~" + late, "orders")).containsExactly(9);
            if (round == 1) {
                commander.run("shop", "{walCheckpoint: 1}");
            }
            commander.restart(); // so that nothing is in the cache, and the fold begins at the log's or at a checkpoint
        }
    }

    @Test
    void a_branch_made_from_a_partial_branch_has_no_more_than_that() {
        shop();
        commander.run("shop", "{createBranch: 'part', collections: ['orders', 'customers']}");
        commander.run("shop~part", "{insert: 'own', documents: [{_id: 1}]}");
        long before = project().lastLsn();
        commander.run("shop~part", "{createBranch: 'child'}");
        commander.run("shop~part", "{createBranch: 'grandchild', collections: ['orders', 'own'], schemaOnly: true}");
        commander.fail(26, "shop~part", "{createBranch: 'x', collections: ['orders_old']}");
        long early = branch("part").base();
        commander.run("shop~part", "{createBranch: 'past', from: " + early + "}");
        for (int round = 0; round < 2; round++) {
            assertThat(names("shop~child")).containsExactly("customers", "orders", "own");
            assertThat(names("shop~child~" + before)).containsExactly("customers", "orders", "own");
            assertThat(names("shop~child~" + early)).containsExactly("customers", "orders");
            assertThat(names("shop~grandchild")).containsExactly("orders", "own");
            assertThat(ids("shop~grandchild", "orders")).isEmpty();
            assertThat(names("shop~past")).containsExactly("customers", "orders");
            assertThat(ids("shop~past", "orders")).containsExactly(1, 2);
            commander.restart();
        }
    }

    @Test
    void a_partial_branch_can_begin_at_a_past_position() {
        shop();
        long early = project().lastLsn();
        commander.run("shop", "{delete: 'orders', deletes: [{q: {}, limit: 0}]}");
        commander.run("shop", "{createBranch: 'part', collections: ['orders'], from: " + early + "}");
        assertThat(ids("shop~part", "orders")).containsExactly(1, 2);
        assertThat(names("shop~part")).containsExactly("orders");
        commander.restart();
        assertThat(ids("shop~part", "orders")).containsExactly(1, 2);
        assertThat(names("shop~part")).containsExactly("orders");
    }

    @Test
    void the_scope_of_a_branch_restricts_what_it_is_compared_with() {
        shop();
        commander.run("shop", "{createBranch: 'part', collections: ['orders']}");
        commander.run("shop~part", "{createBranch: 'child'}");
        commander.run("admin", "{renameCollection: 'shop.orders', to: 'shop.sales'}");
        commander.run("shop", "{create: 'orders'}");
        commander.run("shop", "{create: 'other'}");
        Branch main = branch("main");
        Branch part = branch("part");
        Branch child = branch("child");
        Snapshot head = project().storedHead(main);
        for (Branch to : List.of(part, child)) {
            Snapshot restricted = Objects.requireNonNull(part.scope()).restrict(head);
            assertThat(project().catalog().crossing(main.id(), to.id())).hasSize(1);
            assertThat(restricted.all().stream().map(CollectionSnapshot::name)).containsExactly("orders", "sales");
        }
        assertThat(project().catalog().crossing(part.id(), child.id())).isEmpty();
        assertThat(project().catalog().crossing(child.id(), main.id())).isEmpty();
    }

    @Test
    void lists_of_branches_tell_what_a_partial_branch_shows() {
        shop();
        BsonDocument made = commander.run(
                "shop",
                "{createBranch: 'part', collections: ['orders*'], schemaOnly: true, mask: {orders: {sku: 'hash'}}}");
        assertThat(made.getArray("collections")).hasToString("BsonArray{values=[BsonString{value='orders*'}]}");
        assertThat(made.getBoolean("schemaOnly").getValue()).isTrue();
        assertThat(made.getBoolean("masked").getValue()).isTrue();
        BsonDocument listed = commander
                .run("shop", "{listBranches: 1}")
                .getArray("branches")
                .get(1)
                .asDocument();
        assertThat(listed.getBoolean("masked").getValue()).isTrue();
        assertThat(listed.toJson()).doesNotContain("salt");
    }

    @Test
    void merging_a_partial_branch_removes_nothing_that_it_leaves_out_and_brings_what_it_has() {
        shop();
        commander.run("shop", "{createBranch: 'part', collections: ['orders']}");
        commander.run("shop~part", "{insert: 'orders', documents: [{_id: 3, sku: 'c'}]}");
        commander.run("shop~part", "{insert: 'own', documents: [{_id: 1}]}");
        assertThat(commander
                        .fail("shop", "{mergeBranch: 'part', ff: 'only'}")
                        .getString("errmsg")
                        .getValue())
                .contains("is partial");
        commander.run("shop", "{mergeBranch: 'part'}");
        assertThat(names("shop")).containsExactly("customers", "customers_view", "orders", "orders_old", "own");
        assertThat(ids("shop", "orders")).containsExactly(1, 2, 3);
        assertThat(ids("shop", "customers")).containsExactly(1, 2);
        assertThat(commander
                        .run("shop", "{mergeBranch: 'part'}")
                        .getString("status")
                        .getValue())
                .isEqualTo("upToDate");
        commander.run("shop~part", "{delete: 'orders', deletes: [{q: {_id: 1}, limit: 1}]}");
        commander.run("shop", "{mergeBranch: 'part'}");
        assertThat(ids("shop", "orders")).containsExactly(2, 3);
        commander.restart();
        assertThat(ids("shop", "orders")).containsExactly(2, 3);
        assertThat(ids("shop", "customers")).containsExactly(1, 2);
    }

    @Test
    void merging_into_a_partial_branch_brings_only_what_is_in_its_scope() {
        shop();
        commander.run("shop", "{createBranch: 'part', collections: ['orders']}");
        commander.run("shop", "{createBranch: 'schema', schemaOnly: true}");
        commander.run("shop~schema", "{insert: 'orders', documents: [{_id: 50, sku: 'q'}]}");
        commander.run("shop", "{insert: 'orders', documents: [{_id: 3, sku: 'c'}]}");
        commander.run("shop", "{insert: 'customers', documents: [{_id: 3, name: 'Cy'}]}");
        commander.run("shop", "{insert: 'fresh', documents: [{_id: 1}]}");
        commander.run("shop", "{createIndexes: 'orders', indexes: [{key: {at: 1}, name: 'at_1'}]}");
        for (int round = 0; round < 2; round++) {
            for (String into : List.of("part", "schema")) {
                commander.run("shop", "{mergeBranch: 'main', into: '" + into + "'}");
            }
            assertThat(names("shop~part")).containsExactly("orders");
            assertThat(ids("shop~part", "orders")).startsWith(1, 2, 3);
            assertThat(names("shop~schema"))
                    .containsExactly("customers", "customers_view", "fresh", "orders", "orders_old");
            assertThat(ids("shop~schema", "orders")).containsExactly(50);
            assertThat(ids("shop~schema", "fresh")).isEmpty();
            assertThat(commander.list("shop~schema", "{listIndexes: 'orders'}")).hasSize(3);
            commander.restart();
            assertThat(ids("shop~schema", "fresh")).isEmpty();
            commander.run(
                    "shop", "{insert: 'orders', documents: [{_id: " + (60 + round) + ", sku: 'r" + round + "'}]}");
        }
        commander.run("shop", "{mergeBranch: 'schema'}");
        assertThat(ids("shop", "orders")).containsExactly(1, 2, 3, 50, 60, 61);
        assertThat(ids("shop", "customers")).containsExactly(1, 2, 3);
        for (String branch : List.of("part", "schema", "main")) {
            assertThat(commander
                            .run("shop~" + branch, "{walReplay: 1}")
                            .getBoolean("same")
                            .getValue())
                    .isTrue();
        }
    }

    @Test
    void the_log_of_a_partial_branch_shows_no_document_that_it_leaves_out() {
        shop();
        commander.run("shop", "{createBranch: 'part', collections: ['orders']}");
        commander.run("shop", "{createBranch: 'schema', schemaOnly: true}");
        String part = commander.run("shop~part", "{branchLog: 1, patch: true}").toJson();
        assertThat(part).contains("\"sku\"").doesNotContain("Ann");
        assertThat(commander.run("shop~schema", "{branchLog: 1, patch: true}").toJson())
                .doesNotContain("\"sku\"")
                .doesNotContain("Ann");
        assertThat(commander.list("shop~part", "{documentHistory: 'customers', _id: 1}"))
                .isEmpty();
        assertThat(commander.list("shop~schema", "{documentHistory: 'orders', _id: 1}"))
                .isEmpty();
        assertThat(commander.list("shop~part", "{documentHistory: 'orders', _id: 1}"))
                .hasSize(1);
    }

    private void shop() {
        commander.run("shop", "{create: 'customers', validator: {name: {$type: 'string'}}, collation: {locale: 'en'}}");
        commander.run("shop", "{create: 'customers_view', viewOn: 'customers', pipeline: []}");
        commander.run("shop", "{createIndexes: 'orders', indexes: [{key: {sku: 1}, name: 'sku_1', unique: true}]}");
        commander.run("shop", "{insert: 'customers', documents: [{_id: 1, name: 'Ann'}, {_id: 2, name: 'Bob'}]}");
        commander.run("shop", "{insert: 'orders', documents: [{_id: 1, sku: 'a'}, {_id: 2, sku: 'b'}]}");
        commander.run("shop", "{insert: 'orders_old', documents: [{_id: 1, sku: 'a'}]}");
    }

    private Project project() {
        return Objects.requireNonNull(commander.engine().projects().find("shop"));
    }

    private Branch branch(String name) {
        return Objects.requireNonNull(project().catalog().branch(name));
    }

    private int writeErrorCode(String database, String command) {
        return commander
                .run(database, command)
                .getArray("writeErrors")
                .get(0)
                .asDocument()
                .getInt32("code")
                .getValue();
    }

    private List<String> names(String database) {
        return commander.list(database, "{listCollections: 1, nameOnly: true}").stream()
                .map(collection -> collection.getString("name").getValue())
                .sorted()
                .toList();
    }

    private List<Integer> ids(String database, String collection) {
        return commander.list(database, "{find: '" + collection + "', projection: {_id: 1}, sort: {_id: 1}}").stream()
                .map(found -> found.getInt32("_id").getValue())
                .toList();
    }
}
