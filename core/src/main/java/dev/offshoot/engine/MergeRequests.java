package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.merge.MergeSettings;
import dev.offshoot.merge.Position;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import dev.offshoot.state.Statement;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.RetryKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The merge requests of a project: documents on its internal branch, numbered from 1. They name branches by id, so a rename does not matter.
 * What is changed under a transaction number is changed once. Stateless.
 */
final class MergeRequests {
    private static final String COLLECTION = "mergeRequests";

    /** The field of {@link MergeTask#detail} that says which request a merge is of. */
    private static final String DETAIL = "mergeRequest";

    private final Project project;
    private final Origin origin;
    private final Once once;

    /** @param once the names that what is changed is found by when the command is sent again */
    MergeRequests(Project project, Origin origin, Once once) {
        this.project = project;
        this.origin = origin;
        this.once = once;
    }

    /** Where a request stands. */
    enum Status {
        OPEN("open"),
        MERGED("merged"),
        CLOSED("closed");

        private final String word;

        Status(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }

        static Status named(String word) {
            for (Status status : values()) {
                if (status.word.equals(word)) {
                    return status;
                }
            }
            throw new CommandException(
                    ErrorCode.BAD_VALUE, "'" + word + "' is not where a merge request stands: open, merged or closed");
        }
    }

    /** Somebody said that the merge may be done as this plan names it. */
    record Approval(String by, String plan) {}

    /** A pipeline on a collection that has to find nothing after the merge. */
    record Check(String name, String collection, Doc pipeline) {}

    /** A merge request as it is kept; a view of its document. */
    record Entry(Doc doc) {
        long id() {
            return required("_id").toLong();
        }

        long source() {
            return required("source").asInt64();
        }

        long target() {
            return required("target").asInt64();
        }

        String title() {
            return required("title").asString();
        }

        Status status() {
            return Status.named(required("status").asString());
        }

        long approvalsNeeded() {
            return required("approvalsNeeded").toLong();
        }

        List<Approval> approvals() {
            List<Approval> all = new ArrayList<>();
            for (Doc.Field field : required("approvals").asDoc()) {
                Doc approval = field.value().asDoc();
                all.add(new Approval(
                        MergeRequests.required(approval, "by").asString(),
                        MergeRequests.required(approval, "plan").asString()));
            }
            return all;
        }

        List<Check> checks() {
            return MergeRequests.checks(required("checks").asDoc());
        }

        /** The merge that it asks for, of the head that its source has now. */
        MergeTask task(Position head) {
            Doc how = required("how").asDoc();
            boolean squash = MergeRequests.required(how, "squash").asBoolean();
            return new MergeTask(
                    MergeTask.Kind.MERGE,
                    target(),
                    null,
                    head,
                    null,
                    !squash,
                    MergeTask.FastForward.NEVER,
                    MergeSettings.of(MergeRequests.required(how, "settings").asDoc()),
                    new DocBuilder().append(DETAIL, id()).buildDoc(),
                    Origin.message("merge request " + id() + ": " + title()));
        }

        /** Whether a merge was begun by it. */
        boolean isOf(MergeTask task) {
            Value request = task.detail().get(DETAIL);
            return request != null && request.toLong() == id();
        }

        private Value required(String field) {
            return MergeRequests.required(doc, field);
        }
    }

    /** The name that the commit of a merge has by the request that it is of, as that is merged once; none for one of no request. */
    static List<RetryKey> names(MergeTask task) {
        Value request = task.detail().get(DETAIL);
        return request == null ? List.of() : List.of(name(request.toLong()));
    }

    static RetryKey name(long id) {
        byte[] name = ("merge request " + id).getBytes(StandardCharsets.UTF_8);
        return new RetryKey(UUID.nameUUIDFromBytes(name), 1, 0);
    }

    static List<Check> checks(Doc array) {
        List<Check> all = new ArrayList<>();
        for (Doc.Field field : array) {
            Doc check = field.value().asDoc();
            all.add(new Check(
                    required(check, "name").asString(),
                    required(check, "aggregate").asString(),
                    required(check, "pipeline").asDoc()));
        }
        return all;
    }

    private static Value required(Doc doc, String field) {
        return Objects.requireNonNull(doc.get(field), field);
    }

