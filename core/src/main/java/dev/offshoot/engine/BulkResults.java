package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.CommandException;
import java.util.ArrayList;
import java.util.List;

/** What the operations of a {@code bulkWrite} came to: an item each for its cursor, and the sums. Serves one command. */
final class BulkResults {
    private final Invocation call;
    private final boolean errorsOnly;
    private final List<Doc> items = new ArrayList<>();
    private final List<Integer> retried = new ArrayList<>();
    private int errors;
    private int inserted;
    private int matched;
    private int modified;
    private int upserted;
    private int deleted;

    BulkResults(Invocation call, boolean errorsOnly) {
        this.call = call;
        this.errorsOnly = errorsOnly;
    }

    boolean hasErrors() {
        return errors > 0;
    }

    /** @throws CommandException for an error that ends a command as a whole */
    void failed(int index, CommandException error) {
        WriteErrors.rethrow(error);
        errors++;
        DocBuilder item = new DocBuilder()
                .append("ok", 0.0)
                .append("idx", index)
                .append("code", error.code().number())
                .append("errmsg", error.message());
        WriteErrors.appendDetails(error, item);
        items.add(item.append("n", 0).buildDoc());
    }

    void inserted(int index) {
        inserted++;
        add(ok(index, 1));
    }

    void updated(int index, Written written) {
        DocBuilder item = ok(index, written.n()).append("nModified", written.modified());
        modified += written.modified();
        if (written.upserted() == null) {
            matched += written.n();
        } else {
            upserted++;
            item.startDocument("upserted").append("_id", written.upserted()).end();
        }
        add(item);
        noteRetried(index, written);
    }

    void deleted(int index, Written written) {
        deleted += written.n();
        add(ok(index, written.n()));
        noteRetried(index, written);
    }

    private void noteRetried(int index, Written written) {
        if (written.retried()) {
            retried.add(call.retryKeys().statement(index));
        }
    }

    void retried(List<Integer> statements) {
        retried.addAll(statements);
    }

    private static DocBuilder ok(int index, int n) {
        return new DocBuilder().append("ok", 1.0).append("idx", index).append("n", n);
    }

    private void add(DocBuilder item) {
        if (!errorsOnly) {
            items.add(item.buildDoc());
        }
    }

    List<Doc> items() {
        return items;
    }

    void writeSummary(DocBuilder reply) {
        reply.append("nErrors", errors)
                .append("nInserted", inserted)
                .append("nMatched", matched)
                .append("nModified", modified)
                .append("nUpserted", upserted)
                .append("nDeleted", deleted);
        WriteReply.writeRetried(retried, reply);
    }
}
