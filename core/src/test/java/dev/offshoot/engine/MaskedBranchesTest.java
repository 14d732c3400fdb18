package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.Doc;
import dev.offshoot.state.Branch;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Project;
import dev.offshoot.state.Snapshot;
import dev.offshoot.tree.Cursor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read from, written to and stored on a branch that hides fields. That nothing is told is the matter of {@link MaskSweepTest}. */
class MaskedBranchesTest {
    @AutoClose
    private final Commander commander;

    MaskedBranchesTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
        run(
                "shop",
                "{createIndexes: 'users', indexes: [{key: {ssn: 1}, name: 'ssn_1', unique: true}, {key: {n: 1}, name: 'n_1'}]}");
        run("shop", "{insert: 'users', documents: [" + user(1) + ", " + user(2) + ", " + user(3) + "]}");
        run("shop", "{createBranch: 'plain'}");
        run(
                "shop",
                "{createBranch: 'masked', mask: {users: {ssn: 'hash', 'address.street': 'redact', 'cards.no': 'redact', tags: 'redact'}}}");
    }

    private static String user(int i) {
        return "{_id: " + i + ", n: " + i + ", ssn: 's" + i + "', address: {street: 'st" + i + "', zip: " + i
                + "}, cards: [{_id: 1, no: 'c" + i + "', y: 1}, {_id: 2, no: 'd" + i + "', y: 2}], tags: ['t" + i
                + "', 'u']}";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{update: 'users', updates: [{q: {_id: 1}, u: {$set: {n: 10}}}]}",
                "{update: 'users', updates: [{q: {}, u: {$inc: {n: 1}, $set: {'address.zip': 5, 'cards.$[].y': 9}}, multi: true}]}",
                "{update: 'users', updates: [{q: {_id: 1}, u: {$push: {cards: {_id: 3, no: 'new', y: 3}}}}]}",
                "{update: 'users', updates: [{q: {_id: 1}, u: {$pull: {cards: {y: 1}}}}]}",
                "{update: 'users', updates: [{q: {_id: 1}, u: {$push: {cards: {$each: [], $sort: {y: -1}}}}}]}",
                "{update: 'users', updates: [{q: {_id: 1}, u: {$push: {tags: 'x'}}}]}",
                "{update: 'users', updates: [{q: {_id: 1}, u: {$unset: {ssn: 1, 'address.street': 1}}}]}",
                "{update: 'users', updates: [{q: {_id: 1}, u: {$set: {ssn: 'mine', 'address.street': 'home'}}}]}",
                "{update: 'users', updates: [{q: {_id: 1}, u: [{$set: {total: {$sum: '$cards.y'}}}]}]}",
                "{update: 'users', updates: [{q: {_id: 9}, u: {$set: {ssn: 'up', n: 4}}, upsert: true}]}",
                "{findAndModify: 'users', query: {n: 2}, update: {$set: {m: 1}}, new: true}",
                "{insert: 'users', documents: [{_id: 7, ssn: 's7', n: 7}]}",
                "{delete: 'users', deletes: [{q: {n: {$gt: 1}}, limit: 0}]}",
                "{bulkWrite: 1, ops: [{update: 0, filter: {_id: 2}, updateMods: {$set: {n: 22}}}], nsInfo: [{ns: 'DB.users'}]}",
                "{aggregate: 'users', pipeline: [{$project: {n: {$add: ['$n', 1]}}}, {$merge: 'users'}], cursor: {}}",
                "{convertToCapped: 'users', size: 100000}"
            })
    void a_write_through_a_mask_stores_what_it_would_store_without(String command) {
        assertThat(stored("masked")).isEqualTo(stored("plain"));
        List<String> before = stored("plain");
        for (String branch : List.of("plain", "masked")) {
            String sent = command.replace("DB.", "shop~" + branch + ".");
            run(command.startsWith("{bulkWrite") ? "admin" : "shop~" + branch, sent);
        }
        assertThat(stored("masked")).isEqualTo(stored("plain"));
        if (!command.startsWith("{convertToCapped")) {
            assertThat(stored("plain")).isNotEqualTo(before);
        }
        List<String> masked = stored("masked");
        commander.restart();
        assertThat(stored("masked")).isEqualTo(masked);
    }

    @Test
    void a_document_that_is_read_changed_and_saved_whole_keeps_what_is_hidden() {
        BsonDocument read = commander
                .list("shop~masked", "{find: 'users', filter: {_id: 2}}")
                .get(0);
        assertThat(read.getDocument("address").getString("street").getValue()).isEqualTo("***");
        run(
                "shop~masked",
                "{update: 'users', updates: [{q: {_id: 2}, u: "
                        + read.append("n", new org.bson.BsonInt32(50)).toJson() + "}]}");
        run("shop~plain", "{update: 'users', updates: [{q: {_id: 2}, u: {$set: {n: 50}}}]}");
        assertThat(stored("masked")).isEqualTo(stored("plain"));
    }

    @Test
    void a_change_that_could_mean_several_hidden_values_is_refused_and_changes_nothing() {
        List<String> before = stored("masked");
        BsonDocument reply = run("shop~masked", "{update: 'users', updates: [{q: {_id: 1}, u: {$pop: {tags: 1}}}]}");
        BsonDocument error = reply.getArray("writeErrors").get(0).asDocument();
        assertThat(error.getString("errmsg").getValue()).contains("look the same through the mask");
        assertThat(stored("masked")).isEqualTo(before);
    }

    @Test
    void a_unique_index_over_hidden_values_holds_and_its_error_does_not_tell_them() {
        BsonDocument reply = run("shop~masked", "{insert: 'users', documents: [{_id: 8, ssn: 's2'}]}");
        BsonDocument error = reply.getArray("writeErrors").get(0).asDocument();
        assertThat(error.getInt32("code").getValue()).isEqualTo(11000);
        assertThat(error.getDocument("keyValue").getString("ssn").getValue()).isEqualTo("***");
        assertThat(error.toJson()).doesNotContain("s2");
    }

    @Test
    void a_validator_works_on_what_is_stored_and_its_error_does_not_tell_it() {
        run("shop", "{create: 'strict', validator: {secret: {$regex: '^x'}}}");
        run(
                "shop",
                "{insert: 'strict', documents: [{_id: 1, secret: 'x-secret'}, {_id: 2}], bypassDocumentValidation: true}");
        run("shop", "{createBranch: 'm2', mask: {strict: {secret: 'hash'}}}");
        assertThat(run("shop~m2", "{update: 'strict', updates: [{q: {_id: 1}, u: {$set: {n: 1}}}]}")
                        .getInt32("nModified")
                        .getValue())
                .isEqualTo(1);
        BsonDocument reply =
                run("shop~m2", "{update: 'strict', updates: [{q: {_id: 1}, u: {$set: {secret: 'y-other'}}}]}");
        BsonDocument error = reply.getArray("writeErrors").get(0).asDocument();
        assertThat(error.getInt32("code").getValue()).isEqualTo(121);
        assertThat(error.toJson())
                .contains("failingDocumentId")
                .doesNotContain("y-other")
                .doesNotContain("secret\"");
    }

    @Test
    void what_would_tell_hidden_values_by_what_it_lets_pass_cannot_be_made_on_the_branch() {
        commander.fail(67, "shop~masked", "{createIndexes: 'users', indexes: [{key: {ssn: 1}, name: 'x'}]}");
        commander.fail(
                67,
                "shop~masked",
                "{createIndexes: 'users', indexes: [{key: {n: 1}, name: 'x', partialFilterExpression: {ssn: {$gt: 'a'}}}]}");
        commander.fail(67, "shop~masked", "{collMod: 'users', index: {name: 'ssn_1', expireAfterSeconds: 1}}");
        commander.fail(20, "shop~masked", "{collMod: 'users', validator: {ssn: {$gt: 'a'}}}");
        run("shop~masked", "{createIndexes: 'users', indexes: [{key: {m: 1}, name: 'm_1'}]}");
        run("shop~masked", "{collMod: 'users', index: {name: 'n_1', hidden: true}}");
    }

    @Test
    void documents_expire_by_hidden_dates() {
        run("shop", "{createIndexes: 'sessions', indexes: [{key: {at: 1}, name: 'at_1', expireAfterSeconds: 1}]}");
        run(
                "shop",
                "{insert: 'sessions', documents: [{_id: 1, at: {$date: '2001-01-01T00:00:00Z'}}, {_id: 2, at: {$date: '2100-01-01T00:00:00Z'}}]}");
        run("shop", "{createBranch: 'm2', mask: {sessions: {at: 'null'}}}");
        assertThat(new Expiry(project(), System.currentTimeMillis()).run())
                .isEqualTo(2); // on the branch and on its parent
        assertThat(commander.list("shop~m2", "{find: 'sessions'}")).hasSize(1);
    }

    @Test
    void filters_sorts_and_indexes_see_what_is_shown() {
        assertThat(commander.list("shop~masked", "{find: 'users', filter: {ssn: 's2'}}"))
                .isEmpty();
        String hash = commander
                .list("shop~masked", "{find: 'users', filter: {n: 2}}")
                .get(0)
                .getString("ssn")
                .getValue();
        assertThat(commander.list("shop~masked", "{find: 'users', filter: {ssn: '" + hash + "'}}"))
                .hasSize(1);
        assertThat(run("shop~masked", "{count: 'users', query: {'address.street': '***'}}")
                        .getInt32("n")
                        .getValue())
                .isEqualTo(3);
        BsonDocument explained = run("shop~masked", "{explain: {find: 'users', filter: {ssn: '" + hash + "'}}}");
        assertThat(explained.toJson()).contains("COLLSCAN").doesNotContain("IXSCAN");
        assertThat(run("shop~masked", "{explain: {find: 'users', filter: {n: 2}}}")
                        .toJson())
                .contains("n_1");
        assertThat(commander.list("shop~masked", "{listIndexes: 'users'}"))
                .isEqualTo(commander.list("shop", "{listIndexes: 'users'}"));
    }

    @Test
    void a_branch_compared_through_a_mask_differs_in_what_changed_and_shows_it_masked() {
        run("shop~masked", "{update: 'users', updates: [{q: {_id: 1}, u: {$set: {n: 10, ssn: 'other'}}}]}");
        String diff =
                run("shop", "{diffBranches: 1, from: 'main', to: 'masked'}").toJson();
        assertThat(diff)
                .contains("\"n\"")
                .contains("\"ssn\"")
                .doesNotContain("\"s1\"")
                .doesNotContain("other")
                .doesNotContain("***");
    }

    @Test
    void a_partial_branch_compared_with_its_parent_differs_in_nothing_that_it_leaves_out() {
        run("shop", "{insert: 'orders', documents: [{_id: 1}]}");
        run("shop", "{createBranch: 'part', collections: ['orders']}");
        run("shop~part", "{insert: 'orders', documents: [{_id: 2}]}");
        run("shop", "{insert: 'users', documents: [{_id: 100}]}");
        for (String command :
                List.of("{diffBranches: 1, from: 'main', to: 'part'}", "{diffBranches: 1, from: 'part', to: 'main'}")) {
            String diff = run("shop", command).toJson();
            assertThat(diff).contains("orders").doesNotContain("users");
        }
    }

    @Test
    void the_log_keeps_one_salted_layer_and_a_branch_of_a_masked_branch_both() {
        run("shop~masked", "{createBranch: 'child', mask: {users: {n: 'null'}}}");
        BsonDocument found = commander
                .list("shop~child", "{find: 'users', filter: {_id: 1}}")
                .get(0);
        assertThat(found.isNull("n")).isTrue();
        assertThat(found.getString("ssn"))
                .isEqualTo(commander
                        .list("shop~masked", "{find: 'users', filter: {_id: 1}}")
                        .get(0)
                        .getString("ssn"));
        run("shop", "{createBranch: 'other', mask: {users: {ssn: 'hash'}}}");
        assertThat(commander
                        .list("shop~other", "{find: 'users', filter: {_id: 1}}")
                        .get(0)
                        .getString("ssn"))
                .as("another branch has another salt")
                .isNotEqualTo(found.getString("ssn"));
        commander.restart();
        assertThat(commander
                        .list("shop~child", "{find: 'users', filter: {_id: 1}}")
                        .get(0))
                .isEqualTo(found);
        run("shop", "{walCheckpoint: 1}");
        commander.restart();
        assertThat(commander
                        .list("shop~child", "{find: 'users', filter: {_id: 1}}")
                        .get(0))
                .isEqualTo(found);
    }

    @Test
    void a_reset_to_a_masked_branch_stores_what_is_hidden() {
        run("shop~masked", "{update: 'users', updates: [{q: {_id: 1}, u: {$set: {n: 10}}}]}");
        run("shop", "{resetBranch: 'plain', to: 'masked'}");
        assertThat(stored("plain")).isEqualTo(stored("masked"));
        assertThat(stored("plain").get(0)).contains("\"s1\"");
        run("shop", "{resetBranch: 'masked', to: 'main'}");
        assertThat(stored("masked")).isEqualTo(stored("main"));
        assertThat(commander.list("shop~masked", "{find: 'users'}").toString()).doesNotContain("s1");
    }

    @Test
    void merging_a_masked_branch_brings_what_is_stored() {
        run(
                "shop~masked",
                "{update: 'users', updates: [{q: {_id: 1}, u: {$set: {n: 10}}}, {q: {_id: 2}, u: {$set: {ssn: 'new'}}}]}");
        run("shop~plain", "{insert: 'users', documents: [{_id: 77, ssn: 'x'}]}"); // so that it is no fast-forward
        run("shop", "{mergeBranch: 'masked', into: 'plain'}");
        List<String> merged = new ArrayList<>(stored("plain"));
        assertThat(merged.remove(3)).contains("77");
        assertThat(merged).isEqualTo(stored("masked"));
        run("shop~plain", "{update: 'users', updates: [{q: {_id: 3}, u: {$set: {'address.street': 'moved'}}}]}");
        run("shop", "{mergeBranch: 'plain', into: 'masked'}");
        assertThat(stored("masked")).isEqualTo(stored("plain"));
        assertThat(commander
                        .list("shop~masked", "{find: 'users', filter: {_id: 3}}")
                        .toString())
                .doesNotContain("moved");
    }

    @Test
    void conflicts_are_shown_masked_and_resolved_as_they_are_stored() {
        run("shop~masked", "{update: 'users', updates: [{q: {_id: 1}, u: {$set: {n: 10}}}]}");
        run("shop~plain", "{update: 'users', updates: [{q: {_id: 1}, u: {$set: {n: 11, ssn: 'secret'}}}]}");
        assertThat(run("shop~masked", "{mergeBranch: 'plain'}")
                        .getString("status")
                        .getValue())
                .isEqualTo("conflicts");
        for (String database : List.of("shop", "shop~masked", "shop~plain")) {
            String conflicts =
                    run(database, "{listConflicts: 1, into: 'masked'}").toJson();
            assertThat(conflicts)
                    .contains("\"n\": 10")
                    .contains("\"n\": 11")
                    .doesNotContain("secret")
                    .doesNotContain("s1");
        }
        run("shop~masked", "{resolveConflict: {}, take: 'theirs'}");
        run("shop~masked", "{mergeBranch: 1, continue: true}");
        assertThat(stored("masked")).isEqualTo(stored("plain"));
    }

    @Test
    void a_collection_that_is_masked_by_its_name_alone_keeps_the_name() {
        run("shop~masked", "{drop: 'users'}");
        run("shop~masked", "{insert: 'users', documents: [{_id: 1, ssn: 'again'}]}");
        commander.fail(20, "admin", "{renameCollection: 'shop~masked.users', to: 'shop~masked.people'}");
        commander.fail(20, "shop~masked", "{restore: 'users', at: " + project().lastLsn() + ", as: 'people'}");
        assertThat(commander.list("shop~masked", "{find: 'users'}").toString()).doesNotContain("again");
    }

    @Test
    void a_collection_that_is_written_over_what_is_seen_of_it_keeps_what_is_hidden() {
        run("shop~masked", "{aggregate: 'users', pipeline: [{$addFields: {m: 1}}, {$out: 'users'}], cursor: {}}");
        run("shop~plain", "{aggregate: 'users', pipeline: [{$addFields: {m: 1}}, {$out: 'users'}], cursor: {}}");
        assertThat(stored("masked")).isEqualTo(stored("plain"));
        assertThat(stored("plain").get(0)).contains("\"m\"");
        run("shop", "{mergeBranch: 'masked', into: 'main'}");
        assertThat(stored("main")).isEqualTo(stored("plain"));
    }

    @Test
    void a_tailable_cursor_shows_what_is_inserted_later_masked() {
        run("shop", "{create: 'lines', capped: true, size: 100000}");
        run("shop", "{insert: 'lines', documents: [{_id: 1, text: 'secret1'}]}");
        run("shop", "{createBranch: 'tailed', mask: {lines: {text: 'redact'}}}");
        BsonDocument opened = run("shop~tailed", "{find: 'lines', tailable: true, awaitData: true}");
        long cursor = opened.getDocument("cursor").getInt64("id").getValue();
        run("shop~tailed", "{insert: 'lines', documents: [{_id: 2, text: 'secret2'}]}");
        BsonDocument more = run("shop~tailed", "{getMore: {$numberLong: '" + cursor + "'}, collection: 'lines'}");
        assertThat(more.toJson()).contains("\"_id\": 2").doesNotContain("secret");
        assertThat(opened.toJson()).doesNotContain("secret");
    }

    @Test
    void a_masked_branch_that_was_dropped_is_masked_by_its_tags_and_when_it_comes_back() {
        run("shop~masked", "{createTag: 'kept'}");
        run("shop", "{dropBranch: 'masked'}");
        for (int round = 0; round < 2; round++) {
            assertThat(commander.list("shop~kept", "{find: 'users'}").toString())
                    .contains("***")
                    .doesNotContain("s1");
            run("shop~kept", "{createBranch: 'again" + round + "'}");
            assertThat(commander.list("shop~again" + round, "{find: 'users'}").toString())
                    .contains("***")
                    .doesNotContain("s1");
            run("shop", "{walCheckpoint: 1}");
            commander.restart();
        }
        run("shop", "{undrop: 'masked', as: 'back'}");
        assertThat(commander.list("shop~back", "{find: 'users'}").toString())
                .contains("***")
                .doesNotContain("s1");
        run("shop", "{renameBranch: 'back', to: 'other'}");
        commander.restart();
        assertThat(commander.list("shop~other", "{find: 'users'}").toString())
                .contains("***")
                .doesNotContain("s1");
    }

    @Test
    void a_collection_that_is_masked_by_its_name_alone_does_not_get_another_one_from_elsewhere() {
        run("shop", "{drop: 'users'}");
        run("shop", "{insert: 'users', documents: [{_id: 1, ssn: 'again'}]}");
        run("shop", "{mergeBranch: 'main', into: 'masked', strategy: 'theirs'}");
        run("shop", "{createBranch: 'behind', from: 'masked'}");
        assertThat(commander.list("shop~masked", "{find: 'users'}").toString()).doesNotContain("again");
        run("admin", "{renameCollection: 'shop.users', to: 'shop.people'}");
        commander.fail(20, "shop", "{mergeBranch: 'main', into: 'masked'}");
        commander.fail(20, "shop", "{mergeBranch: 'main', into: 'masked', ff: 'never'}");
        commander.fail(20, "shop", "{resetBranch: 'masked', to: 'main'}");
        commander.fail(20, "shop", "{resetBranch: 'behind', to: 'main'}");
        commander.fail(20, "shop", "{rebaseBranch: 'masked', onto: 'main'}");
        commander.fail(20, "shop", "{cherryPick: 'main~" + project().lastLsn() + "', into: 'masked'}");
        for (String branch : List.of("masked", "behind")) {
            assertThat(commander.list("shop~" + branch, "{find: 'people'}")).isEmpty();
            assertThat(commander.list("shop~" + branch, "{find: 'users'}")).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{createBranch: 'x', from: '.offshoot'}",
                "{createBranch: 'x', from: '.offshoot~20'}",
                "{createTag: 'x', at: '.offshoot'}",
                "{resetBranch: 'plain', to: '.offshoot'}",
                "{diffBranches: 1, from: 'main', to: '.offshoot'}",
                "{mergeBranch: '.offshoot'}",
                "{mergeBranch: 'plain', into: '.offshoot'}",
                "{cherryPick: '.offshoot', from: 1}",
                "{rebaseBranch: 'plain', onto: '.offshoot'}",
                "{restore: 'conflicts', at: '.offshoot'}",
                "{branchLog: '.offshoot'}",
                "{branchLog: 1, since: '.offshoot'}",
                "{documentHistory: 'conflicts', _id: 1, at: '.offshoot'}",
                "{dropBranch: '.offshoot'}",
                "{renameBranch: '.offshoot', to: 'x'}",
                "{updateBranch: '.offshoot', description: 'x'}",
                "{undrop: '.offshoot'}",
                "{undrop: ID}",
                "{branchReflog: '.offshoot'}",
                "{listBranches: 1, aheadBehind: '.offshoot'}",
                "{mergeRequest: 'create', source: '.offshoot', into: 'main', title: 't'}"
            })
    void what_waits_unmasked_in_the_project_cannot_be_named(String command) {
        run("shop~masked", "{update: 'users', updates: [{q: {_id: 1}, u: {$set: {n: 10}}}]}");
        run("shop~plain", "{update: 'users', updates: [{q: {_id: 1}, u: {$set: {n: 11}}}]}");
        run("shop~masked", "{mergeBranch: 'plain'}");
        long id =
                Objects.requireNonNull(project().catalog().branch(".offshoot")).id();
        for (String database : List.of("shop", "shop~masked")) {
            BsonDocument reply =
                    commander.reply(database, BsonDocument.parse(command.replace("ID", Long.toString(id))));
            assertThat(reply.getNumber("ok").intValue()).as(reply.toJson()).isZero();
        }
        for (String database : List.of("shop~.offshoot", "shop~.OFFSHOOT", "shop@.offshoot", "shop~.offshoot~30")) {
            BsonDocument reply = commander.reply(database, BsonDocument.parse("{find: 'conflicts'}"));
            assertThat(reply.getNumber("ok").intValue()).as(reply.toJson()).isZero();
        }
    }

    private BsonDocument run(String database, String command) {
        return commander.run(database, command);
    }

    private Project project() {
        return Objects.requireNonNull(commander.engine().projects().find("shop"));
    }

    /** The documents of a branch without its mask. */
    private List<String> stored(String name) {
        Branch branch = project().branch(name);
        Snapshot state = project().storedHead(branch);
        CollectionSnapshot users = Objects.requireNonNull(state.collection("users"));
        List<String> documents = new ArrayList<>();
        Cursor<byte[]> cursor = users.documents().ascending(null, null);
        while (cursor.next()) {
            documents.add(Doc.of(cursor.value()).toString());
        }
        return documents;
    }
}
