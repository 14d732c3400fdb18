package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.merge.MergeBase;
import dev.offshoot.merge.Position;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * <code>{rebaseBranch: BRANCH, onto: POSITION}</code>: makes a branch begin anew at a position, with its own commits on top, each with its
 * author and message; with {@code squash: true} as one commit. What it was before stays in its history ({@code branchReflog}).
 */
final class RebaseBranch implements Command {
    @Override
    public String name() {
        return "rebaseBranch";
    }

    @Override
    public String help() {
        return "puts a branch's own commits on top of another position: {rebaseBranch: BRANCH, onto: position, squash: bool}";
    }

    @Override
    public Set<String> fields() {
        Set<String> fields = Moves.fields("onto", "squash");
        fields.remove("into");
        return fields;
    }

    @Override
    public boolean retryable() {
        return true;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Project project = Branches.project(call);
        Branch branch = Moves.branch(call, project);
        Moves.run(call, MergeTask.Kind.REBASE, branch, () -> task(call, project, branch), reply);
    }

    private static @Nullable MergeTask task(Invocation call, Project project, Branch branch) {
        if (!call.has("onto")) {
            throw new CommandException(
                    ErrorCode.location(40414), "BSON field 'rebaseBranch.onto' is missing but a required field");
        }
        Target onto = Positions.of(call, "onto");
        Position there = Position.of(onto.snapshot());
        Position head = Position.of(project.head(branch));
        if (MergeBase.isContained(project.catalog(), there, head)) {
            return null;
        }
        return new MergeTask(
                MergeTask.Kind.REBASE,
                branch.id(),
                null,
                null,
                there,
                false,
                MergeTask.FastForward.NEVER,
                MergeBranch.settings(call),
                call.bool("squash", false) ? Doc.EMPTY : MergeTask.APART,
                Moves.message(call, "rebase " + branch.name() + " onto " + onto.text()));
    }
}
