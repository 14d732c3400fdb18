package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Snapshot;
import java.util.Collections;

/** The {@code find} of a tailable cursor, with MongoDB's conditions for one. */
final class Tailing {
    private Tailing() {}

    /** Whether a {@code find} asks for a tailable cursor. */
    static boolean isAsked(Invocation call) {
        boolean tailable = call.bool("tailable", false);
        if (call.bool("awaitData", false) && !tailable) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE, "Cannot set 'awaitData' without also setting 'tailable'");
        }
        return tailable;
    }

    static void open(Invocation call, Snapshot state, CursorReply.Opening opening, DocBuilder reply) {
        Query query = Find.query(call, state);
        checkQuery(query, opening);
        CollectionSnapshot found = call.collection(state, opening.collection());
        if (found == null) {
            CursorReply.first(call, opening, Collections.emptyIterator(), reply);
            return;
        }
        String namespace = call.namespace(opening.collection());
        if (!found.definition().isCapped()) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "error processing query: ns=" + namespace + " tailable cursor requested on non capped collection");
        }
        TailStream tail = new TailStream(call::snapshot, state, found, namespace, query, call.pipelineContext());
        CursorReply.firstOfTail(call, opening, tail, call.bool("awaitData", false), reply);
    }

    private static void checkQuery(Query query, CursorReply.Opening opening) {
        Doc order = query.order();
        Value natural = order.get("$natural");
        if (!order.isEmpty() && (natural == null || natural.toDouble() != 1)) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE, "cannot use tailable option with a sort other than {$natural: 1}");
        }
        if (opening.single()) {
            throw new CommandException(ErrorCode.BAD_VALUE, "cannot use tailable option with the 'singleBatch' option");
        }
    }
}
