package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.Set;

/** {@code killCursors}: closes cursors before their end. */
final class KillCursors implements Command {
    private static final String OF_NO_COLLECTION = "$cmd.";

    @Override
    public String name() {
        return "killCursors";
    }

    @Override
    public String help() {
        return "closes cursors";
    }

    @Override
    public Set<String> fields() {
        return Set.of("cursors");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        checkCollection(call);
        Value ids = call.typed("cursors", Bson.ARRAY, "array");
        if (ids == null) {
            throw new CommandException(
                    ErrorCode.location(40414), "BSON field 'killCursors.cursors' is missing but a required field");
        }
        for (Doc.Field field : ids.asDoc()) { // all of them before the first is closed
            if (field.value().type() != Bson.INT64) {
                throw call.mismatch("cursors." + field.name(), field.value(), "type 'long'");
            }
        }
        DocBuilder killed = new DocBuilder();
        DocBuilder missing = new DocBuilder();
        int k = 0;
        int m = 0;
        for (Doc.Field field : ids.asDoc()) {
            Value id = field.value();
            if (call.engine().cursors().kill(id.asInt64(), call.database().text())) {
                killed.append(Integer.toString(k++), id);
            } else {
                missing.append(Integer.toString(m++), id);
            }
        }
        reply.appendArray("cursorsKilled", killed.buildDoc())
                .appendArray("cursorsNotFound", missing.buildDoc())
                .appendArray("cursorsAlive", Doc.EMPTY)
                .appendArray("cursorsUnknown", Doc.EMPTY);
    }

    /** The name that has to be there and that no cursor is asked for: also {@code $cmd.listCollections} and others that are of none. */
    private static void checkCollection(Invocation call) {
        Value named = call.body().first().value();
        if (!named.isString() || !named.asString().startsWith(OF_NO_COLLECTION)) {
            call.collection();
        }
    }
}
