package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import dev.offshoot.wal.Origin;
import java.util.HashSet;
import java.util.Set;

/**
 * <code>{updateBranch: NAME, description, labels, protected, expires, default: true}</code>: says something about a branch. What is not
 * mentioned stays; null takes it away.
 */
final class UpdateBranch implements Command {
    private static final String DEFAULT = "default";

    @Override
    public String name() {
        return "updateBranch";
    }

    @Override
    public String help() {
        return "describes, labels, protects or limits a branch: {updateBranch: NAME, description, labels, protected,"
                + " expires: '2h' or null, default: true}";
    }

    @Override
    public Set<String> fields() {
        Set<String> fields = new HashSet<>(BranchProperties.FIELDS);
        fields.add(DEFAULT);
        return fields;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Project project = Branches.project(call);
        Branch branch = project.branch(call.string(call.name()));
        boolean makeDefault = isToBeDefault(call);
        Origin origin = call.origin(branch.name(), branch.name());
        Branch altered =
                project.alterBranch(branch, before -> changed(call, project, branch, before, makeDefault), origin);
        if (makeDefault) {
            Doc unused = project.alter(
                    before -> BranchProperties.with(before, Branches.DEFAULT, Value.of(branch.id())), origin);
        }
        if (BranchProperties.isProtected(altered)) {
            Protection.settle(project, altered, origin);
        }
        Branches.write(
                reply,
                project,
                Branches.acknowledged(project, altered),
                project.head(branch).lsn());
    }

    private static Doc changed(Invocation call, Project project, Branch branch, Doc before, boolean makeDefault) {
        Doc after = BranchProperties.changed(call, before);
        BranchProperties.check(project.catalog(), branch, after, makeDefault);
        return after;
    }

    private static boolean isToBeDefault(Invocation call) {
        if (!call.has(DEFAULT)) {
            return false;
        }
        if (!call.bool(DEFAULT, false)) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "there is always one default branch; make another one that: {updateBranch: 'main', default: true}");
        }
        return true;
    }
}
