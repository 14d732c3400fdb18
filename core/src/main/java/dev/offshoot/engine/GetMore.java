package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.Set;

/** {@code getMore}: the next batch of an open cursor. */
final class GetMore implements Command {
    @Override
    public String name() {
        return "getMore";
    }

    @Override
    public String help() {
        return "gets the next batch of a cursor";
    }

    @Override
    public Set<String> fields() {
        return Set.of("collection", "batchSize", "term", "lastKnownCommittedOpTime");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Value id = call.body().first().value();
        if (id.type() != Bson.INT64) {
            throw call.mismatch("getMore", id, "type 'long'");
        }
        if (call.has("maxTimeMS")) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE, "cannot set maxTimeMS on getMore command for a non-awaitData cursor");
        }
        String collection = call.string("collection");
        long size = call.number("batchSize", 0);
        Cursors cursors = call.engine().cursors();
        Cursors.Open cursor = cursors.take(id.asInt64(), call.database().text(), collection, call.session());
        boolean exhausted = true;
        try {
            cursor.deadline.resume();
            call.worksWith(cursor.deadline);
            reply.startDocument("cursor");
            CursorReply.write("nextBatch", size == 0 ? Long.MAX_VALUE : size, cursor.documents, reply);
            exhausted = !cursor.documents.hasNext();
            cursor.deadline.pause();
            reply.append("id", exhausted ? 0L : cursor.id)
                    .append("ns", call.namespace(collection))
                    .end();
        } finally {
            cursors.giveBack(cursor, exhausted);
        }
    }
}
