package dev.offshoot.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.engine.Commander;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;
import org.jspecify.annotations.Nullable;

/** One case of a file under {@code resources/mql}: what its README says. */
record MqlCase(BsonDocument spec) {
    private static final Set<String> FIELDS = Set.of(
            "it",
            "kind",
            "documents",
            "collections",
            "setup",
            "expression",
            "filter",
            "find",
            "pipeline",
            "options",
            "update",
            "command",
            "expect",
            "unordered",
            "reply",
            "after",
            "error",
            "then");
    private static final Set<String> STEP_FIELDS = Set.of("command", "expect", "unordered", "reply", "after", "error");
    private static final List<String> WAYS = List.of("expression", "filter", "find", "pipeline", "update", "command");
    private static final Set<String> READS = Set.of("expression", "filter", "find");
    private static final String COLLECTION = "c";
    private static final BsonDocument BY_ID = new BsonDocument("_id", new BsonInt32(1));
    private static final JsonWriterSettings CANONICAL =
            JsonWriterSettings.builder().outputMode(JsonMode.EXTENDED).build();

    String name() {
        return spec.getString("it").getValue();
    }

    String kind() {
        return spec.getString("kind").getValue();
    }

    /** Runs it in a database that it may empty. */
    void run(Commander mongo, String database) {
        assertThat(FIELDS).as("the fields a case may have").containsAll(spec.keySet());
        List<String> ways = WAYS.stream().filter(spec::containsKey).toList();
        assertThat(ways).as("one of %s", WAYS).hasSize(1);
        assertThat(List.of("expect", "reply", "after", "error"))
                .as("says what to expect")
                .anyMatch(spec::containsKey);
        mongo.run(database, "{dropDatabase: 1}");
        dropBranches(mongo, database);
        mongo.run("admin", "{killAllSessions: []}");
        prepare(mongo, database);
        String way = ways.get(0);
        if (READS.contains(way)) {
            mongo.run(database, "{createBranch: 'twin', from: 'main'}");
            check(mongo, database + "~twin", way);
        }
        follow(mongo, database, check(mongo, database, way));
    }

    /** Runs the commands of {@code then}, which may say <code>{$cursor: 1}</code> for the cursor of the first reply. */
    private void follow(Commander mongo, String database, BsonDocument reply) {
        BsonValue cursor = reply.getDocument("cursor", new BsonDocument()).get("id", new BsonInt64(0));
        for (BsonValue step : spec.getArray("then", new BsonArray())) {
            assertThat(STEP_FIELDS)
                    .as("the fields of a command that follows")
                    .containsAll(step.asDocument().keySet());
            assertThat(step.asDocument().size())
                    .as("says what to expect: %s", step)
                    .isGreaterThan(1);
            new MqlCase(withCursor(step, cursor).asDocument()).check(mongo, database, "command");
        }
    }

    private static BsonValue withCursor(BsonValue value, BsonValue cursor) {
        if (value.isArray()) {
            return new BsonArray(value.asArray().stream()
                    .map(element -> withCursor(element, cursor))
                    .toList());
        }
        if (!value.isDocument()) {
            return value;
        }
        if (value.asDocument().containsKey("$cursor")) {
            return cursor;
        }
        BsonDocument copy = new BsonDocument();
        value.asDocument().forEach((name, field) -> copy.append(name, withCursor(field, cursor)));
        return copy;
    }

    /** All but {@code main}, which cannot be dropped; none while the database has never been written to. */
    private static void dropBranches(Commander mongo, String database) {
        BsonDocument reply = mongo.reply(database, BsonDocument.parse("{listBranches: 1}"));
        for (BsonValue branch : reply.getArray("branches", new BsonArray())) {
            BsonValue name = branch.asDocument().getString("name");
            if (!name.equals(new BsonString("main"))) {
                mongo.run(database, new BsonDocument("dropBranch", name));
            }
        }
    }

