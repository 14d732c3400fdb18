package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.engine.MergeRequests.Entry;
import dev.offshoot.engine.MergeRequests.Status;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.CompileContext;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.Pipeline;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * <code>{mergeRequest: 'create', source, into, title}</code> and what is done with the request then: {@code list}, {@code show},
 * {@code comment}, {@code approve}, {@code check}, {@code edit}, {@code close}, {@code reopen}, {@code merge}. An approval is bound to the plan,
 * and so to both heads: when one of them moves it no longer counts. Checks run on the state that the merge would make.
 */
final class MergeRequest implements Command {
    private static final int TEXT_CHARS_MAX = 65_536;

    private static final int APPROVALS_MAX = 100;

    /** One thing that is done with requests. */
    @FunctionalInterface
    private interface Action {
        void run(Invocation call, Project project, MergeRequests requests, DocBuilder reply);
    }

    private static final Map<String, Action> ACTIONS = new TreeMap<>(Map.of(
            "create", MergeRequest::create,
            "list", MergeRequest::list,
            "show", MergeRequest::show,
            "comment", MergeRequest::comment,
            "approve", MergeRequest::approve,
            "check", MergeRequest::check,
            "edit", MergeRequest::edit,
            "close", (call, project, requests, reply) -> move(call, project, requests, Status.CLOSED, reply),
            "reopen", (call, project, requests, reply) -> move(call, project, requests, Status.OPEN, reply),
            "merge", MergeRequest::merge));

    /** Those that change the request and nothing else. What a merge came to is kept with its commit. */
    private static final Set<String> KEPT = Set.of("create", "comment", "approve", "edit", "close", "reopen");

    private static final Map<String, Set<String>> FIELDS = Map.of(
            "create",
                    Set.of(
                            "source",
                            "into",
                            "title",
                            "description",
                            "checks",
                            "approvals",
                            "strategy",
                            "modes",
                            "paths",
                            "squash"),
            "list", Set.of("status"),
            "show", Set.of("id"),
            "comment", Set.of("id", "text"),
            "approve", Set.of("id", "plan"),
            "check", Set.of("id"),
            "edit", Set.of("id", "title", "description", "checks", "approvals"),
            "close", Set.of("id"),
            "reopen", Set.of("id"),
            "merge", Set.of("id", "plan"));

    @Override
    public String name() {
        return "mergeRequest";
    }

    @Override
    public String help() {
        return "asks for a merge, to be looked at first: {mergeRequest: 'create', source: BRANCH, into: BRANCH, title: ...}";
    }

    @Override
    public Set<String> fields() {
        return Set.of(
                "id",
                "source",
                "into",
                "title",
                "description",
                "checks",
                "approvals",
                "strategy",
                "modes",
                "paths",
                "squash",
                "status",
                "text",
                "plan");
    }

