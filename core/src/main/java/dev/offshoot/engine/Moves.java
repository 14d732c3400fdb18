package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.merge.MergeBase;
import dev.offshoot.merge.MergeMode;
import dev.offshoot.merge.MergeRules;
import dev.offshoot.merge.MergeSettings;
import dev.offshoot.merge.Position;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.RecordCodec;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What undo, revert, cherry-pick and rebase have in common: each is a three-way merge with a base of its own, so each can be looked at
 * first, may wait for conflicts to be resolved, and goes on or ends as a merge does.
 */
final class Moves {
    private static final Set<String> FIELDS =
            Set.of("into", "strategy", "modes", "paths", "message", "dryRun", "plan", "continue", "abort");

    private Moves() {}

    /** The fields that all of them take, and more. */
    static Set<String> fields(String... own) {
        Set<String> all = new HashSet<>(FIELDS);
        all.addAll(Set.of(own));
        return all;
    }

    /**
     * Runs it, goes on with it, or ends it.
     *
     * @param task what is to be done; asked for only where it begins; null for nothing
     */
    static void run(
            Invocation call, MergeTask.Kind kind, Branch target, Supplier<@Nullable MergeTask> task, DocBuilder reply) {
        Project project = Branches.project(call);
        Merging merging = new Merging(call, project);
        boolean dryRun = call.bool("dryRun", false);
        String plan = call.optionalString("plan");
        Set<String> fields = Commands.fields(Objects.requireNonNull(Commands.find(call.name())));
        if (call.bool("abort", false)) {
            MergeBranch.checkAlone(call, fields, "abort", Set.of());
            merging.abort(target, kind, reply);
            return;
        }
        if (call.bool("continue", false)) {
            MergeBranch.checkAlone(call, fields, "continue", Set.of("plan"));
        }
        MergeOutcome before = dryRun ? null : merging.before(target);
        if (before != null) {
            before.appendTo(reply, project, false);
        } else if (call.bool("continue", false)) {
            PendingMerges.Pending unused = merging.waiting(target, kind);
            merging.resume(target, plan).appendTo(reply, project, false);
        } else {
            if (!dryRun) {
                Protection.check(project.catalog(), target);
            }
            MergeTask begun = task.get();
            if (begun == null) {
                reply.append("status", MergeOutcome.Status.UP_TO_DATE.word())
                        .append("kind", kind.word())
                        .append("head_lsn", project.head(target).lsn());
            } else {
                merging.run(begun, plan, dryRun).appendTo(reply, project, dryRun);
            }
        }
    }

    /** The branch that the command's own field names by a text, else the one that its database names. */
    static Branch branch(Invocation call, Project project) {
        Value named = call.body().first().value();
        if (named.isString()) {
            return project.branch(named.asString());
        }
        if (!named.isNumber()) {
            throw call.mismatch(call.name(), named, "types '[string, int]': a branch, or 1 for that of the database");
        }
        return Positions.of(project, call.database()).writable().branch();
    }

    /** A task that brings what lies between two states to the head of a branch, as changes of its own. */
    static MergeTask between(
            MergeTask.Kind kind,
            Branch target,
            Position base,
            Position theirs,
            MergeSettings settings,
            Doc detail,
            String message) {
        return new MergeTask(
                kind, target.id(), base, theirs, null, false, MergeTask.FastForward.NEVER, settings, detail, message);
    }

    /** What the command says about conflicts; two sides that did the same are none, unless it says so. */
    static MergeSettings divergent(Invocation call) {
        MergeSettings said = MergeBranch.settings(call);
        if (said.collections().containsKey(MergeSettings.ANY)) {
            return said;
        }
        Map<String, MergeRules> rules = new LinkedHashMap<>(said.collections());
        rules.put(MergeSettings.ANY, MergeRules.of(MergeMode.FIELD_DIVERGENT));
        return new MergeSettings(rules, said.strategy());
    }

    /** What the commit says about itself. */
    static String message(Invocation call, String otherwise) {
        String message = call.optionalString("message");
        String said = message == null ? call.comment() : CommitBranch.checkMessage(message);
        return Origin.message(said.isEmpty() ? otherwise : said);
    }

    /** Refuses a text in the command's own field, where it says nothing: who writes one may mean another branch or project. */
    static void checkOne(Invocation call, String instead) {
        Value one = call.body().first().value();
        if (one.isString()) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE, call.name() + " takes 1, not '" + one.asString() + "'; " + instead);
        }
    }

    /** Refuses a position that is not part of what another one came from. */
    static void checkHistory(Project project, Position position, Position of, String field, String what) {
        if (!MergeBase.isContained(project.catalog(), position, of)) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "'" + field + "', LSN " + position.lsn() + " of branch '"
                            + project.catalog().existing(position.branch()).name() + "', is not in the history of "
                            + what + "; see it with {branchLog: 1}");
        }
    }

    /**
     * The commit of a position's history that an LSN is in.
     *
     * @throws CommandException BadValue where there is none
     */
    static Commit commitAt(Project project, Target target, long lsn) {
        long first = project.firstLsn();
        if (lsn > 0 && lsn < first) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "the commit at LSN " + lsn + " is no longer kept: the log of project '" + project.name()
                            + "' begins at LSN " + first + "; see what is left with {branchLog: 1}");
        }
        if (lsn >= first && lsn <= project.lastLsn()) {
            try (RecordCursor cursor = project.records(lsn)) {
                LogRecord entry = cursor.next();
                for (Commit commit : entry == null
                        ? List.<Commit>of()
                        : RecordCodec.decode(entry).commits()) {
                    boolean holds = commit.firstLsn() <= lsn && lsn <= commit.lastLsn();
                    if (holds
                            && project.catalog()
                                    .segments(target.branch(), target.lsn())
                                    .holds(commit)) {
                        return commit;
                    }
                }
            }
        }
        throw new CommandException(
                ErrorCode.BAD_VALUE,
                "LSN " + lsn + " is in no commit of the history of branch '"
                        + target.branch().name() + "'; see them with {branchLog: 1}");
    }

    /** The state before a commit and the one behind it. */
    static Position[] around(Project project, Commit commit) {
        Branch branch = project.catalog().existing(commit.branch());
        return new Position[] {
            Position.of(project.at(branch, commit.firstLsn() - 1)), new Position(branch.id(), commit.lastLsn())
        };
    }

    /** A whole number that has to be an LSN, or null where the field is missing. */
    static @Nullable Long lsn(Invocation call, String field) {
        Value value = call.get(field);
        if (value != null && value.isNumber()) {
            long unused = Positions.wholeNumber(value);
        }
        return value == null ? null : Long.valueOf(call.number(field, 0));
    }
}
