package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.DocumentHistory;
import dev.offshoot.state.DocumentVersion;
import dev.offshoot.state.Project;
import dev.offshoot.wal.Origin;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;

/**
 * <code>{documentHistory: COLLECTION, _id, at, limit, cursor}</code>: the versions of a document that a position sees, the newest first, as a
 * cursor.
 */
final class DocumentHistoryCommand implements Command {
    private static final String COLLECTION = "$cmd.documentHistory";

    @Override
    public String name() {
        return "documentHistory";
    }

    @Override
    public String help() {
        return "lists the versions of a document, the newest first: {documentHistory: COLLECTION, _id: ID}";
    }

    @Override
    public Set<String> fields() {
        return Set.of("_id", "at", "limit", "cursor");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Project project = Branches.project(call);
        DocumentHistory history = history(call, project);
        long limit = call.number("limit", 0);
        reply.append("oldest_lsn", project.oldestLsn());
        long batch = CursorReply.batchSize(call.name(), call.document("cursor"), CursorReply.FIRST_BATCH);
        CursorReply.first(
                call,
                new CursorReply.Opening(COLLECTION, batch, false, false),
                documents(project, history, limit == 0 ? Long.MAX_VALUE : limit),
                reply);
    }

    /** The versions of the document that a command names by its first field and {@code _id}. */
    static DocumentHistory history(Invocation call, Project project) {
        Target target = Positions.of(call, "at");
        return history(call, project, target.branch(), target.lsn(), call.collection());
    }

    /** The versions of the same document that a position sees, in a collection that is called so there. */
    static DocumentHistory history(Invocation call, Project project, Branch branch, long lsn, String collection) {
        Value id = call.get("_id");
        if (id == null) {
            throw new CommandException(
                    ErrorCode.location(40414), "BSON field '" + call.name() + "._id' is missing but a required field");
        }
        if (id.type() == Bson.ARRAY || id.type() == Bson.UNDEFINED || id.type() == Bson.REGEX) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE, "no document has an _id of type '" + Bson.typeName(id.type()) + "'");
        }
        return project.documentHistory(branch, lsn, collection, id, call.deadline()::checkNow);
    }

    private static Iterator<Doc> documents(Project project, DocumentHistory history, long limit) {
        return new Iterator<>() {
            private long left = limit;

            @Override
            public boolean hasNext() {
                return left > 0 && history.hasNext();
            }

            @Override
            public Doc next() {
                left--;
                return describe(project, history.next());
            }
        };
    }

    private static Doc describe(Project project, DocumentVersion version) {
        DocBuilder doc = new DocBuilder(512);
        writeVersion(doc, project, version);
        byte[] after = version.after();
        if (after != null) {
            doc.append("document", Value.document(Doc.of(after)));
        }
        return doc.buildDoc();
    }

    /** Which version it is and who made it; of the oldest that is kept nobody knows who. */
    static void writeVersion(DocBuilder doc, Project project, DocumentVersion version) {
        Origin origin = version.origin();
        if (origin == null) {
            doc.append("lsn", version.firstLsn());
        } else {
            LogDocuments.writeWho(
                    doc,
                    project,
                    version.firstLsn(),
                    version.lastLsn(),
                    version.millis(),
                    version.time(),
                    version.branch());
            LogDocuments.writeOrigin(doc, origin);
        }
        doc.append("op", version.kind().name().toLowerCase(Locale.ROOT));
    }
}
