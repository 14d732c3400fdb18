package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.Set;

/** {@code getMore}: the next batch of an open cursor. */
final class GetMore implements Command {
    /** How long a tailable cursor waits for documents when nobody says. */
    private static final long AWAIT_MILLIS = 1000;

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
        String collection = call.string("collection");
        long size = call.number("batchSize", 0);
        Cursors cursors = call.engine().cursors();
        Cursors.Open cursor = cursors.take(id.asInt64(), call.database().text(), collection, call.session());
        boolean exhausted = false;
        try {
            checkTimeLimit(call, cursor);
            exhausted = true; // what fails from here on ends the cursor
            cursor.deadline.resume();
            call.worksWith(cursor.deadline);
            Tail tail = cursor.tail();
            if (tail != null && cursor.awaitsData() && !cursor.documents.hasNext()) {
                tail.await(call.number("maxTimeMS", AWAIT_MILLIS));
            }
            reply.startDocument("cursor");
            CursorReply.write("nextBatch", size == 0 ? Long.MAX_VALUE : size, cursor.documents, reply);
            exhausted = !cursor.documents.hasNext() && (tail == null || tail.isOver());
            cursor.deadline.pause();
            reply.append("id", exhausted ? 0L : cursor.id)
                    .append("ns", call.namespace(collection))
                    .end();
        } finally {
            cursors.giveBack(cursor, exhausted);
        }
    }

    private static void checkTimeLimit(Invocation call, Cursors.Open cursor) {
        if (call.number("maxTimeMS", -1) >= 0 && !cursor.awaitsData()) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE, "cannot set maxTimeMS on getMore command for a non-awaitData cursor");
        }
    }
}