    private void prepare(Commander mongo, String database) {
        insert(mongo, database, COLLECTION, spec.getArray("documents", BsonArray.parse("[{}]")));
        spec.getDocument("collections", new BsonDocument())
                .forEach((name, documents) -> insert(mongo, database, name, documents.asArray()));
        for (BsonValue command : spec.getArray("setup", new BsonArray())) {
            BsonDocument reply = reply(mongo, database, command.asDocument());
            assertThat(reply.getNumber("ok").doubleValue())
                    .as("ok of %s in the setup: %s", command, reply.toJson())
                    .isEqualTo(1);
        }
    }

    /** Sends a command to the case's database, or to the one that its {@code $db} names. */
    private static BsonDocument reply(Commander mongo, String database, BsonDocument command) {
        return mongo.reply(command.getString("$db", new BsonString(database)).getValue(), command);
    }

    private static void insert(Commander mongo, String database, String collection, BsonArray documents) {
        BsonArray withIds = new BsonArray();
        for (BsonValue document : documents) {
            BsonDocument whole = new BsonDocument("_id", new BsonInt32(withIds.size()));
            whole.putAll(document.asDocument());
            withIds.add(whole);
        }
        if (!withIds.isEmpty()) {
            BsonDocument command = new BsonDocument("insert", new BsonString(collection)).append("documents", withIds);
            assertThat(mongo.run(database, command).containsKey("writeErrors"))
                    .as("the documents of a case go in")
                    .isFalse();
        }
    }

    private BsonDocument check(Commander mongo, String database, String way) {
        BsonDocument reply = reply(mongo, database, command(way));
        if (spec.containsKey("error")) {
            checkError(reply);
        } else {
            assertThat(reply.getNumber("ok").doubleValue())
                    .as("ok of %s", reply.toJson())
                    .isEqualTo(1);
            assertThat(reply.containsKey("writeErrors")
                            && !spec.getDocument("reply", new BsonDocument()).containsKey("writeErrors"))
                    .as("no write errors: %s", reply.toJson())
                    .isFalse();
        }
        if (spec.containsKey("reply")) {
            assertPart("reply", spec.getDocument("reply"), reply);
        }
        if (spec.containsKey("expect")) {
            BsonArray got = way.equals("update") ? all(mongo, database, COLLECTION) : batch(reply);
            compare(way, spec.getArray("expect"), got);
        }
        spec.getDocument("after", new BsonDocument())
                .forEach((collection, documents) -> assertThat(text(all(mongo, database, collection)))
                        .as("collection %s afterwards", collection)
                        .isEqualTo(text(documents)));
        return reply;
    }

    private BsonDocument command(String way) {
        BsonValue what = Objects.requireNonNull(spec.get(way));
        BsonDocument command = switch (way) {
            case "expression" ->
                aggregate(new BsonArray(List.of(
                        new BsonDocument("$sort", BY_ID),
                        new BsonDocument("$replaceWith", new BsonDocument("r", what)))));
            case "filter" ->
                new BsonDocument("find", new BsonString(COLLECTION))
                        .append("filter", what)
                        .append("sort", BY_ID)
                        .append("projection", BY_ID);
            case "find" -> with(new BsonDocument("find", new BsonString(COLLECTION)), what.asDocument());
            case "pipeline" -> aggregate(what.asArray());
            case "update" ->
                new BsonDocument("update", new BsonString(COLLECTION))
                        .append("updates", what.isArray() ? what : new BsonArray(List.of(what)));
            default -> what.asDocument().clone();
        };
        return with(command, spec.getDocument("options", new BsonDocument()));
    }

    private static BsonDocument aggregate(BsonArray pipeline) {
        return new BsonDocument("aggregate", new BsonString(COLLECTION))
                .append("pipeline", pipeline)
                .append("cursor", new BsonDocument());
    }

    private static BsonDocument with(BsonDocument command, BsonDocument more) {
        command.putAll(more);
        return command;
    }

