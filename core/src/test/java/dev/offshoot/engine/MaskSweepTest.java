package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.Doc;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every command that there is, in all shapes that show documents or depend on them, on a branch that masks fields with values that are nowhere else: no byte of
 * any reply shows one, errors included. The same commands on the parent do show them, so the sweep looks in the right places.
 */
class MaskSweepTest {
    /** In all hidden strings. */
    private static final String MARK = "Qz7MARK";

    /** A hidden number, and what begins a hidden coordinate. */
    private static final List<String> NUMBERS = List.of("987654321", "12.345678");

    private static final String MASK =
            "{users: {email: {fake: 'email'}, ssn: 'redact', phone: 'hash', tags: 'hash', 'profile.city': 'null', salary:"
                    + " 'hash', 'items.note': 'redact', bio: 'redact', loc: 'null', born: {fake: 'date'}},"
                    + " logs: {line: 'hash'}}";

    /** Commands that answer nothing of documents, and operators' commands, which show the log itself. */
    private static final Set<String> SHOW_NO_DOCUMENTS = Set.of(
            "branchReflog",
            "buildInfo",
            "configureFailPoint",
            "connectionStatus",
            "createBranch",
            "createProject",
            "createTag",
            "dropBranch",
            "dropDatabase",
            "dropProject",
            "dropTag",
            "endSessions",
            "getCmdLineOpts",
            "getLog",
            "getParameter",
            "hello",
            "hostInfo",
            "killAllSessions",
            "killCursors",
            "killOp",
            "killSessions",
            "listBranches",
            "listCommands",
            "listDatabases",
            "listProjects",
            "listTags",
            "ping",
            "refreshSessions",
            "renameBranch",
            "resetBranch",
            "serverStatus",
            "setParameter",
            "startSession",
            "top",
            "undrop",
            "updateBranch",
            "updateProject",
            "walCheckpoint",
            "walCleanup",
            "walListCheckpoints",
            "walListSegments",
            "walManifest",
            "walPages",
            "walRecords",
            "walReplay",
            "walSource",
            "walStats",
            "walTail",
            "walValidate",
            "whatsmyuri",
            "createSearchIndexes",
            "dropSearchIndex",
            "listSearchIndexes",
            "updateSearchIndex");

    @AutoClose
    private final Commander commander;

    private int shown;
    private final Set<String> swept = new TreeSet<>();

    MaskSweepTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
    }

    private void data() {
        run(
                "shop",
                "{createIndexes: 'users', indexes: [{key: {email: 1}, name: 'email_1', unique: true},"
                        + " {key: {name: 1, ssn: 1}, name: 'name_ssn', unique: true}, {key: {name: 1}, name: 'name_1'},"
                        + " {key: {tags: 1}, name: 'tags_1'}, {key: {bio: 'text'}, name: 'bio_text'},"
                        + " {key: {loc: '2dsphere'}, name: 'loc_geo'}, {key: {'$**': 1}, name: 'all'},"
                        + " {key: {phone: 'hashed'}, name: 'phone_hashed'},"
                        + " {key: {age: 1}, name: 'age_partial', partialFilterExpression: {salary: {$gt: 5}}},"
                        + " {key: {born: 1}, name: 'born_ttl', expireAfterSeconds: 1000000000}]}");
        run("shop", "{create: 'strict', validator: {$jsonSchema: {properties: {age: {bsonType: 'int'}}}}}");
        run("shop", "{create: 'logs', capped: true, size: 100000}");
        for (int i = 1; i <= 30; i++) {
            run("shop", "{insert: 'users', documents: [" + user(i) + "]}");
            run("shop", "{insert: 'logs', documents: [{_id: " + i + ", line: 'Qz7MARK line " + i + "'}]}");
        }
        run(
                "shop",
                "{update: 'users', updates: [{q: {_id: {$in: [28, 29]}}, u: {$set: {ssn: 'Qz7MARK twice'}}, multi: true}]}");
        run("shop", "{insert: 'orders', documents: [{_id: 1, user: 1, buyer: 'ann1'}, {_id: 2, user: 2}]}");
        run("shop", "{create: 'people', viewOn: 'users', pipeline: [{$match: {age: {$gt: 0}}}]}");
        run("shop", "{update: 'users', updates: [{q: {_id: 3}, u: {$set: {ssn: 'Qz7MARK changed', age: 33}}}]}");
    }

    private static String user(int i) {
        return "{_id: " + i + ", name: 'ann" + i + "', age: " + (20 + i) + ", email: 'Qz7MARK" + i
                + "@x.org', ssn: 'Qz7MARK-"
                + i + "', phone: 'Qz7MARK+" + i + "', tags: ['Qz7MARK a" + i
                + "', 'Qz7MARK b'], profile: {city: 'Qz7MARK city',"
                + " zip: " + i
                + "}, salary: 987654321, bio: 'Qz7MARK likes cats', items: [{_id: 1, n: 1, note: 'Qz7MARK n"
                + i + "'}, {_id: 2, n: 2, note: 'Qz7MARK m" + i
                + "'}], loc: {type: 'Point', coordinates: [12.3456789, 5]},"
                + " born: {$date: '2020-09-09T09:08:07.065Z'}}";
    }

    @Test
    void no_reply_shows_what_a_branch_masks() {
        data();
        run("shop", "{createBranch: 'plain'}");
        long past = Objects.requireNonNull(commander.engine().projects().find("shop"))
                .lastLsn();
        run("shop", "{createBranch: 'masked', mask: " + MASK + "}");
        run("shop~masked", "{createBranch: 'child'}");
        run("shop~masked", "{createTag: 'v1'}");
        run("shop", "{createBranch: 'rival'}");
        run(
                "shop~rival",
                "{update: 'users', updates: [{q: {_id: 15}, u: {$set: {name: 'theirs', ssn: 'Qz7MARK rival'}}},"
                        + " {q: {_id: 16}, u: {$set: {name: 'ann29', ssn: 'Qz7MARK twice'}}}]}");
        for (String reader : List.of("masked", "child", "masked~" + past, "v1")) {
            reads().forEach(command -> compare("plain", reader, command));
        }
        assertThat(shown).as("replies of the parent that show hidden values").isGreaterThan(200);
        swept.clear();
        reads().forEach(command -> sweepName(command));
        for (String writer : List.of("masked", "child")) {
            writes().forEach(command -> hidden(writer, command));
            reads().forEach(command -> hidden(writer, command));
        }
        Set<String> all = new TreeSet<>(Commands.names());
        all.removeAll(SHOW_NO_DOCUMENTS);
        assertThat(swept)
                .as("a command that may show documents belongs into the sweep")
                .containsAll(all);
        commander.restart();
        run("shop", "{walCheckpoint: 1}");
        commander.restart();
        reads().forEach(command -> hidden("masked", command));
        assertThat(seen("plain", "{find: 'users', filter: {_id: 7}}"))
                .as("the parent is as it was")
                .contains(MARK);
    }

    private static List<String> reads() {
        List<String> reads = new ArrayList<>(List.of(
                "{find: 'users'}",
                "{find: 'users', sort: {email: 1}}",
                "{find: 'users', sort: {ssn: -1, _id: 1}, limit: 3}",
                "{find: 'users', filter: {name: 'ann4'}}",
                "{find: 'users', filter: {name: 'ann4'}, projection: {_id: 0, name: 1, ssn: 1}, hint: 'name_ssn'}",
                "{find: 'users', filter: {email: {$gt: ''}}, hint: 'email_1'}",
                "{find: 'users', filter: {}, hint: {email: 1}, min: {email: 'A'}, max: {email: 'z'}}",
                "{find: 'users', filter: {}, hint: 'email_1', returnKey: true}",
                "{find: 'users', filter: {name: 'ann4'}, hint: 'name_ssn', returnKey: true, showRecordId: true}",
                "{find: 'users', filter: {name: 'ann4'}, hint: 'name_1', returnKey: true}",
                "{find: 'users', filter: {name: 'ann4'}, hint: 'name_ssn', projection: {k: {$meta: 'indexKey'}}}",
                "{find: 'users', filter: {name: 'ann4'}, hint: 'name_1', projection: {k: {$meta: 'indexKey'}}}",
                "{find: 'users', filter: {$text: {$search: 'cats'}}}",
                "{find: 'users', filter: {$text: {$search: 'cats'}}, projection: {s: {$meta: 'textScore'}}}",
                "{find: 'users', filter: {loc: {$near: {$geometry: {type: 'Point', coordinates: [12, 5]}}}}}",
                "{find: 'users', filter: {loc: {$geoWithin: {$centerSphere: [[12, 5], 1]}}}}",
                "{find: 'users', filter: {tags: /MARK/}}",
                "{find: 'users', filter: {$expr: {$gt: ['$salary', 1]}}}",
                "{find: 'users', filter: {$where: 'true'}}",
                "{find: 'users', filter: {'items.note': /MARK/}, projection: {'items.$': 1}}",
                "{find: 'users', projection: {items: {$elemMatch: {n: 2}}}}",
                "{find: 'users', projection: {x: '$ssn', y: {$concat: ['$email', '!']}, z: {$toString: '$salary'}}}",
                "{find: 'users', filter: {_id: 5}, batchSize: 1, allowPartialResults: false}",
                "{find: 'users', filter: {age: {$gt: 1}}, hint: 'age_partial'}",
                "{find: 'users', collation: {locale: 'en', strength: 1}, filter: {email: /mark/i}, sort: {email: 1}}",
                "{find: 'people', filter: {age: {$gt: 22}}}",
                "{find: 'logs', sort: {$natural: -1}}",
                "{find: 'logs', tailable: true}",
                "{find: 'users', projection: {x: {$toInt: '$ssn'}}}",
                "{find: 'users', projection: {x: {$add: ['$ssn', 1]}}}",
                "{find: 'users', filter: {$expr: {$eq: [{$toDate: '$ssn'}, 1]}}}",
                "{count: 'users', query: {email: /MARK/}}",
                "{count: 'users', query: {salary: 987654321}}",
                "{distinct: 'users', key: 'email'}",
                "{distinct: 'users', key: 'tags'}",
                "{distinct: 'users', key: 'profile.city'}",
                "{distinct: 'users', key: 'items.note', query: {age: {$gt: 3}}}",
                "{distinct: 'people', key: 'salary'}",
                "{aggregate: 'users', pipeline: [], cursor: {}}",
                "{aggregate: 'users', pipeline: [{$match: {name: /ann/}}, {$sort: {salary: 1}}, {$limit: 2}], cursor: {}}",
                "{aggregate: 'users', pipeline: [{$group: {_id: '$email', n: {$push: '$$ROOT'}}}], cursor: {}}",
                "{aggregate: 'users', pipeline: [{$group: {_id: null, n: {$max: '$ssn'}, m: {$sum: '$salary'}}}], cursor: {}}",
                "{aggregate: 'users', pipeline: [{$project: {x: {$objectToArray: '$$ROOT'}}}], cursor: {}}",
                "{aggregate: 'users', pipeline: [{$unwind: '$tags'}, {$sortByCount: '$tags'}], cursor: {}}",
                "{aggregate: 'users', pipeline: [{$facet: {a: [{$limit: 1}], b: [{$count: 'n'}]}}], cursor: {}}",
                "{aggregate: 'users', pipeline: [{$bucketAuto: {groupBy: '$ssn', buckets: 3}}], cursor: {}}",
                "{aggregate: 'users', pipeline: [{$replaceRoot: {newRoot: '$profile'}}], cursor: {}}",
                "{aggregate: 'users', pipeline: [{$redact: '$$KEEP'}, {$sample: {size: 3}}], cursor: {}}",
                "{aggregate: 'users', pipeline: [{$setWindowFields: {sortBy: {_id: 1}, output: {x: {$first: '$email'}}}}], cursor: {}}",
                "{aggregate: 'users', pipeline: [{$geoNear: {near: {type: 'Point', coordinates: [12, 5]}, key: 'loc', distanceField: 'd'}}], cursor: {}}",
                "{aggregate: 'users', pipeline: [{$match: {$text: {$search: 'cats'}}}], cursor: {}}",
                "{aggregate: 'users', pipeline: [{$indexStats: {}}], cursor: {}}",
                "{aggregate: 'users', pipeline: [{$collStats: {storageStats: {}, count: {}}}], cursor: {}}",
                "{aggregate: 'users', pipeline: [{$project: {x: {$toInt: '$ssn'}}}], cursor: {}}",
                "{aggregate: 'orders', pipeline: [{$lookup: {from: 'users', localField: 'user', foreignField: '_id', as: 'u'}}], cursor: {}}",
                "{aggregate: 'orders', pipeline: [{$lookup: {from: 'users', let: {u: '$user'}, pipeline: [{$match: {$expr: {$eq: ['$_id', '$$u']}}}, {$project: {ssn: 1}}], as: 'u'}}], cursor: {}}",
                "{aggregate: 'orders', pipeline: [{$lookup: {from: 'people', localField: 'buyer', foreignField: 'name', as: 'u'}}], cursor: {}}",
                "{aggregate: 'orders', pipeline: [{$graphLookup: {from: 'users', startWith: '$user', connectFromField: 'profile.zip', connectToField: '_id', as: 'g'}}], cursor: {}}",
                "{aggregate: 'orders', pipeline: [{$unionWith: 'users'}], cursor: {}}",
                "{aggregate: 'orders', pipeline: [{$unionWith: {coll: 'people', pipeline: [{$limit: 2}]}}], cursor: {}}",
                "{aggregate: 1, pipeline: [{$documents: [{a: 1}]}, {$lookup: {from: 'users', pipeline: [{$limit: 1}], as: 'u'}}], cursor: {}}",
                "{explain: {find: 'users', filter: {email: {$gt: ''}, name: 'ann4'}}, verbosity: 'allPlansExecution'}",
                "{explain: {find: 'users', filter: {}, hint: 'email_1'}, verbosity: 'executionStats'}",
                "{explain: {aggregate: 'users', pipeline: [{$match: {tags: {$gt: ''}}}], cursor: {}}, verbosity: 'executionStats'}",
                "{explain: {update: 'users', updates: [{q: {_id: 1}, u: {$set: {ssn: 1}}}]}, verbosity: 'executionStats'}",
                "{collStats: 'users'}",
                "{dbStats: 1}",
                "{validate: 'users', full: true}",
                "{listIndexes: 'users'}",
                "{listCollections: 1}",
                "{currentOp: 1}",
                "{documentHistory: 'users', _id: 3}",
                "{documentHistory: 'logs', _id: 3}",
                "{documentBlame: 'users', _id: 3}",
                "{branchLog: 1, patch: true}",
                "{branchLog: 1, collection: 'users', _id: 3, patch: true}",
                "{branchLog: 1, graph: true, patch: true}",
                "{diffBranches: 1, from: 2}",
                "{diffBranches: 1, from: 2, to: 'plain'}",
                "{diffBranches: 1, from: 'plain', fields: true}"));
        for (String type :
                List.of("$toInt", "$toDate", "$year", "$toObjectId", "$size", "$abs", "$arrayElemAt", "$split")) {
            String argument = type.equals("$arrayElemAt") || type.equals("$split") ? "['$ssn', 5]" : "'$ssn'";
            reads.add(
                    "{aggregate: 'users', pipeline: [{$project: {x: {" + type + ": " + argument + "}}}], cursor: {}}");
        }
        return reads;
    }

    /** Each changes something, or is refused with an error that could tell. */
    private static List<String> writes() {
        return List.of(
                "{update: 'users', updates: [{q: {_id: 15}, u: {$set: {name: 'mine', age: 7}}}]}",
                "{mergeBranch: 'rival', dryRun: true}",
                "{mergeBranch: 'rival'}",
                "{listConflicts: 1}",
                "{listConflicts: 1, open: true}",
                "{resolveConflict: {}, take: 'theirs'}",
                "{listConflicts: 1}",
                "{mergeBranch: 1, abort: true}",
                "{mergeBranch: 'rival', strategy: 'theirs'}",
                "{find: 'users', filter: {_id: 15}}",
                "{branchLog: 1, patch: true, limit: 3}",
                "{branchLog: 1, graph: true, patch: true, limit: 9}",
                "{documentHistory: 'users', _id: 15}",
                "{documentBlame: 'users', _id: 15}",
                "{cherryPick: 'rival'}",
                "{rebaseBranch: 1, onto: 'rival'}",
                "{mergeRequest: 'create', source: 'rival', into: 'masked', title: 'mine', checks: [{name: 'none', aggregate: 'users',"
                        + " pipeline: [{$match: {ssn: {$exists: true}}}]}]}",
                "{mergeRequest: 'list'}",
                "{mergeRequest: 'show', id: 1}",
                "{mergeRequest: 'check', id: 1}",
                "{mergeRequest: 'merge', id: 1}",
                "{revertMerge: 1}",
                "{undoChanges: 1, from: 90, dryRun: true}",
                "{undoChanges: 1, from: 90, actor: 'nobody'}",
                "{restore: 'users', at: 20, filter: {ssn: /MARK/}}",
                "{restore: 'users', at: 20, filter: {_id: 3}}",
                "{restore: 'users', at: 20, as: 'users2'}",
                "{find: 'users2'}",
                "{findAndModify: 'users', query: {_id: 1}, update: {$set: {age: 99}}, new: true}",
                "{findAndModify: 'users', query: {_id: 1}, update: {$inc: {age: 1}}, new: false}",
                "{findAndModify: 'users', query: {_id: 2}, update: [{$set: {copy: '$ssn', other: '$email'}}], new: true}",
                "{findAndModify: 'users', query: {_id: 2}, update: {$rename: {bio: 'moved'}}, new: true}",
                "{findAndModify: 'users', query: {ssn: /MARK/}, update: {$set: {hit: 1}}, new: true}",
                "{findAndModify: 'users', sort: {ssn: 1}, query: {}, remove: true}",
                "{findAndModify: 'users', query: {_id: 4}, update: {$push: {tags: 'new'}}, new: true}",
                "{findAndModify: 'users', query: {_id: 4}, update: {$pop: {items: 1}}, new: true}",
                "{findAndModify: 'users', query: {_id: 4}, update: {$inc: {ssn: 1}}}",
                "{findAndModify: 'users', query: {_id: 4}, update: {$min: {salary: 1}}, new: true}",
                "{findAndModify: 'users', query: {_id: 4}, update: {$bit: {ssn: {and: 1}}}}",
                "{findAndModify: 'users', query: {_id: 4}, update: {$pull: {ssn: 1}}}",
                "{findAndModify: 'users', query: {_id: 700}, update: {$set: {ssn: 'x'}}, upsert: true, new: true}",
                "{update: 'users', updates: [{q: {_id: 5}, u: {$set: {name: 'other'}}}, {q: {_id: 6}, u: {$inc: {bio: 1}}}]}",
                "{update: 'users', updates: [{q: {}, u: {$set: {seen: true}}, multi: true}]}",
                "{update: 'users', updates: [{q: {_id: 5}, u: {$set: {'items.$[].n': 7}}}]}",
                "{update: 'users', updates: [{q: {_id: 5}, u: {name: 'replaced', age: 1}}]}",
                "{update: 'users', updates: [{q: {_id: 7}, u: [{$set: {x: {$toInt: '$ssn'}}}]}]}",
                "{update: 'users', updates: [{q: {_id: 28}, u: {$set: {name: 'ann29'}}}]}",
                "{findAndModify: 'users', query: {_id: 28}, update: {$set: {name: 'ann29'}}}",
                "{insert: 'users', documents: [{_id: 8}]}",
                "{insert: 'users', documents: [{_id: 800, loc: {type: 'Point', coordinates: [1000, 2000]}}]}",
                "{update: 'users', updates: [{q: {_id: 9}, u: {$set: {loc: {type: 'Point', coordinates: [1000, 2000]}}}}]}",
                "{delete: 'users', deletes: [{q: {email: /MARK/}, limit: 0}, {q: {_id: 10}, limit: 1}]}",
                "{bulkWrite: 1, ops: [{update: 0, filter: {_id: 11}, updateMods: {$inc: {ssn: 1}}}], nsInfo: [{ns: 'DB.users'}]}",
                "{createIndexes: 'users', indexes: [{key: {ssn: 1}, name: 'u', unique: true}]}",
                "{createIndexes: 'users', indexes: [{key: {'profile.city': 1}, name: 'c', unique: true}]}",
                "{createIndexes: 'users', indexes: [{key: {age: 1}, name: 'p', partialFilterExpression: {ssn: {$gt: 'Q'}}}]}",
                "{createIndexes: 'users', indexes: [{key: {bio: '2dsphere'}, name: 'g'}]}",
                "{createIndexes: 'users', indexes: [{key: {tags: 1, items: 1}, name: 'parallel'}]}",
                "{createIndexes: 'users', indexes: [{key: {seen: 1}, name: 'seen_unique', unique: true}]}",
                "{collMod: 'users', index: {name: 'born_ttl', expireAfterSeconds: 5}}",
                "{collMod: 'users', index: {name: 'name_ssn', prepareUnique: true}}",
                "{collMod: 'users', validator: {ssn: 'x'}}",
                "{create: 'view2', viewOn: 'users', pipeline: [{$project: {s: '$ssn'}}]}",
                "{find: 'view2'}",
                "{aggregate: 'users', pipeline: [{$match: {_id: {$lt: 20}}}, {$out: 'copy'}], cursor: {}}",
                "{find: 'copy'}",
                "{aggregate: 'users', pipeline: [{$project: {ssn: 1, email: 1}}, {$merge: {into: 'merged'}}], cursor: {}}",
                "{find: 'merged'}",
                "{aggregate: 'users', pipeline: [{$project: {age: 1}}, {$merge: {into: 'users', whenMatched: [{$set: {stolen: '$email'}}]}}], cursor: {}}",
                "{aggregate: 'users', pipeline: [{$project: {email: 1, n: 1}}, {$merge: {into: 'users', on: 'email'}}], cursor: {}}",
                "{aggregate: 'users', pipeline: [{$addFields: {age: 'x'}}, {$merge: {into: 'strict', whenMatched: 'fail'}}], cursor: {}}",
                "{aggregate: 'users', pipeline: [{$match: {_id: 12}}, {$merge: {into: 'users', whenMatched: 'fail'}}], cursor: {}}",
                "{renameCollection: 'DB.users', to: 'DB.renamed'}",
                "{find: 'renamed'}",
                "{distinct: 'renamed', key: 'ssn'}",
                "{documentHistory: 'renamed', _id: 3}",
                "{branchLog: 1, patch: true, collection: 'renamed'}",
                "{convertToCapped: 'renamed', size: 1000000}",
                "{find: 'renamed'}",
                "{renameCollection: 'DB.renamed', to: 'DB.users'}",
                "{dropIndexes: 'users', index: '*'}",
                "{find: 'users'}",
                "{create: 'users'}",
                "{commitBranch: 1, comment: 'done'}",
                "{drop: 'copy'}");
    }

    private void compare(String plain, String reader, String command) {
        if (mark(replies("shop~" + plain, command)) != null) {
            shown++;
        }
        hidden(reader, command);
    }

    private void hidden(String reader, String command) {
        List<Doc> replies = replies("shop~" + reader, command);
        String found = mark(replies);
        assertThat(found)
                .as("'%s' in what %s answers on %s: %s", found, command, reader, replies)
                .isNull();
        sweepName(command);
    }

    private void sweepName(String command) {
        swept.add(BsonDocument.parse(command).getFirstKey());
        swept.add("getMore");
    }

    /** What of the hidden values stands in replies; null for nothing. */
    private static @Nullable String mark(List<Doc> replies) {
        for (Doc reply : replies) {
            String raw = new String(reply.toBytes(), StandardCharsets.ISO_8859_1);
            String json = Commander.decode(reply)
                    .toJson(JsonWriterSettings.builder()
                            .outputMode(JsonMode.RELAXED)
                            .build());
            for (String text : List.of(raw, json)) {
                if (text.contains(MARK) || text.contains("07.065Z")) {
                    return MARK;
                }
            }
            for (String number : NUMBERS) {
                if (json.contains(number)) {
                    return number;
                }
            }
        }
        return null;
    }

    /** The reply, and those of all batches behind it. */
    private List<Doc> replies(String database, String command) {
        String at = command.replace("DB.", database + ".");
        BsonDocument parsed = BsonDocument.parse(at);
        boolean admin =
                at.startsWith("{renameCollection") || at.startsWith("{bulkWrite") || at.startsWith("{currentOp");
        String sentTo = admin ? "admin" : database;
        List<Doc> replies = new ArrayList<>();
        if (parsed.getFirstKey().equals("find") || parsed.getFirstKey().equals("branchLog")) {
            String batch = parsed.getFirstKey().equals("find") ? "{batchSize: 4}" : "{cursor: {batchSize: 4}}";
            BsonDocument.parse(batch).forEach(parsed::putIfAbsent);
        }
        BsonDocument reply = commander.reply(sentTo, parsed);
        replies.add(Commander.encode(reply));
        long cursor = cursorOf(reply);
        while (cursor != 0) {
            String collection = reply.getDocument("cursor").getString("ns").getValue();
            BsonDocument getMore = new BsonDocument("getMore", new BsonInt64(cursor))
                    .append("collection", new BsonString(collection.substring(collection.indexOf('.') + 1)));
            BsonDocument next = commander.reply(sentTo, getMore);
            replies.add(Commander.encode(next));
            boolean more = !next.containsKey("cursor")
                    || !next.getDocument("cursor").getArray("nextBatch").isEmpty();
            cursor = more ? cursorOf(next) : 0;
        }
        return replies;
    }

    private static long cursorOf(BsonDocument reply) {
        return reply.containsKey("cursor")
                ? reply.getDocument("cursor").getInt64("id").getValue()
                : 0;
    }

    private void run(String database, String command) {
        commander.run(database, command);
    }

    @Test
    void commands_that_are_said_to_show_no_documents_exist() {
        assertThat(Commands.names()).containsAll(SHOW_NO_DOCUMENTS);
    }

    private String seen(String branch, String command) {
        return String.valueOf(mark(replies("shop~" + branch, command)));
    }
}
