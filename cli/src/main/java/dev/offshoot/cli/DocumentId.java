package dev.offshoot.cli;

import java.util.Objects;
import org.bson.BsonDocument;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.json.JsonParseException;
import org.bson.types.ObjectId;

/** An {@code _id} as people type it: 24 hexadecimal digits are an ObjectId, extended JSON is what it says, anything else is a string. */
final class DocumentId {
    static final String DESCRIPTION =
            "Its _id: 24 hexadecimal digits are an ObjectId; extended JSON is what it says, as in 7, '\"7\"' or"
                    + " '{\"$uuid\": \"...\"}'; anything else is a string.";

    private DocumentId() {}

    static BsonValue of(String text) {
        if (ObjectId.isValid(text)) {
            return new BsonObjectId(new ObjectId(text));
        }
        try {
            BsonDocument parsed = BsonDocument.parse("{\"v\": " + text + "}");
            return parsed.size() == 1 ? Objects.requireNonNull(parsed.get("v")) : new BsonString(text);
        } catch (JsonParseException | IllegalArgumentException e) {
            return new BsonString(text);
        }
    }
}
