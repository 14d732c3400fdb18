package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.merge.DocumentDiff;
import dev.offshoot.state.Branch;
import dev.offshoot.state.DocumentEdit;
import dev.offshoot.state.LoggedCommit;
import dev.offshoot.state.Project;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Origin;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Commits as the documents that {@code branchLog} answers: one each, and where edits are shown that are too many for one, further ones that
 * have {@code part} and go on with them. Not thread safe.
 */
final class LogDocuments implements Iterator<Doc> {
    private static final int PART_EDITS_MAX = 1000;
    private static final int PART_BYTES_MAX = 4 << 20;
    private static final int EDIT_BYTES_MAX = Bson.DOCUMENT_BYTES_MAX + 2048;
    private static final int ID_BYTES_MAX = 1024;

    private final Project project;
    private final Iterator<LogNode> nodes;
    private final boolean showsEdits;
    private long left;
    private @Nullable LoggedCommit going;
    private Peeking<Doc> edits = new Peeking<>(Collections.emptyIterator());
    private int part;

    /** @param limit how many commits at most */
    LogDocuments(Project project, Iterator<LogNode> nodes, long limit, boolean showsEdits) {
        this.project = project;
        this.nodes = nodes;
        this.left = limit;
        this.showsEdits = showsEdits;
    }

    @Override
    public boolean hasNext() {
        return edits.hasNext() || (left > 0 && nodes.hasNext());
    }

    @Override
    public Doc next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        DocBuilder doc = new DocBuilder(512);
        LoggedCommit commit = going;
        if (edits.hasNext() && commit != null) {
            doc.append("lsn", commit.firstLsn())
                    .append("last_lsn", commit.lastLsn())
                    .append("part", ++part);
            writeEdits(doc);
        } else {
            LogNode node = nodes.next();
            left--;
            part = 0;
            going = node.commit();
            write(doc, node);
        }
        return doc.buildDoc();
    }

    private void write(DocBuilder doc, LogNode node) {
        LoggedCommit commit = node.commit();
        writeWho(doc, project, commit.firstLsn(), commit.lastLsn(), commit.millis(), commit.time(), commit.branch());
        writeOrigin(doc, commit.origin());
        List<Long> parents = node.parents();
        if (parents != null) {
            doc.startArray("parents");
            parents.forEach(parent -> doc.add(Value.of(parent)));
            doc.end();
        }
        if (commit.mark()) {
            doc.append("mark", true);
        }
        writeSource(doc, commit.source());
        Change.Pick pick = commit.pick();
        if (pick != null) {
            Branch from = project.catalog().branch(pick.from());
            doc.startDocument("picked")
                    .append("branch", from == null ? "" : from.name())
                    .append("lsn", pick.lsn())
                    .append("by", pick.by())
                    .end();
        }
        doc.startArray("changes");
        for (LoggedCommit.Touched touched : commit.collections()) {
            doc.addDocument()
                    .append("ns", touched.name())
                    .append("inserted", touched.inserted())
                    .append("updated", touched.updated())
                    .append("deleted", touched.deleted())
                    .end();
        }
        doc.end();
        writeDefinitions(doc, commit);
        if (showsEdits) {
            showEdits(doc, commit.edits());
        }
    }

    /** The fields that say when and where something was done. */
    static void writeWho(
            DocBuilder doc, Project project, long firstLsn, long lastLsn, long millis, long time, long branchId) {
        Branch branch = project.catalog().branch(branchId);
        doc.append("lsn", firstLsn)
                .append("last_lsn", lastLsn)
                .appendDate("at", millis)
                .appendTimestamp("time", time)
                .append("branch", branch == null ? "" : branch.name());
    }

    /** The fields that say who did something, by what, and what they said about it. */
    static void writeOrigin(DocBuilder doc, Origin origin) {
        doc.append("actor", origin.actor()).append("command", origin.command());
        if (!origin.message().isEmpty()) {
            doc.append("message", origin.message());
        }
    }

    private void writeSource(DocBuilder doc, @Nullable Change source) {
        if (source instanceof Change.Merge merge) {
            writePosition(doc, "merged", merge.from(), merge.lsn());
        } else if (source instanceof Change.Reset reset) {
            writePosition(doc, "reset_to", reset.from(), reset.lsn());
        }
    }

    private void writePosition(DocBuilder doc, String field, long branchId, long lsn) {
        Branch branch = project.catalog().branch(branchId);
        doc.startDocument(field)
                .append("branch", branch == null ? "" : branch.name())
                .append("lsn", lsn)
                .end();
    }

    private static void writeDefinitions(DocBuilder doc, LoggedCommit commit) {
        if (commit.definitions().isEmpty()) {
            return;
        }
        doc.startArray("definitions");
        for (LoggedCommit.Definition definition : commit.definitions()) {
            doc.addDocument().append("op", definition.change()).append("ns", definition.name());
            String detail = definition.detail();
            if (detail != null) {
                doc.append(
                        definition.change().equals(Change.Kind.RENAME_COLLECTION.label()) ? "from" : "index", detail);
            }
            doc.end();
        }
        doc.end();
    }

    private void showEdits(DocBuilder doc, @Nullable Iterable<DocumentEdit> all) {
        if (all == null) {
            doc.appendNull("edits"); // the state before is no longer kept
            return;
        }
        Iterator<DocumentEdit> each = all.iterator();
        edits = new Peeking<>(new Iterator<>() {
            @Override
            public boolean hasNext() {
                return each.hasNext();
            }

            @Override
            public Doc next() {
                return edit(each.next());
            }
        });
        writeEdits(doc);
    }

    /** As many as fit; in a part of its own one is written in any case. */
    private void writeEdits(DocBuilder doc) {
        doc.startArray("edits");
        int start = doc.size();
        int n = 0;
        for (Doc edit = edits.peek(); edit != null && n < PART_EDITS_MAX; edit = edits.peek(), n++) {
            boolean isFirst = part > 0 && n == 0;
            if (!isFirst && doc.size() - start + edit.length() > PART_BYTES_MAX) {
                break;
            }
            doc.add(edits.next());
        }
        doc.end();
    }

    private static Doc edit(DocumentEdit edit) {
        Doc document = Doc.of(edit.document());
        byte[] before = edit.before();
        byte[] after = edit.after();
        DocBuilder doc = new DocBuilder(256).append("ns", edit.collection());
        if (before == null) {
            writeId(doc, document, ID_BYTES_MAX);
            return doc.append("op", "inserted")
                    .append("after", Value.document(document))
                    .buildDoc();
        }
        if (after == null) {
            writeId(doc, document, ID_BYTES_MAX);
            return doc.append("op", "deleted")
                    .append("before", Value.document(document))
                    .buildDoc();
        }
        Doc fields = DocumentDiff.between(Doc.of(before), document).toArray();
        writeId(doc, document, EDIT_BYTES_MAX);
        doc.append("op", "updated");
        if (doc.size() + fields.length() > EDIT_BYTES_MAX) {
            return doc.append("too_large", fields.length()).buildDoc();
        }
        return doc.appendArray("fields", fields).buildDoc();
    }

    /** Leaves out one that is large where the document itself is told. */
    private static void writeId(DocBuilder doc, Doc document, int bytesMax) {
        Value id = document.get("_id");
        if (id != null && id.length() <= bytesMax) {
            doc.append("_id", id);
        }
    }
}
