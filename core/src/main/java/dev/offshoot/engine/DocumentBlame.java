package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.merge.DocPath;
import dev.offshoot.merge.DocumentLeaves;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.DocumentHistory;
import dev.offshoot.state.DocumentVersion;
import dev.offshoot.state.Project;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * <code>{documentBlame: COLLECTION, _id, cursor}</code>: for each field of a document as it is at the position of the database reference,
 * which commit gave it its value, as a cursor. Nested fields and the elements of arrays that have an {@code _id} count for
 * themselves, any other array as a whole.
 */
final class DocumentBlame implements Command {
    private static final String COLLECTION = "document.blame";

    @Override
    public String name() {
        return "documentBlame";
    }

    @Override
    public String help() {
        return "tells who gave each field of a document its value: {documentBlame: COLLECTION, _id: ID}";
    }

    @Override
    public Set<String> fields() {
        return Set.of("_id", "cursor");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Project project = Branches.project(call);
        DocumentHistory history = DocumentHistoryCommand.history(call, project);
        byte[] document = history.current();
        if (document == null) {
            throw new CommandException(
                    ErrorCode.NO_SUCH_KEY,
                    "there is no document with _id " + call.get("_id") + " in '" + call.namespace(call.collection())
                            + "'; documentHistory tells whether there was one");
        }
        reply.append("oldest_lsn", project.oldestLsn());
        CursorReply.list(call, COLLECTION, blame(project, history, Doc.of(document)), reply);
    }

    private static List<Doc> blame(Project project, DocumentHistory history, Doc document) {
        Map<DocPath, Value> fields = DocumentLeaves.of(document);
        Map<DocPath, DocumentVersion> made = new LinkedHashMap<>();
        while (made.size() < fields.size() && history.hasNext()) {
            DocumentVersion version = history.next();
            byte @Nullable [] before = version.before();
            Map<DocPath, Value> old = before == null ? Map.of() : DocumentLeaves.of(Doc.of(before));
            fields.forEach((path, value) -> {
                if (!value.equals(old.get(path))) {
                    made.putIfAbsent(path, version);
                }
            });
        }
        List<Doc> rows = new ArrayList<>();
        fields.forEach((path, value) -> {
            DocBuilder row = new DocBuilder(256);
            path.appendTo(row);
            row.append("value", value);
            DocumentVersion version = made.get(path);
            if (version != null) {
                DocumentHistoryCommand.writeVersion(row, project, version);
            }
            rows.add(row.buildDoc());
        });
        return rows;
    }
}
