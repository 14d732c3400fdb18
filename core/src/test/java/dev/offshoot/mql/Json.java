package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;

/** Documents and values from extended JSON, and back. */
public final class Json {
    private static final JsonWriterSettings CANONICAL =
            JsonWriterSettings.builder().outputMode(JsonMode.EXTENDED).build();

    private Json() {}

    public static Doc doc(String json) {
        RawBsonDocument raw = RawBsonDocument.parse(json);
        byte[] bytes = new byte[raw.getByteBuffer().remaining()];
        raw.getByteBuffer().get(bytes);
        return Doc.of(bytes);
    }

    public static Value value(String json) {
        return doc("{v: " + json + "}").first().value();
    }

    public static List<Doc> docs(String json) {
        List<Doc> docs = new ArrayList<>();
        for (Doc.Field field : value(json).asDoc()) {
            docs.add(field.value().asDoc());
        }
        return docs;
    }

    /** Canonical extended JSON: shows every type. */
    public static String text(Doc doc) {
        return decode(doc).toJson(CANONICAL);
    }

    static BsonDocument decode(Doc doc) {
        return BsonDocument.parse(new RawBsonDocument(doc.toBytes()).toJson(CANONICAL));
    }

    static PipelineContext context() {
        return PipelineContext.of(1_000_000L, new Random(7));
    }
}
