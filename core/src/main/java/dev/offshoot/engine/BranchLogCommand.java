package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Catalog;
import dev.offshoot.state.DocumentVersion;
import dev.offshoot.state.LogQuery;
import dev.offshoot.state.Project;
import dev.offshoot.state.Segments;
import dev.offshoot.wal.Commit;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * <code>{branchLog: 1, collection, _id, actor, since, until, before, limit, patch, graph, cursor}</code>: the commits that the position of
 * the database reference sees, or the one that is named instead of 1, the newest first, as a cursor. With {@code since} without what that
 * position sees too, with {@code until} only what that one sees too; {@code before} is the LSN of a commit to go on behind.
 */
final class BranchLogCommand implements Command {
    private static final String COLLECTION = "$cmd.branchLog";

    /** Commands that put documents which may be there or not. */
    private static final Set<String> REPLAYS = Set.of(
            "mergeBranch",
            "resolveConflict",
            "undoChanges",
            "cherryPick",
            "rebaseBranch",
            "revertMerge",
            "resetBranch",
            "restore",
            "mergeRequest");

    @Override
    public String name() {
        return "branchLog";
    }

    @Override
    public String help() {
        return "lists the commits that a position of a branch sees, the newest first";
    }

    @Override
    public Set<String> fields() {
        return Set.of("collection", "_id", "actor", "since", "until", "before", "limit", "patch", "graph", "cursor");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Project project = Branches.project(call);
        Target target = target(call, call.name());
        LogQuery query = query(call, project, target);
        Iterator<LogNode> nodes = call.bool("graph", false)
                ? graph(call, project, target, query)
                : LogNode.of(project.log(target.branch(), target.lsn(), query, call.deadline()::checkNow));
        long limit = call.number("limit", 0);
        reply.append("branch", target.branch().name())
                .append("lsn", target.lsn())
                .append("first_lsn", project.firstLsn());
        long batch = CursorReply.batchSize(call.name(), call.document("cursor"), CursorReply.FIRST_BATCH);
        CursorReply.first(
                call,
                new CursorReply.Opening(COLLECTION, batch, false, false),
                new LogDocuments(project, nodes, limit == 0 ? Long.MAX_VALUE : limit, query.edits()),
                reply);
    }

    /** The position that the command's own field names by a text, else the one of its database. */
    private static Target target(Invocation call, String field) {
        Target target = call.target();
        Value named = call.get(field);
        if (target == null || (named != null && named.isString())) {
            return Positions.of(call, field);
        }
        return target;
    }

    private static Iterator<LogNode> graph(Invocation call, Project project, Target target, LogQuery query) {
        for (String filter : List.of("collection", "_id", "actor")) {
            if (call.has(filter)) {
                throw new CommandException(
                        ErrorCode.BAD_VALUE, "a graph has no holes: leave out either 'graph' or '" + filter + "'");
            }
        }
        return new LogGraph(project, target.branch(), target.lsn(), query, call.deadline()::checkNow);
    }

    private static LogQuery query(Invocation call, Project project, Target target) {
        String collection = call.optionalString("collection");
        if (call.has("_id") && collection == null) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE, "_id is that of a document in a collection; name it: {collection: 'NAME'}");
        }
        long upTo = call.has("until") ? common(call, target, "until") : Long.MAX_VALUE;
        if (call.has("before")) {
            upTo = Math.min(upTo, Math.max(0, call.number("before", 0) - 1));
        }
        return new LogQuery(
                call.has("since") ? common(call, target, "since") : 0,
                upTo,
                call.optionalString("actor"),
                collection,
                wanted(call, project, target, collection),
                call.bool("patch", false),
                BranchLogCommand::replays,
                Masked.of(call, target),
                target.branch().id());
    }

    /** Whether a commit made a version of the document that was asked for. Is asked of one commit after the other, the newest first. */
    private static LongPredicate wanted(Invocation call, Project project, Target target, @Nullable String collection) {
        Value id = call.get("_id");
        if (id == null || collection == null) {
            return lsn -> true;
        }
        Peeking<DocumentVersion> versions = new Peeking<>(
                project.documentHistory(target.branch(), target.lsn(), collection, id, call.deadline()::checkNow));
        return lsn -> {
            while (versions.peek() != null && versions.peek().firstLsn() > lsn) {
                versions.next();
            }
            DocumentVersion version = versions.peek();
            return version != null && version.origin() != null && version.firstLsn() == lsn;
        };
    }

    /** Whether what put a document may have inserted or updated it. */
    static boolean replays(Commit commit) {
        return REPLAYS.contains(commit.origin().command()) || commit.pick() != null;
    }

    /** Up to where the position that is asked for, and the one that a field names, see the same. */
    private static long common(Invocation call, Target target, String field) {
        Target named;
        try {
            named = Positions.of(call, field);
        } catch (CommandException e) {
            if (isTime(call.get(field)) && e.code().equals(ErrorCode.BAD_VALUE)) {
                return 0; // before all that is kept
            }
            throw e;
        }
        Catalog catalog = target.project().catalog();
        Segments here = catalog.segments(target.branch(), target.lsn());
        Segments there = catalog.segments(named.branch(), named.lsn());
        long common = 0;
        for (Segments.Segment one : here.newestFirst()) {
            for (Segments.Segment other : there.newestFirst()) {
                long upTo = Math.min(one.upTo(), other.upTo());
                if (one.branch() == other.branch() && upTo > Math.max(one.above(), other.above())) {
                    common = Math.max(common, upTo);
                }
            }
        }
        return common;
    }

    private static boolean isTime(@Nullable Value value) {
        return value != null
                && (value.type() == Bson.DATE
                        || (value.isString() && value.asString().indexOf(':') >= 0));
    }
}
