package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import java.util.List;
import java.util.Map;

/**
 * A command as it arrived.
 *
 * @param body the command document, {@code $db} included; checked by {@link dev.offshoot.bson.BsonCheck}
 * @param sequences document sequences of OP_MSG by the name of the field they stand for; empty for none
 */
public record Request(Doc body, Map<String, List<Doc>> sequences) {
    public static Request of(Doc body) {
        return new Request(body, Map.of());
    }
}