    @Override
    public boolean retryable() {
        return true;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Project project = Branches.project(call);
        String word = call.string(call.name());
        Action action = ACTIONS.get(word);
        if (action == null) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "'" + word + "' is nothing to do with a merge request; there are: "
                            + String.join(", ", ACTIONS.keySet()));
        }
        Set<String> taken = FIELDS.getOrDefault(word, Set.of());
        for (String field : call.fieldNames()) {
            if (fields().contains(field) && !taken.contains(field)) {
                throw new CommandException(
                        ErrorCode.INVALID_OPTIONS,
                        "'" + field + "' says nothing to {mergeRequest: '" + word + "'}, which takes: "
                                + String.join(", ", taken.stream().sorted().toList()));
            }
        }
        Once once = KEPT.contains(word)
                ? Once.of(call, project, name() + " " + word)
                : new Once(project, name(), List.of());
        MergeRequests requests = new MergeRequests(project, call.origin("", ""), once);
        MergeRequests.Before before = requests.before(call);
        if (before == null) {
            action.run(call, project, requests, reply);
            return;
        }
        describe(project, before.entry(), reply);
        if (!before.plan().isEmpty()) {
            reply.append("plan", before.plan());
        }
    }

    // ---- what is done

    private static void create(Invocation call, Project project, MergeRequests requests, DocBuilder reply) {
        Branch source = project.branch(call.string("source"));
        Branch target = MergeBranch.into(call, project);
        if (source.id() == target.id()) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE, "branch '" + source.name() + "' cannot be merged into itself");
        }
        String title = checkSaid("title", call.string("title"));
        DocBuilder fields = new DocBuilder()
                .append("source", source.id())
                .append("target", target.id())
                .append("title", title)
                .append("description", checkLength("description", orEmpty(call.optionalString("description"))))
                .append("author", actor(call))
                .appendDate("created", System.currentTimeMillis())
                .append("status", Status.OPEN.word())
                .appendArray("checks", checks(call))
                .append("approvalsNeeded", approvals(call))
                .startDocument("how")
                .append("squash", call.bool("squash", false))
                .append("settings", MergeBranch.settings(call).toDoc())
                .end();
        fields.startArray("comments").end().startArray("approvals").end();
        Entry made = requests.create(fields.buildDoc());
        describe(project, made, reply);
    }

    /** A text that somebody is to read; returns it. */
    private static String checkSaid(String field, String text) {
        if (text.isBlank()) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "the '" + field + "' of a merge request is empty; it takes a text that says something");
        }
        return checkLength(field, text);
    }

    /** So that a merge request, which is one document, has room for many of them. */
    private static String checkLength(String field, String text) {
        if (text.length() > TEXT_CHARS_MAX) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "the '" + field + "' of a merge request has at most " + TEXT_CHARS_MAX + " characters, not "
                            + text.length() + "; shorten it");
        }
        return text;
    }

    private static void list(Invocation call, Project project, MergeRequests requests, DocBuilder reply) {
        String status = call.optionalString("status");
        List<Entry> found =
                requests.list(status == null ? Status.OPEN : status.equals("all") ? null : Status.named(status));
        reply.startArray("mergeRequests");
        for (Entry entry : found) {
            describe(project, entry, reply.addDocument());
            reply.end();
        }
        reply.end();
    }

    private static void show(Invocation call, Project project, MergeRequests requests, DocBuilder reply) {
        Entry entry = requests.get(ReviewedMerge.id(call));
        describe(project, entry, reply);
        for (String field : new String[] {"description", "checks", "comments", "approvals", "closed", "merged"}) {
            Value value = entry.doc().get(field);
            if (value != null) {
                reply.append(field, value);
            }
        }
        if (entry.status() == Status.OPEN) {
            ReviewedMerge merge = new ReviewedMerge(call, project, entry);
            reply.startArray("approvedBy");
            merge.approvers().forEach(reply::add);
            reply.end().append("conflictsAreBeingResolved", merge.waits()).startDocument("merge");
            merge.outcome().appendTo(reply, project, true);
            reply.end();
        }
    }

    private static void comment(Invocation call, Project project, MergeRequests requests, DocBuilder reply) {
        Doc comment = signed(call)
                .append("text", checkSaid("text", call.string("text")))
                .buildDoc();
        Entry entry = requests.change(ReviewedMerge.id(call), doc -> MergeRequests.added(doc, "comments", comment));
        describe(project, entry, reply);
    }

    private static void approve(Invocation call, Project project, MergeRequests requests, DocBuilder reply) {
        Value id = ReviewedMerge.id(call);
        Entry before = open(requests.get(id));
        String plan = new ReviewedMerge(call, project, before).outcome().plan();
        String expected = call.optionalString("plan");
        if (expected != null && !expected.equals(plan)) {
            throw new CommandException(
                    ErrorCode.WRITE_CONFLICT,
                    "merge request " + before.id() + " has the plan " + plan + " now, not " + expected
                            + "; look at it again with {mergeRequest: 'show', id: " + before.id() + "}");
        }
        Doc approval = signed(call).append("plan", plan).buildDoc();
        Entry entry = requests.change(id, plan, doc -> {
            Entry now = open(new Entry(doc));
            boolean known = now.approvals().contains(new MergeRequests.Approval(actor(call), plan));
            return known ? doc : MergeRequests.added(doc, "approvals", approval);
        });
        describe(project, entry, reply);
        reply.append("plan", plan);
    }

    private static void check(Invocation call, Project project, MergeRequests requests, DocBuilder reply) {
        ReviewedMerge merge = new ReviewedMerge(call, project, open(requests.get(ReviewedMerge.id(call))));
        List<ReviewedMerge.Checked> checks = merge.checks();
        boolean possible = merge.outcome().status() != MergeOutcome.Status.CONFLICTS;
        reply.append("plan", merge.outcome().plan())
                .append("conflicts", merge.outcome().conflicts())
                .append("passes", possible && checks.stream().allMatch(ReviewedMerge.Checked::passes))
                .startArray("checks");
        for (ReviewedMerge.Checked checked : checks) {
            checked.appendTo(reply.addDocument());
            reply.end();
        }
        reply.end();
    }

    private static void edit(Invocation call, Project project, MergeRequests requests, DocBuilder reply) {
        DocBuilder fields = new DocBuilder();
        for (String field : new String[] {"title", "description"}) {
            String text = call.optionalString(field);
            if (text != null) {
                fields.append(field, field.equals("title") ? checkSaid(field, text) : checkLength(field, text));
            }
        }
        if (call.has("checks")) {
            fields.appendArray("checks", checks(call));
        }
        if (call.has("approvals")) {
            fields.append("approvalsNeeded", approvals(call));
        }
        Doc changed = fields.buildDoc();
        Entry entry = requests.change(
                ReviewedMerge.id(call),
                doc -> MergeRequests.with(open(new Entry(doc)).doc(), changed));
        describe(project, entry, reply);
    }

    private static void move(Invocation call, Project project, MergeRequests requests, Status to, DocBuilder reply) {
        Doc signed = signed(call).buildDoc();
        Entry entry = requests.change(ReviewedMerge.id(call), doc -> {
            Entry now = new Entry(doc);
            if (now.status() == Status.MERGED) {
                throw finished(now);
            }
            return now.status() == to
                    ? doc
                    : MergeRequests.with(
                            doc,
                            new DocBuilder()
                                    .append("status", to.word())
                                    .append(to == Status.CLOSED ? "closed" : "reopened", signed)
                                    .buildDoc());
        });
        describe(project, entry, reply);
    }

    /** The commit comes first: who stops before the request says so finds the branch merged and says it then. */
    private static void merge(Invocation call, Project project, MergeRequests requests, DocBuilder reply) {
        Value id = ReviewedMerge.id(call);
        Entry before = requests.get(id);
        MergeOutcome done = ReviewedMerge.before(call, project, before);
        MergeOutcome outcome =
                done == null ? new ReviewedMerge(call, project, open(before)).merge(call.optionalString("plan")) : done;
        if (outcome.status() == MergeOutcome.Status.CONFLICTS) {
            describe(project, before, reply);
        } else {
            Doc merged = signed(call)
                    .append("lsn", outcome.head())
                    .append("plan", outcome.plan())
                    .buildDoc();
            Doc fields = new DocBuilder()
                    .append("status", Status.MERGED.word())
                    .append("merged", merged)
                    .buildDoc();
            Entry entry = requests.change(
                    id, doc -> new Entry(doc).status() == Status.MERGED ? doc : MergeRequests.with(doc, fields));
            describe(project, entry, reply);
        }
        reply.startDocument("merge");
        outcome.appendTo(reply, project, false);
        reply.end();
    }

    // ---- what they have in common

    private static Entry open(Entry entry) {
        if (entry.status() != Status.OPEN) {
            throw finished(entry);
        }
        return entry;
    }

    private static CommandException finished(Entry entry) {
        return new CommandException(
                ErrorCode.ILLEGAL_OPERATION,
                "merge request " + entry.id() + " is " + entry.status().word()
                        + (entry.status() == Status.CLOSED
                                ? "; open it again with {mergeRequest: 'reopen', id: " + entry.id() + "}"
                                : "; undo it with revertMerge"));
    }

    private static void describe(Project project, Entry entry, DocBuilder out) {
        out.append("id", entry.id())
                .append("title", entry.title())
                .append("status", entry.status().word())
                .append("source", name(project, entry.source()))
                .append("into", name(project, entry.target()))
                .append("author", String.valueOf(text(entry.doc(), "author")))
                .append("approvalsNeeded", entry.approvalsNeeded());
        Value created = entry.doc().get("created");
        if (created != null) {
            out.append("created", created);
        }
    }

    private static String name(Project project, long id) {
        Branch branch = project.catalog().branch(id);
        return branch == null ? "#" + id : branch.name();
    }

    private static @Nullable String text(Doc doc, String field) {
        Value value = doc.get(field);
        return value == null ? null : value.asString();
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static String actor(Invocation call) {
        return call.origin("", "").actor();
    }

    private static DocBuilder signed(Invocation call) {
        return new DocBuilder().append("by", actor(call)).appendDate("at", System.currentTimeMillis());
    }

    private static long approvals(Invocation call) {
        long needed = call.number("approvals", 0);
        if (needed < 0 || needed > APPROVALS_MAX) {
            throw new CommandException(ErrorCode.BAD_VALUE, "'approvals' is 0 to " + APPROVALS_MAX + ", not " + needed);
        }
        return needed;
    }

    /** The checks of a command: each has a name, a collection and a pipeline that compiles and writes nothing. */
    private static Doc checks(Invocation call) {
        DocBuilder checks = new DocBuilder().startArray("checks");
        for (Doc check : call.has("checks") ? call.documents("checks") : List.<Doc>of()) {
            for (Doc.Field field : check) {
                if (!Set.of("name", "aggregate", "pipeline").contains(field.name())) {
                    throw new CommandException(
                            ErrorCode.BAD_VALUE,
                            "a check is {name: ..., aggregate: COLLECTION, pipeline: [...]}; it has no '" + field.name()
                                    + "'");
                }
            }
            Value collection = check.get("aggregate");
            Value pipeline = check.get("pipeline");
            Value name = check.get("name");
            if (collection == null
                    || !collection.isString()
                    || pipeline == null
                    || pipeline.type() != Bson.ARRAY
                    || (name != null && !name.isString())) {
                throw new CommandException(
                        ErrorCode.BAD_VALUE,
                        "a check is {name: ..., aggregate: COLLECTION, pipeline: [...]}, not " + check);
            }
            if (Pipeline.compile(pipeline.asDoc(), CompileContext.NONE).writeStage() != null) {
                throw new CommandException(
                        ErrorCode.BAD_VALUE, "a check only looks: $out and $merge cannot stand in its pipeline");
            }
            checks.add(new DocBuilder()
                    .append("name", name == null ? collection.asString() : name.asString())
                    .append("aggregate", collection)
                    .append("pipeline", pipeline)
                    .buildDoc());
        }
        Value array = checks.end().buildDoc().get("checks");
        return array == null ? Doc.EMPTY : array.asDoc();
    }
}
