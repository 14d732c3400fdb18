package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import java.util.Iterator;
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

    /**
     * This with the name of the command first. PyMongo and other clients write {@code _id} in front of all fields of any document, also of a
     * command that has a field of that name.
     */
    Request nameFirst() {
        if (body.isEmpty() || !body.first().name().equals("_id")) {
            return this;
        }
        Iterator<Doc.Field> fields = body.iterator();
        Doc.Field id = fields.next();
        if (!fields.hasNext()) {
            return this;
        }
        Doc.Field name = fields.next();
        if (name.name().startsWith("$")) {
            return this;
        }
        DocBuilder ordered =
                new DocBuilder(body.length()).append(name.name(), name.value()).append(id.name(), id.value());
        fields.forEachRemaining(field -> ordered.append(field.name(), field.value()));
        return new Request(ordered.buildDoc(), sequences);
    }
}
