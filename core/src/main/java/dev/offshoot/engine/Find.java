package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.Collation;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.Metadata;
import dev.offshoot.mql.Projection;
import dev.offshoot.mql.Sort;
import dev.offshoot.query.MinMax;
import dev.offshoot.state.Snapshot;
import java.util.Iterator;
import java.util.Set;

/** {@code find}: the documents that match a filter, in batches. */
final class Find implements Command {
    @Override
    public String name() {
        return "find";
    }

    @Override
    public String help() {
        return "finds documents";
    }

    @Override
    public Set<String> fields() {
        return Set.of(
                "filter",
                "sort",
                "projection",
                "hint",
                "skip",
                "limit",
                "batchSize",
                "singleBatch",
                "noCursorTimeout",
                "allowDiskUse",
                "allowPartialResults",
                "oplogReplay",
                "max",
                "min",
                "returnKey",
                "showRecordId",
                "tailable",
                "awaitData",
                "collation",
                "let");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        String collection = call.collection();
        Snapshot state = call.snapshot();
        Aggregation view = ViewQuery.find(call, state);
        CursorReply.Opening opening = new CursorReply.Opening(
                collection,
                call.number("batchSize", CursorReply.FIRST_BATCH),
                call.bool("singleBatch", false),
                call.bool("noCursorTimeout", false));
        if (Tailing.isAsked(call)) {
            Tailing.open(call, state, opening, reply);
            return;
        }
        CursorReply.first(call, opening, view == null ? documents(call, state, collection) : view.run(call), reply);
    }

    private static Iterator<Doc> documents(Invocation call, Snapshot state, String collection) {
        Query query = query(call, state);
        return query.run(query.plan(state, collection, call.reading(state)), call.pipelineContext());
    }

    static Query query(Invocation call, Snapshot state) {
        Collation collation = Collations.of(call, state);
        Doc order = call.document("sort");
        if (order.has("$natural")) {
            Unsupported.checkNatural(order, "sort");
        } else {
            Sort.compile(order); // refuses what is no order, also where there is nothing to sort
        }
        Query query = new Query(
                call.filter(call.document("filter"), collation),
                order,
                Projection.compile(
                        call.document("projection"), call.compileContext().with(collation)),
                call.number("skip", 0),
                call.number("limit", 0),
                Unsupported.hint(call.get("hint"), "find"),
                form(call));
        checkText(call, query);
        return query;
    }

    private static void checkText(Invocation call, Query query) {
        if (!query.filter().hasText()) {
            if (query.asksForScore()) {
                throw Metadata.TEXT_SCORE.notAvailable();
            }
        } else if (query.order().has("$natural")) {
            throw new CommandException(ErrorCode.BAD_VALUE, "text expression not allowed with $natural sort order");
        } else if (call.bool("tailable", false)) {
            throw new CommandException(ErrorCode.BAD_VALUE, "text and tailable cursor not allowed in same query");
        }
    }

    private static Query.Form form(Invocation call) {
        Doc min = call.document("min");
        Doc max = call.document("max");
        boolean keyOnly = call.bool("returnKey", false);
        boolean recordId = call.bool("showRecordId", false);
        if (min.isEmpty() && max.isEmpty()) {
            return keyOnly || recordId ? new Query.Form(keyOnly, recordId, null) : Query.Form.PLAIN;
        }
        if (!call.has("hint")) {
            throw new CommandException(
                    ErrorCode.location(51173), "When using min()/max() a hint of which index to use must be provided");
        }
        return new Query.Form(keyOnly, recordId, new MinMax(min, max));
    }
}
