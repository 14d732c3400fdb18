package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.mql.CommandException;
import dev.offshoot.state.Result;
import dev.offshoot.state.Statement;
import java.util.ArrayList;
import java.util.List;

/** Runs the operations of a {@code bulkWrite} in order, those that stand together and go together in one go. */
final class BulkRun {
    private final List<BulkOp> ops;
    private final boolean ordered;
    private final BulkResults results;

    BulkRun(List<BulkOp> ops, boolean ordered, BulkResults results) {
        this.ops = ops;
        this.ordered = ordered;
        this.results = results;
    }

    void run() {
        int to;
        for (int from = 0; from < ops.size() && !(ordered && results.hasErrors()); from = to) {
            to = from + 1;
            while (to < ops.size() && ops.get(from).goesWith(ops.get(to))) {
                to++;
            }
            try {
                if (ops.get(from) instanceof BulkOp.Insertion) {
                    insert(from, to);
                } else {
                    write(from, to);
                }
            } catch (CommandException e) {
                for (int i = from; i < (ordered ? from + 1 : to); i++) {
                    results.failed(i, e);
                }
            }
        }
    }

    private void insert(int from, int to) {
        List<Doc> documents = new ArrayList<>();
        for (BulkOp op : ops.subList(from, to)) {
            if (op instanceof BulkOp.Insertion insertion) {
                documents.add(insertion.document());
            }
        }
        BulkOp.Place place = ops.get(from).place();
        InsertStatement.Inserted inserted = Insert.insert(place.call(), place.collection(), documents, from, ordered);
        for (int i = from; i < to && !(ordered && results.hasErrors()); i++) {
            CommandException error = inserted.errors().get(i);
            if (error == null) {
                results.inserted(i);
            } else {
                results.failed(i, error);
            }
        }
        results.retried(inserted.retried());
    }

    private void write(int from, int to) {
        List<Statement<Written>> statements = new ArrayList<>();
        for (BulkOp op : ops.subList(from, to)) {
            if (op instanceof BulkOp.Update update) {
                statements.add(update.statement());
            } else if (op instanceof BulkOp.Delete delete) {
                statements.add(delete.statement());
            }
        }
        BulkOp.Place place = ops.get(from).place();
        List<Result<Written>> written = place.call().write(place.collection(), statements, ordered);
        for (int i = 0; i < written.size(); i++) {
            CommandException error = written.get(i).error();
            if (error != null) {
                results.failed(from + i, error);
            } else if (ops.get(from + i) instanceof BulkOp.Update) {
                results.updated(from + i, written.get(i).get());
            } else {
                results.deleted(from + i, written.get(i).get());
            }
        }
    }
}
