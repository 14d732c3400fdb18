package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.merge.DocPath;
import dev.offshoot.merge.DocumentLeaves;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.DocumentHistory;
import dev.offshoot.state.DocumentVersion;
import dev.offshoot.state.Project;
import dev.offshoot.state.RecordId;
import dev.offshoot.state.Snapshot;
import dev.offshoot.wal.Change;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * <code>{documentBlame: COLLECTION, _id, at, cursor}</code>: for each field of a document as it is at a position,
 * which commit gave it its value, as a cursor. Nested fields and the elements of arrays that have an {@code _id} count for
 * themselves, any other array as a whole. What a merge took over is blamed on who made it there.
 */
final class DocumentBlame implements Command {
    private static final String COLLECTION = "$cmd.documentBlame";

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
        return Set.of("_id", "at", "cursor");
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
        CursorReply.list(call, COLLECTION, blame(call, project, history, Doc.of(document)), reply);
    }

    private static List<Doc> blame(Invocation call, Project project, DocumentHistory history, Doc document) {
        Map<DocPath, Value> fields = DocumentLeaves.of(document);
        Map<DocPath, DocumentVersion> made = new HashMap<>();
        trace(call, project, history, fields, made);
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

    /**
     * Finds for each field the version that gave it its value.
     *
     * @param fields as the newest version has them
     * @param made where the versions go
     */
    private static void trace(
            Invocation call,
            Project project,
            DocumentHistory history,
            Map<DocPath, Value> fields,
            Map<DocPath, DocumentVersion> made) {
        Map<DocPath, Value> open = new LinkedHashMap<>(fields);
        while (!open.isEmpty() && history.hasNext()) {
            DocumentVersion version = history.next();
            byte @Nullable [] before = version.before();
            Map<DocPath, Value> old = before == null ? Map.of() : DocumentLeaves.of(Doc.of(before));
            Map<DocPath, Value> changed = new LinkedHashMap<>(open);
            changed.entrySet().removeIf(field -> field.getValue().equals(old.get(field.getKey())));
            open.keySet().removeAll(changed.keySet());
            Change.Merge merge = version.merge();
            if (merge != null && !changed.isEmpty()) {
                traceMerged(call, project, version, merge, changed, made);
            }
            changed.keySet().forEach(path -> made.putIfAbsent(path, version));
        }
    }

    /** What a merge took over as it was has been made by who made it there. */
    private static void traceMerged(
            Invocation call,
            Project project,
            DocumentVersion version,
            Change.Merge merge,
            Map<DocPath, Value> changed,
            Map<DocPath, DocumentVersion> made) {
        Branch from = project.catalog().branch(merge.from());
        DocumentHistory theirs = from == null
                ? null
                : DocumentHistoryCommand.history(
                        call, project, from, merge.lsn(), nameThere(project.storedAt(from, merge.lsn()), version));
        byte[] document = theirs == null ? null : theirs.current();
        if (theirs != null && document != null) {
            Map<DocPath, Value> there = DocumentLeaves.of(Doc.of(document));
            Map<DocPath, Value> taken = new LinkedHashMap<>(changed);
            taken.entrySet().removeIf(field -> !field.getValue().equals(there.get(field.getKey())));
            trace(call, project, theirs, taken, made);
        }
    }

    /** What the collection of a version is called in another state; a collection of the same name where it is not there. */
    private static String nameThere(Snapshot state, DocumentVersion version) {
        CollectionSnapshot same = state.collections().get(RecordId.key(version.collection()));
        return same == null ? version.name() : same.name();
    }
}
