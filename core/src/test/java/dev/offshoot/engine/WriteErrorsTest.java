package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a reply says of the statements of a batch that failed. */
class WriteErrorsTest {
    @AutoClose
    private final Commander commander;

    WriteErrorsTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
    }

    private BsonDocument insert(int from, int to, String padding) {
        BsonArray documents = new BsonArray();
        for (int i = from; i < to; i++) {
            documents.add(new BsonDocument("_id", new BsonString(i + padding)));
        }
        return commander.run(
                "shop",
                new BsonDocument("insert", new BsonString("items"))
                        .append("documents", documents)
                        .append("ordered", BsonBoolean.FALSE));
    }

    @Test
    void however_many_fail_and_whatever_they_say_the_reply_has_room_for_all() {
        String padding = "x".repeat(400);
        int count = 30_000;
        insert(0, count, padding);
        BsonDocument reply = insert(0, count + 1, padding);
        assertThat(reply.getInt32("n")).isEqualTo(new BsonInt32(1));
        BsonArray errors = reply.getArray("writeErrors");
        assertThat(errors).hasSize(count);
        assertThat(errors.get(1).asDocument().getString("errmsg").getValue()).contains("E11000", padding);
        BsonDocument last = errors.get(count - 1).asDocument();
        assertThat(last).isEqualTo(BsonDocument.parse("{index: " + (count - 1) + ", code: 11000, errmsg: ''}"));
        BsonDocument between = errors.get(count / 4).asDocument();
        assertThat(between.getString("errmsg").getValue()).isEmpty();
        assertThat(between.getDocument("keyValue")).isNotEmpty();
    }
}
