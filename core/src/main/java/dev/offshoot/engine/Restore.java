package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Catalog;
import dev.offshoot.state.Project;
import dev.offshoot.state.Result;
import dev.offshoot.state.Scope;
import dev.offshoot.state.Snapshot;
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
    public boolean retryable() {
        return true;
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
        Project project = Branches.project(call);
        Target place = call.writeTarget();
        Once once = once(call, project, dryRun);
        if (again(call, place, once, reply)) {
            return;
        }
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
        if (as == null && place.snapshot().entry(name) != null) {
            checkWhole(call, place, then);
        }
        write(call, place, statement(call, name, then, List.of(), filter, as, dryRun, once), reply);
    }

    /**
     * The statement that restores from a position, which a cleanup leaves as long as the command goes on.
     *
     * @param passed what the state there went through to be seen on the branch
     */
    static RestoreStatement statement(
            Invocation call,
            String collection,
            Target then,
            List<Scope> passed,
            @Nullable Doc filter,
            @Nullable String as,
            boolean dryRun,
            Once once) {
        Snapshot state = Scope.restrict(call.snapshot(then).stored(), passed);
        boolean whole = passed.stream().noneMatch(Scope::schemaOnly);
        String at = then.branch().name() + "~" + then.lsn();
        return new RestoreStatement(call, collection, state, whole, at, filter, as, dryRun, once);
    }

    static Once once(Invocation call, Project project, boolean dryRun) {
        return dryRun ? new Once(project, call.name(), List.of()) : Once.of(call, project, call.name());
    }

    /** Answers a command that was sent before what it came to then; whether it was. */
    static boolean again(Invocation call, Target place, Once once, DocBuilder reply) {
        Doc before = once.before(place.branch(), call);
        if (before != null) {
            RestoreStatement.Done done = RestoreStatement.Done.of(before);
            describe(done, once.commitLsn(place.branch(), done.head()), reply);
        }
        return before != null;
    }

    /** Refuses a position without documents that the branch has: to be what was there would be to lose them. */
    private static void checkWhole(Invocation call, Target place, Target then) {
        Catalog catalog = place.project().catalog();
        List<Scope> left = catalog.passed(then.branch(), then.lsn());
        left.removeAll(catalog.passed(place.branch(), place.lsn()));
        if (left.stream().anyMatch(Scope::schemaOnly)) {
            throw new CommandException(
                    ErrorCode.ILLEGAL_OPERATION,
                    "branch '" + then.branch().name() + "' leaves documents out, so "
                            + call.namespace(call.collection())
                            + " would lose those that it never had; bring what was written there by merging it, or by"
                            + " a cherryPick of single commits");
        }
    }

    /** Runs it and says what it did. */
    static void write(Invocation call, Target place, RestoreStatement statement, DocBuilder reply) {
        Result<RestoreStatement.Done> result = call.write(place, statement.collection(), List.of(statement), true)
                .get(0);
        RestoreStatement.Done done = result.get();
        if (statement.dryRun()) {
            describe(done, reply);
            reply.append("dryRun", true);
        } else {
            long made = done.again() ? statement.once().commitLsn(place.branch(), done.head()) : result.lsn();
            describe(done, made, reply);
        }
    }

    /** @param made where the commit ends; 0 for none */
    private static void describe(RestoreStatement.Done done, long made, DocBuilder reply) {
        describe(done, reply);
        reply.append("changed", made > 0).append("head_lsn", made > 0 ? made : done.head());
    }

    private static void describe(RestoreStatement.Done done, DocBuilder reply) {
        reply.append("name", done.name())
                .append("at", done.at())
                .append("created", done.created())
                .append("inserted", done.counts().added())
                .append("updated", done.counts().changed() + done.counts().sameAgain())
                .append("deleted", done.counts().removed())
                .append("altered", done.altered());
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
