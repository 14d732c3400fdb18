package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Result;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * <code>{restore: COLLECTION, at: POSITION, filter | _id, as, dryRun}</code>: makes a collection of the branch, or some documents of it, what
 * it was at a position, by one commit. A collection is restored with its options, indexes and record ids; of documents those that match
 * the filter in their version of now or of then. What was not there then is removed. Without {@code at}, a collection that was dropped
 * comes back as it was right before.
 */
final class Restore implements Command {
    @Override
    public String name() {
        return "restore";
    }

    @Override
    public String help() {
        return "makes a collection, or documents of it, what it was: {restore: COLLECTION, at: position, filter: {...},"
                + " as: NAME, dryRun: bool}";
    }

    @Override
    public Set<String> fields() {
        return Set.of("at", "filter", "_id", "as", "dryRun");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        String name = call.checkWritable(call.collection());
        String as = call.optionalString("as");
        if (as != null) {
            call.checkWritable(call.checkCollection(as));
        }
        Doc filter = filter(call, as);
        boolean dryRun = call.bool("dryRun", false);
        Branches.project(call);
        Target place = call.writeTarget();
        if (!call.has("at")) {
            if (filter != null || place.snapshot().entry(name) != null) {
                throw new CommandException(
                        ErrorCode.location(40414),
                        "BSON field 'restore.at' is missing but a required field where the collection is there");
            }
            UndropCollection.run(call, name, as, dryRun, reply);
            return;
        }
        Target then = Positions.of(call, "at");
        RestoreStatement statement =
                new RestoreStatement(call, name, then.snapshot().stored(), filter, as, dryRun);
        write(call, place, then, statement, reply);
    }

    /** Runs it and says what it did. */
    static void write(Invocation call, Target place, Target then, RestoreStatement statement, DocBuilder reply) {
        Result<RestoreStatement.Done> result = call.write(place, statement.collection(), List.of(statement), true)
                .get(0);
        RestoreStatement.Done done = result.get();
        reply.append("name", done.name())
                .append("at", then.branch().name() + "~" + then.lsn())
                .append("created", done.created())
                .append("inserted", done.counts().added())
                .append("updated", done.counts().changed() + done.counts().sameAgain())
                .append("deleted", done.counts().removed())
                .append("altered", done.altered());
        if (statement.dryRun()) {
            reply.append("dryRun", true);
        } else {
            reply.append("changed", result.lsn() > 0).append("head_lsn", result.lsn() > 0 ? result.lsn() : done.head());
        }
    }

    /** What documents are asked for, as a filter; null for the whole collection. */
    private static @Nullable Doc filter(Invocation call, @Nullable String as) {
        Value id = call.get("_id");
        if (id == null && !call.has("filter")) {
            return null;
        }
        if (id != null && call.has("filter")) {
            throw new CommandException(ErrorCode.BAD_VALUE, "restore takes '_id' or 'filter', not both");
        }
        if (as != null) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "'as' is for a collection as a whole; restore it, and then delete the documents that are not wanted");
        }
        return id == null
                ? call.document("filter")
                : new DocBuilder().startDocument("_id").append("$eq", id).end().buildDoc();
    }
}
