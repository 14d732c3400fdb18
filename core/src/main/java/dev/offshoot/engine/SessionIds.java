package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The logical sessions that a command is about: its first field is a list of <code>{id: UUID}</code>. */
final class SessionIds {
    private SessionIds() {}

    static List<UUID> of(Invocation call) {
        List<UUID> ids = new ArrayList<>();
        for (Doc session : call.documents(call.name())) {
            Value id = new SubDocument(call.name() + "." + call.name(), session).required("id");
            if (id.type() != Bson.BINARY || id.asBinary().length != 16) {
                throw call.mismatch(call.name() + ".id", id, "type 'binData' of 16 bytes (UUID)");
            }
            ByteBuffer bytes = ByteBuffer.wrap(id.asBinary());
            ids.add(new UUID(bytes.getLong(), bytes.getLong()));
        }
        return ids;
    }

    static Value toValue(UUID id) {
        byte[] bytes = ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
        return Value.binary(4, bytes);
    }
}