    /** All of them, or those that stand somewhere, in the order of their numbers. */
    List<Entry> list(@Nullable Status status) {
        List<Entry> all = new ArrayList<>();
        InternalDocuments.of(project).forEach(COLLECTION, kept -> {
            Entry entry = new Entry(kept.doc());
            if (status == null || entry.status() == status) {
                all.add(entry);
            }
        });
        return all;
    }

    /**
     * The request with this number.
     *
     * @throws CommandException NoSuchKey where there is none
     */
    Entry get(Value id) {
        return new Entry(kept(InternalDocuments.of(project), id).doc());
    }

    /** Keeps a new request under the next number. */
    Entry create(Doc fields) {
        return project.write(project.internal(origin), origin, turn -> {
            InternalDocuments documents = new InternalDocuments(turn.snapshot());
            Doc before = once.executed(turn);
            if (before != null) {
                return Statement.Draft.unchanged(
                        new Entry(kept(documents, id(before)).doc()));
            }
            long[] last = {0};
            documents.forEach(COLLECTION, kept -> last[0] = Math.max(last[0], new Entry(kept.doc()).id()));
            Doc doc = new DocBuilder()
                    .append("_id", last[0] + 1)
                    .appendAll(fields)
                    .buildDoc();
            documents.insert(COLLECTION, doc);
            return draft(documents, doc, "");
        });
    }

    /** The same as {@link #change(Value, String, UnaryOperator)} where nothing is planned. */
    Entry change(Value id, UnaryOperator<Doc> change) {
        return change(id, "", change);
    }

    /**
     * Changes a request.
     *
     * @param plan what the command is to answer again; may be empty
     * @param change makes the new document of the one that is there; may be called again, and may throw a CommandException
     */
    Entry change(Value id, String plan, UnaryOperator<Doc> change) {
        return project.write(project.internal(origin), origin, turn -> {
            InternalDocuments documents = new InternalDocuments(turn.snapshot());
            InternalDocuments.Kept kept = kept(documents, id);
            if (once.executed(turn) != null) {
                return Statement.Draft.unchanged(new Entry(kept.doc()));
            }
            Doc doc = change.apply(kept.doc());
            if (doc.equals(kept.doc())) {
                return Statement.Draft.unchanged(new Entry(doc));
            }
            documents.replace(COLLECTION, kept, doc);
            return draft(documents, doc, plan);
        });
    }

    private Statement.Draft<Entry> draft(InternalDocuments documents, Doc doc, String plan) {
        Entry entry = new Entry(doc);
        Doc kept =
                new DocBuilder().append("id", entry.id()).append("plan", plan).buildDoc();
        return new Statement.Draft<>(entry, documents.changes(), once.results(kept));
    }

    /**
     * A command that was executed before.
     *
     * @param entry the request as it is now
     * @param plan what it answered; may be empty
     */
    record Before(Entry entry, String plan) {}

    /** What the command did when it was sent before; null where it was not. */
    @Nullable
    Before before(Invocation call) {
        Branch internal = project.internal();
        Doc kept = internal == null ? null : once.before(internal, call);
        return kept == null
                ? null
                : new Before(get(id(kept)), required(kept, "plan").asString());
    }

    private static Value id(Doc kept) {
        return required(kept, "id");
    }

    private InternalDocuments.Kept kept(InternalDocuments documents, Value id) {
        InternalDocuments.Kept found = documents.find(COLLECTION, id);
        if (found == null) {
            throw missing(id);
        }
        return found;
    }

    private CommandException missing(Value id) {
        return new CommandException(
                ErrorCode.NO_SUCH_KEY,
                "project '" + project.name() + "' has no merge request " + id.toLong()
                        + "; {mergeRequest: 'list'} shows those it has");
    }

    /** A document with fields in the place of those of the same names, or behind. */
    static Doc with(Doc doc, Doc fields) {
        DocBuilder out = new DocBuilder();
        for (Doc.Field field : doc) {
            Value changed = fields.get(field.name());
            out.append(field.name(), changed == null ? field.value() : changed);
        }
        for (Doc.Field field : fields) {
            if (!doc.has(field.name())) {
                out.append(field.name(), field.value());
            }
        }
        return out.buildDoc();
    }

    /** A document with one more element in one of its arrays. */
    static Doc added(Doc doc, String array, Doc element) {
        DocBuilder all = new DocBuilder().startArray(array);
        for (Doc.Field field : required(doc, array).asDoc()) {
            all.add(field.value());
        }
        return with(doc, all.add(element).end().buildDoc());
    }
}