    private void compare(String way, BsonArray expected, BsonArray got) {
        List<String> texts = new ArrayList<>();
        for (BsonValue document : got) {
            texts.add(
                    switch (way) {
                        case "expression" -> text(document.asDocument().get("r"));
                        case "filter" -> text(document.asDocument().get("_id"));
                        default -> text(document);
                    });
        }
        List<String> wanted = expected.stream().map(MqlCase::wanted).toList();
        if (spec.containsKey("unordered")) {
            assertThat(texts).containsExactlyInAnyOrderElementsOf(wanted);
        } else {
            assertThat(texts).containsExactlyElementsOf(wanted);
        }
    }

    /** The text of a value of {@code expect}; that of {@code {$missing: 1}} is that of no value. */
    private static String wanted(BsonValue value) {
        boolean missing = value.isDocument() && value.asDocument().containsKey("$missing");
        return missing ? text(null) : text(value);
    }

    private void checkError(BsonDocument reply) {
        BsonDocument error = reply;
        if (reply.containsKey("writeErrors")) {
            error = reply.getArray("writeErrors").get(0).asDocument();
        } else {
            assertThat(reply.getNumber("ok").doubleValue())
                    .as("it should fail: %s", reply.toJson())
                    .isZero();
        }
        BsonDocument wanted = spec.getDocument("error");
        assertThat(Set.of("code", "message", "errInfo")).containsAll(wanted.keySet());
        assertThat(error.getNumber("code").intValue())
                .as("code of %s", error.toJson())
                .isEqualTo(wanted.getNumber("code").intValue());
        if (wanted.containsKey("message")) {
            assertThat(error.getString("errmsg").getValue())
                    .contains(wanted.getString("message").getValue());
        }
        if (wanted.containsKey("errInfo")) {
            assertPart("errInfo", wanted.get("errInfo"), error.get("errInfo"));
        }
    }

    /** Each field of a wanted document is there, with that value; a document inside is a part again, a number may be of any type. */
    private static void assertPart(String path, BsonValue wanted, @Nullable BsonValue got) {
        if (wanted.isDocument() && wanted.asDocument().containsKey("$missing")) {
            assertThat(got == null).as(path).isTrue();
        } else if (wanted.isDocument() && wanted.asDocument().containsKey("$any")) {
            assertThat(got == null).as(path).isFalse();
        } else if (wanted.isDocument() && got != null && got.isDocument()) {
            wanted.asDocument()
                    .forEach((name, value) -> assertPart(
                            path + "." + name, value, got.asDocument().get(name)));
        } else if (wanted.isArray()
                && got != null
                && got.isArray()
                && got.asArray().size() == wanted.asArray().size()) {
            for (int i = 0; i < wanted.asArray().size(); i++) {
                assertPart(
                        path + "." + i, wanted.asArray().get(i), got.asArray().get(i));
            }
        } else if (wanted.isNumber() && got != null && got.isNumber()) {
            assertThat(got.asNumber().doubleValue())
                    .as(path)
                    .isEqualTo(wanted.asNumber().doubleValue());
        } else {
            assertThat(text(got)).as(path).isEqualTo(text(wanted));
        }
    }

    private static BsonArray all(Commander mongo, String database, String collection) {
        return batch(mongo.run(
                database,
                new BsonDocument("find", new BsonString(collection))
                        .append("sort", BY_ID)
                        .append("batchSize", new BsonInt32(1000))));
    }

    private static BsonArray batch(BsonDocument reply) {
        BsonDocument cursor = reply.getDocument("cursor");
        assertThat(cursor.get("id")).as("all in one batch").isEqualTo(new BsonInt64(0));
        return cursor.getArray("firstBatch");
    }

    /** Canonical extended JSON, which shows every type and the order of fields. */
    private static String text(@Nullable BsonValue value) {
        return value == null ? "missing" : new BsonDocument("v", value).toJson(CANONICAL);
    }
}
