package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.state.Result;
import java.util.ArrayList;
import java.util.List;

/** Counts what the statements of a write command came to, and answers it. Serves one command. */
final class WriteReply {
    private final Invocation call;
    private final WriteErrors errors = new WriteErrors();
    private final DocBuilder upserted = new DocBuilder().startArray("upserted");
    private final List<Integer> retried = new ArrayList<>();
    private boolean anyUpserted;
    private int n;
    private int modified;

    WriteReply(Invocation call) {
        this.call = call;
    }

    WriteReply addAll(List<Result<Written>> results) {
        for (int i = 0; i < results.size(); i++) {
            CommandException error = results.get(i).error();
            if (error != null) {
                errors.add(i, error);
            } else {
                add(i, results.get(i).get());
            }
        }
        return this;
    }

    private void add(int index, Written written) {
        n += written.n();
        modified += written.modified();
        if (written.upserted() != null) {
            anyUpserted = true;
            upserted.addDocument()
                    .append("index", index)
                    .append("_id", written.upserted())
                    .end();
        }
        if (written.retried()) {
            retried.add(call.retryKeys().statement(index));
        }
    }

    void writeUpdated(DocBuilder reply) {
        reply.append("n", n).append("nModified", modified);
        if (anyUpserted) {
            reply.appendAll(upserted.end().buildDoc());
        }
        writeRest(reply);
    }

    void writeDeleted(DocBuilder reply) {
        reply.append("n", n);
        writeRest(reply);
    }

    private void writeRest(DocBuilder reply) {
        errors.write(reply);
        writeRetried(retried, reply);
    }

    /** The numbers of the statements that had been executed before. */
    static void writeRetried(List<Integer> retried, DocBuilder reply) {
        if (!retried.isEmpty()) {
            reply.startArray("retriedStmtIds");
            retried.forEach(id -> reply.add(Value.of(id)));
            reply.end();
        }
    }
}
