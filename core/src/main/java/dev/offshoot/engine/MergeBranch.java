package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.merge.MergeSettings;
import dev.offshoot.merge.Position;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Catalog;
import dev.offshoot.state.Project;
import dev.offshoot.state.Tag;
import dev.offshoot.wal.Origin;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * <code>{mergeBranch: SOURCE, into: BRANCH}</code>: brings what happened at a branch, tag or position to a branch, in one commit. Without
 * {@code into} it is the branch that the database reference names. Where there are conflicts the target stays as it is and the merge waits:
 * <code>{mergeBranch: 1, into, continue: true}</code> goes on when they are resolved, {@code abort: true} forgets it.
 */
final class MergeBranch implements Command {
    private static final Set<String> SWITCHES = Set.of("squash", "dryRun", "continue", "abort");
    private static final Set<String> FIELDS = Set.of(
            "into", "strategy", "modes", "paths", "ff", "squash", "message", "dryRun", "plan", "continue", "abort");

    @Override
    public String name() {
        return "mergeBranch";
    }

    @Override
    public String help() {
        return "merges a branch, tag or position into a branch: {mergeBranch: SOURCE, into: BRANCH, dryRun: true}";
    }

    @Override
    public Set<String> fields() {
        return FIELDS;
    }

    @Override
    public boolean retryable() {
        return true;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Project project = Branches.project(call);
        Branch target = into(call, project);
        Merging merging = new Merging(call, project);
        boolean dryRun = call.bool("dryRun", false);
        if (call.bool("abort", false)) {
            checkAlone(call, FIELDS, "abort", Set.of());
            checkSource(call, project, target, merging);
            merging.abort(target, null, reply);
            return;
        }
        boolean goesOn = call.bool("continue", false);
        if (goesOn) {
            checkAlone(call, FIELDS, "continue", Set.of("plan"));
        }
        MergeOutcome before = dryRun ? null : merging.before(target);
        if (before != null) {
            before.appendTo(reply, project, false);
        } else if (goesOn) {
            checkSource(call, project, target, merging);
            merging.resume(target, call.optionalString("plan")).appendTo(reply, project, false);
        } else {
            merging.run(task(call, target), call.optionalString("plan"), dryRun).appendTo(reply, project, dryRun);
        }
    }

    /** The branch that {@code into} or the database reference names, which has to be a branch and not a past position. */
    static Branch into(Invocation call, Project project) {
        String into = call.optionalString("into");
        return into == null ? Positions.of(call, "into").atHead().branch() : project.branch(into);
    }

    /**
     * Refuses what would say anew how something is done that goes on, or ends, as it was begun.
     *
     * @param fields those that the command takes
     * @param others of these, which may stand there
     */
    static void checkAlone(Invocation call, Set<String> fields, String field, Set<String> others) {
        for (String other : call.fieldNames()) {
            boolean own = other.equals(field) || other.equals("into") || others.contains(other);
            boolean unset = SWITCHES.contains(other) && !call.bool(other, false);
            if (!own && !unset && fields.contains(other)) {
                throw new CommandException(
                        ErrorCode.INVALID_OPTIONS,
                        "'" + other + "' cannot stand beside '" + field
                                + "': what waits goes on, or ends, as it was begun");
            }
        }
    }

    /** Refuses a source that is not that of what waits: who names another one may mean the merge into another branch. */
    private static void checkSource(Invocation call, Project project, Branch target, Merging merging) {
        Value named = call.get(call.name());
        PendingMerges.Pending waiting = merging.pending().find(target.id());
        Position theirs = waiting == null ? null : waiting.task().theirs();
        if (named == null || !named.isString() || theirs == null) {
            return;
        }
        Catalog catalog = project.catalog();
        String source = catalog.existing(theirs.branch()).name();
        String name = DatabaseReference.branchOf(named.asString());
        Tag tag = catalog.tag(name);
        if (!source.equalsIgnoreCase(
                tag == null ? name : catalog.existing(tag.branch()).name())) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "what waits on branch '" + target.name() + "' is of '" + source + "', not of '" + named.asString()
                            + "'; 'into' names the branch that is to change, and 1 stands for the source");
        }
    }

    private static MergeTask task(Invocation call, Branch target) {
        Value source = call.get(call.name());
        if (source == null || source.type() == Bson.NULL || (source.isNumber() && source.toLong() <= 1)) {
            throw call.mismatch(call.name(), source == null ? Value.NULL : source, "a branch, a tag or a position");
        }
        Target from = Positions.of(call, call.name());
        Position theirs = Position.of(from.snapshot());
        boolean squash = call.bool("squash", false);
        MergeTask.FastForward ff = fastForward(call.optionalString("ff"));
        if (squash && ff == MergeTask.FastForward.ONLY) {
            throw new CommandException(
                    ErrorCode.INVALID_OPTIONS,
                    "squash makes a commit of its own, so ff: 'only' cannot stand beside it");
        }
        return new MergeTask(
                MergeTask.Kind.MERGE,
                target.id(),
                null,
                theirs,
                null,
                !squash,
                squash ? MergeTask.FastForward.NEVER : ff,
                settings(call),
                Doc.EMPTY,
                message(call, from, target));
    }

    private static MergeTask.FastForward fastForward(@Nullable String word) {
        for (MergeTask.FastForward ff : MergeTask.FastForward.values()) {
            if (ff.word().equals(word == null ? "auto" : word)) {
                return ff;
            }
        }
        throw new CommandException(ErrorCode.BAD_VALUE, "'ff' is 'auto', 'only' or 'never', not '" + word + "'");
    }

    /** What {@code strategy}, {@code modes} and {@code paths} of a command say. */
    static MergeSettings settings(Invocation call) {
        DocBuilder spec = new DocBuilder();
        for (String field : new String[] {"strategy", "modes", "paths"}) {
            Value value = call.get(field);
            if (value != null && value.type() != Bson.NULL) {
                spec.append(field, value);
            }
        }
        return MergeSettings.of(spec.buildDoc());
    }

    private static String message(Invocation call, Target from, Branch target) {
        String message = call.optionalString("message");
        if (message != null) {
            return CommitBranch.checkMessage(message);
        }
        String comment = call.comment();
        return comment.isEmpty() ? Origin.message("merge " + from.text() + " into " + target.name()) : comment;
    }
}
