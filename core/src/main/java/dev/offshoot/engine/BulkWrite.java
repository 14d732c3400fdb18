package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code bulkWrite}: inserts, updates and deletes in any number of namespaces, those of different projects and branches too. Each
 * statement is atomic by itself.
 */
final class BulkWrite implements Command {
    private static final Set<String> INSERT_FIELDS = Set.of("insert", "document");
    private static final Set<String> DELETE_FIELDS = Set.of("delete", "filter", "multi", "hint", "collation");
    private static final Set<String> NAMESPACE_FIELDS = Set.of("ns", "collectionUUID", "encryptionInformation");

    @Override
    public String name() {
        return "bulkWrite";
    }

    @Override
    public String help() {
        return "inserts, changes and removes documents in several collections";
    }

    @Override
    public Set<String> fields() {
        return Set.of(
                "ops",
                "nsInfo",
                "cursor",
                "bypassDocumentValidation",
                "bypassEmptyTsReplacement",
                "ordered",
                "let",
                "errorsOnly",
                "stmtIds",
                "stmtId");
    }

    @Override
    public boolean adminOnly() {
        return true;
    }

    @Override
    public boolean retryable() {
        return true;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        List<Doc> docs = call.documents("ops");
        Insert.checkBatchSize(call, docs.size());
        List<BulkOp.Place> places = places(call);
        List<BulkOp> ops = new ArrayList<>();
        for (Doc doc : docs) {
            ops.add(op(call, doc, places, ops.size()));
        }
        long size = CursorReply.batchSize(name(), call.document("cursor"), Long.MAX_VALUE);
        Value errorsOnly = call.typed("errorsOnly", Bson.BOOLEAN, "bool");
        BulkResults results = new BulkResults(call, errorsOnly != null && errorsOnly.asBoolean());
        new BulkRun(ops, WriteOps.isOrdered(call), results).run();
        CursorReply.Opening opening = new CursorReply.Opening("$cmd.bulkWrite", size, false, false);
        CursorReply.first(call, opening, results.items().iterator(), reply);
        results.writeSummary(reply);
    }

    /** The namespaces that ops name by number; those of one database share one invocation. */
    private static List<BulkOp.Place> places(Invocation call) {
        Map<String, Invocation> databases = new HashMap<>();
        List<BulkOp.Place> places = new ArrayList<>();
        for (Doc doc : call.documents("nsInfo")) {
            SubDocument info = new SubDocument("bulkWrite.nsInfo", doc).only(NAMESPACE_FIELDS);
            Unsupported.refuse(doc, "bulkWrite", "collectionUUID", "encryptionInformation");
            String namespace = info.string("ns");
            int dot = namespace.indexOf('.');
            if (dot <= 0 || dot == namespace.length() - 1) {
                throw new CommandException(
                        ErrorCode.INVALID_NAMESPACE, "Invalid namespace specified for bulkWrite: '" + namespace + "'");
            }
            Invocation at = databases.computeIfAbsent(namespace.substring(0, dot), database -> on(call, database));
            places.add(new BulkOp.Place(at, at.checkWritable(at.checkCollection(namespace.substring(dot + 1)))));
        }
        return places;
    }

    private static Invocation on(Invocation call, String database) {
        Invocation there = call.on(DatabaseReference.parse(database));
        call.engine().observe(there);
        return there;
    }

    private static BulkOp op(Invocation call, Doc doc, List<BulkOp.Place> places, int index) {
        SubDocument op = new SubDocument("bulkWrite.ops", doc);
        String kind = doc.isEmpty() ? "" : doc.first().name();
        return switch (kind) {
            case "insert" -> {
                Doc document = op.only(INSERT_FIELDS).requiredDocument("document");
                yield new BulkOp.Insertion(place(op, kind, places), document);
            }
            case "update" -> {
                Set<String> fields = WriteOps.Names.BULK.ofUpdate();
                for (Doc.Field field : doc) {
                    op.refuseUnknown(
                            field.name(),
                            fields.contains(field.name()) || field.name().equals(kind));
                }
                op.checkBool("multi");
                op.checkBool("upsert");
                BulkOp.Place at = place(op, kind, places);
                yield new BulkOp.Update(
                        at, WriteOps.update(at.call(), at.collection(), op, WriteOps.Names.BULK, call.retryKey(index)));
            }
            case "delete" -> {
                Doc filter = op.only(DELETE_FIELDS).requiredDocument("filter");
                op.checkBool("multi");
                BulkOp.Place at = place(op, kind, places);
                yield new BulkOp.Delete(
                        at,
                        WriteOps.delete(
                                at.call(), at.collection(), op, filter, !op.bool("multi"), call.retryKey(index)));
            }
            default ->
                throw new CommandException(
                        ErrorCode.UNKNOWN_FIELD, "BSON field 'bulkWrite." + kind + "' is an unknown field.");
        };
    }

    private static BulkOp.Place place(SubDocument op, String kind, List<BulkOp.Place> places) {
        Value index = op.required(kind);
        if (!index.isNumber()) {
            throw op.mismatch(kind, index, "types '[long, int, decimal, double]'");
        }
        long i = index.toLong();
        if (i < 0) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE, "BSON field '" + kind + "' value must be >= 0, actual value '" + i + "'");
        }
        if (i >= places.size()) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE, "BulkWrite ops entry " + op.doc() + " has an invalid nsInfo index.");
        }
        return places.get((int) i);
    }
}
