package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.merge.Position;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import java.util.Set;

/**
 * <code>{revertMerge: LSN}</code>: takes back what a merge brought to the branch, as one new commit. As in Git the merge itself stays: what
 * was merged counts as merged, so that merging the same again brings nothing; to have it again, undo the revert.
 */
final class RevertMerge implements Command {
    @Override
    public String name() {
        return "revertMerge";
    }

    @Override
    public String help() {
        return "takes back what a merge brought: {revertMerge: LSN of the merge, dryRun: bool}";
    }

    @Override
    public Set<String> fields() {
        return Moves.fields();
    }

    @Override
    public boolean retryable() {
        return true;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Project project = Branches.project(call);
        Branch target = MergeBranch.into(call, project);
        Moves.run(call, MergeTask.Kind.REVERT, target, () -> task(call, project, target), reply);
    }

    private static MergeTask task(Invocation call, Project project, Branch target) {
        Value at = call.body().first().value();
        if (!at.isNumber()) {
            throw call.mismatch(call.name(), at, "types '[long, int, decimal, double]'");
        }
        Target head = Positions.of(project, DatabaseReference.parse(project.name() + "~" + target.name()));
        Commit commit = Moves.commitAt(project, head, Positions.wholeNumber(at));
        if (!(commit.changes().get(0) instanceof Change.Merge merge)) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "LSN " + at + " is not that of a merge but of '"
                            + commit.origin().command()
                            + "', which {undoChanges: 1, lsn: " + at + "} takes back"
                            + (commit.changes().get(0) instanceof Change.Reset
                                    ? "; where a merge only moved the branch forward, {resetBranch: '" + target.name()
                                            + "', to: " + (commit.firstLsn() - 1) + "} moves it back"
                                    : ""));
        }
        Position[] range = Moves.around(project, commit);
        Branch source = project.catalog().branch(merge.from());
        return Moves.between(
                MergeTask.Kind.REVERT,
                target,
                range[1],
                range[0],
                Moves.divergent(call),
                Doc.EMPTY,
                Moves.message(
                        call,
                        "revert the merge of " + (source == null ? "a branch" : source.name()) + " at "
                                + commit.lastLsn()));
    }
}
